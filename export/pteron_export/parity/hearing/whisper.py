"""A tiny Whisper of large-v3-turbo's shape: 128 mels, more layers that hear than write."""

from pathlib import Path

import torch
from torch import nn

from ...fixtures.foreign.checkpoints import randomize
from ...fixtures.foreign.whisper import CONFIG, TOKENS
from ...models import whisper
from ...models.layers import Limits
from ...reference import program_weights
from ...run_program import DelegateRunner
from ...speech import transformers_whisper, write_speech_program
from ...weights import load_weights
from ..quantizations import dtype_of
from .subject import Heard, outputs_of, quantize, rounded

SHAPE = CONFIG | {
    "d_model": 64, "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "num_mel_bins": 128, "encoder_layers": 4, "decoder_layers": 1,
    "model_type": "whisper",
}  # fmt: skip
CHUNK, PROMPT = 16, 7


class Whisper:
    def __init__(self, quantization: str):
        self.model = _empty(dtype_of(quantization))
        quantize(self.model, _dense(), whisper, quantization)

    def write(self, program: Path) -> None:
        write_speech_program(self.model, SHAPE["vocab_size"], program)

    def ours(self, runner: DelegateRunner, program: Path) -> Heard:
        (heard,) = outputs_of(runner, program, "encode", [[_sound()]])
        parts = [(TOKENS[:PROMPT], 0), *(([token], PROMPT + i) for i, token in enumerate(TOKENS[PROMPT:]))]
        calls = [[torch.tensor([tokens]), torch.tensor([position]), *heard] for tokens, position in parts]
        rows = [logits[0] for logits, *_ in outputs_of(runner, program, "decode", calls)]
        return Heard(torch.cat([part.float() for part in heard]), torch.cat(rows).float())

    @torch.no_grad()
    def theirs(self, dtype: torch.dtype) -> Heard:
        reference = rounded(transformers_whisper(SHAPE, program_weights(self.model)), dtype)
        output = reference(input_features=_sound().to(dtype), decoder_input_ids=torch.tensor([TOKENS]), use_cache=False)
        heads, heard = SHAPE["decoder_attention_heads"], []
        for layer in reference.model.decoder.layers:
            for projection in (layer.encoder_attn.k_proj, layer.encoder_attn.v_proj):
                part = projection(output.encoder_last_hidden_state)
                heard.append(part.unflatten(-1, (heads, -1)).transpose(1, 2).float())
        return Heard(torch.cat(heard), output.logits[0, PROMPT - 1 :].float())


def _empty(dtype: torch.dtype) -> nn.Module:
    return whisper.build(SHAPE, Limits(SHAPE["max_target_positions"], CHUNK, dtype))


def _dense() -> nn.Module:
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    settings = WhisperConfig(**{key: value for key, value in SHAPE.items() if key != "model_type"})
    random = WhisperForConditionalGeneration._from_config(settings, attn_implementation="eager").eval()
    randomize(random, seed=7)
    state, model = random.state_dict(), _empty(torch.float32)
    load_weights(model, lambda name: whisper.adapt_tensor(name, state[f"model.{name}"]), torch.float32)
    return model


def _sound() -> torch.Tensor:
    frames = 2 * SHAPE["max_source_positions"]
    return torch.randn(1, SHAPE["num_mel_bins"], frames, generator=torch.Generator().manual_seed(11))
