"""What Whisper's sizes differ in (mels, layers, languages) and what quantization leaves of them, as tiny random models run by Pteron."""

import pytest
import torch

from pteron_export.fixtures.foreign.checkpoints import randomize
from pteron_export.fixtures.foreign.whisper import CONFIG, TOKENS
from pteron_export.models import whisper
from pteron_export.models.layers import Limits
from pteron_export.quantization import parse_scheme
from pteron_export.quantization.requantized import Requantized
from pteron_export.quantization.scheme import DTYPES
from pteron_export.reference import program_weights
from pteron_export.run_program import delegate_runner
from pteron_export.speech import _run_eager, _run_program, transformers_whisper, write_speech_program
from pteron_export.weights import load_weights

# Quantized groups are of 32 weights, so a tiny model is wide enough for a few of them.
BASE = CONFIG | {"d_model": 64, "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "model_type": "whisper"}
SIZES = {
    "base": BASE,
    "large-v3": BASE | {"num_mel_bins": 128, "encoder_layers": 3, "decoder_layers": 3},
    "large-v3-turbo": BASE | {"num_mel_bins": 128, "encoder_layers": 4, "decoder_layers": 1},
    "distilled": BASE | {"encoder_layers": 3, "decoder_layers": 2, "encoder_attention_heads": 8, "decoder_attention_heads": 2},
}
QUANTIZATIONS = {"fp32": 1e-3, "bf16": None, "fp16": None, "8": 1e-3, "4": 1e-3}
"""→ the largest difference of a logit; None: HALF_FACTOR times transformers' own in that type."""
HALF_FACTOR = 2.0


class RandomCheckpoint:
    """As much of a Checkpoint as quantizing asks for, with transformers' random model behind it."""

    recipe, quantization = whisper, "none"

    def __init__(self, config: dict):
        from transformers import WhisperConfig, WhisperForConditionalGeneration

        model = WhisperForConditionalGeneration._from_config(WhisperConfig(**config), attn_implementation="eager").eval()
        randomize(model, seed=7)
        self._state = model.state_dict()

    def get(self, name: str):
        return whisper.adapt_tensor(name, self._state[f"model.{name}"])


def build(config: dict, quantization: str):
    dtype = DTYPES.get(quantization, torch.float32)
    model = whisper.build(config, Limits(config["max_target_positions"], 16, dtype))
    load_weights(model, Requantized(RandomCheckpoint(config), parse_scheme(quantization, 32), model, dtype).get, dtype)
    return model


def sound(config: dict) -> torch.Tensor:
    frames = 2 * config["max_source_positions"]
    return torch.randn(1, config["num_mel_bins"], frames, generator=torch.Generator().manual_seed(11))


@torch.no_grad()
def reference_logits(config: dict, weights: dict, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    reference = transformers_whisper(config, weights.items()).to(dtype)
    output = reference(input_features=sound(config).to(dtype), decoder_input_ids=torch.tensor([TOKENS]), use_cache=False)
    return output.logits[0].float()


def calls() -> list:
    """Seven tokens, then one a call, over the KV cache."""
    parts = [(TOKENS[:7], 0), *(([token], 7 + i) for i, token in enumerate(TOKENS[7:]))]
    return [(torch.tensor([tokens]), position) for tokens, position in parts]


@pytest.mark.parametrize("size", SIZES)
@torch.no_grad()
def test_every_size_writes_what_transformers_writes(size):
    config = SIZES[size]
    model = build(config, "fp32")
    wanted = reference_logits(config, dict(program_weights(model)))[6:]
    assert (_run_eager(model, sound(config), calls()) - wanted).abs().max() < 1e-4


@pytest.mark.parametrize(("size", "quantization"), [("large-v3-turbo", name) for name in QUANTIZATIONS] + [("base", "4")])
def test_a_quantized_program_writes_what_transformers_writes_with_its_weights(size, quantization, tmp_path):
    config = SIZES[size]
    model = build(config, quantization)
    weights = dict(program_weights(model))
    wanted = reference_logits(config, weights)[6:]
    write_speech_program(model, config["vocab_size"], tmp_path / "model.pte")
    found = _run_program(delegate_runner(), tmp_path, sound(config), calls())
    allowed = QUANTIZATIONS[quantization]
    if allowed is None:
        rounded = reference_logits(config, weights, DTYPES[quantization])[6:]
        allowed = HALF_FACTOR * float((rounded - wanted).abs().max())
    assert (found - wanted).abs().max() <= allowed
