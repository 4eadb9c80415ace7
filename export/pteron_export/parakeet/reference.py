"""transformers' own Parakeet with a program's weights, and what it hears."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..models.parakeet import STEP_FRAMES
from ..models.parakeet_weights import unstored

RATE = 16_000


def transformers_parakeet(config: dict, weights: Iterable[tuple[str, torch.Tensor]]) -> nn.Module:
    """transformers' model of `config` in fp32 with these weights; every one must find its place."""
    from transformers import ParakeetForTDT, ParakeetTDTConfig
    from transformers.initialization import no_init_weights

    settings = ParakeetTDTConfig(**{key: value for key, value in config.items() if key != "model_type"})
    with no_init_weights():
        model = ParakeetForTDT._from_config(settings, dtype=torch.float32, attn_implementation="eager")
    named = ((name.removeprefix("model."), tensor) for name, tensor in weights)
    state = unstored(named, config["encoder_config"]["convolution_bias"])
    result = model.load_state_dict(state, strict=False, assign=True)
    missing = [name for name in result.missing_keys if not name.endswith("num_batches_tracked")]
    if missing or result.unexpected_keys:
        raise ValueError(f"weights do not fit transformers' model: {result}")
    encoder = model.encoder.encode_positions  # its buffer was made without values
    encoder.inv_freq = encoder.compute_default_relative_positional_parameters(settings.encoder_config)
    model.generation_config.decoder_start_token_id = settings.blank_token_id
    return model.eval()


def features_of(samples: np.ndarray, mels: int) -> torch.Tensor:
    """fp32 [1, frames, mels] of 16 kHz, without the frame behind the end that transformers adds and masks."""
    from transformers import ParakeetFeatureExtractor

    heard = ParakeetFeatureExtractor(feature_size=mels)(samples, sampling_rate=RATE, return_tensors="pt")
    return heard.input_features[:, : int(heard.attention_mask.sum())]


@dataclass(frozen=True)
class Step:
    """A call of the program's decode, and what must come of it."""

    token: int
    hidden: torch.Tensor
    cell: torch.Tensor
    frames: slice
    logits: torch.Tensor


@torch.no_grad()
def steps_of(model: nn.Module, heard: torch.Tensor, limit: int) -> list[Step]:
    """Greedy decoding of heard [1, T, dim], at most so many tokens. Each step looks at STEP_FRAMES frames after its token."""
    config = model.config
    hidden = torch.zeros(config.num_decoder_layers, 1, config.decoder_hidden_size)
    cell, token, frame, steps = hidden.clone(), config.blank_token_id, 0, []
    while frame < heard.shape[1] and len(steps) < limit:
        frames = slice(frame, min(frame + STEP_FRAMES, heard.shape[1]))
        said, (after, cell_after) = model.decoder.lstm(model.decoder.embedding(torch.tensor([[token]])), (hidden, cell))
        logits = model.joint(model.decoder.decoder_projector(said), heard[:, frames])[0]
        steps.append(Step(token, hidden[:, 0], cell[:, 0], frames, logits))
        frame, found = _walk(config, logits, frame)
        if found is not None:
            hidden, cell, token = after, cell_after, found
    return steps


def _walk(config, logits: torch.Tensor, frame: int) -> tuple[int, int | None]:
    """(the frame to go on at, the token found on the way there)."""
    row = 0
    while row < len(logits):
        token = int(logits[row, : config.vocab_size].argmax())
        duration = config.durations[int(logits[row, config.vocab_size :].argmax())]
        if token != config.blank_token_id:
            return frame + row + duration, token
        row += max(1, duration)
    return frame + row, None
