"""Parakeet at its published size with random weights: its speed and memory are the real model's, its text is not.

python -m pteron_export.parakeet.full_size FOLDER [--name parakeet-tdt-0.6b-v2] [--quantize bf16|fp16|fp32|8|4]

Every token is made to last three frames of 80 ms: four tokens a second, about what English takes in v2's vocabulary.
"""

import argparse
import logging
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from ..full_size.weights import random_affine
from ..lowering import placed_weights
from ..manifest import manifest, write_json
from ..models import parakeet
from ..models.layers import Limits
from ..models.parakeet import STEP_FRAMES, WINDOW, Parakeet
from ..quantization.scheme import DTYPES, parse_scheme, part_of
from ..weights import Weight
from .methods import METHODS, memory_of, speech_of, write_program

LASTING, CERTAIN = 3, 30.0
# The shape of nvidia/parakeet-tdt-0.6b-v2 and -v3 as it is described; no config.json of theirs was at hand.
_ENCODER = {
    "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 8, "intermediate_size": 4096, "hidden_act": "silu",
    "attention_bias": False, "convolution_bias": False, "conv_kernel_size": 9, "subsampling_factor": 8,
    "subsampling_conv_channels": 256, "num_mel_bins": 128, "subsampling_conv_kernel_size": 3, "subsampling_conv_stride": 2,
    "max_position_embeddings": 5000, "scale_input": False,
}  # fmt: skip
VOCABULARIES = {"parakeet-tdt-0.6b-v2": 1024, "parakeet-tdt-0.6b-v3": 8192}


def config_of(name: str) -> dict:
    blank = VOCABULARIES[name]
    return {
        "model_type": "parakeet_tdt", "vocab_size": blank + 1, "decoder_hidden_size": 640, "num_decoder_layers": 2,
        "hidden_act": "relu", "max_symbols_per_step": 10, "blank_token_id": blank, "pad_token_id": 2,
        "durations": [0, 1, 2, 3, 4], "encoder_config": _ENCODER,
    }  # fmt: skip


def small_weight(name: str, shape: tuple[int, ...], vocabulary: int) -> torch.Tensor:
    """What is no matrix: norms that do nothing, no biases, and a joint network that is sure how long each token lasts."""
    values = torch.ones(shape) if "norm" in name and name.endswith(".weight") else torch.zeros(shape)
    if name == "joint.head.bias":
        values[vocabulary + LASTING] = CERTAIN
    return values


def deviation_of(name: str, shape: tuple[int, ...]) -> float:
    """Of a matrix: keeps activations' size from layer to layer."""
    columns = min(shape) if name.endswith(parakeet.DENSE) else shape[1]
    return 1.0 if name.endswith("embedding.weight") else columns**-0.5


def random_weights(model: Parakeet, quantize: str) -> Callable[[str], Weight]:
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    scheme = parse_scheme(quantize)

    def get(name: str) -> Weight:
        shape, generator = shapes[name], torch.Generator().manual_seed(zlib.crc32(name.encode()))
        if len(shape) != 2:
            return small_weight(name, shape, model.config["vocab_size"])
        choice = scheme.choice(part_of(name))
        if choice.format == "none" or name.endswith(parakeet.DENSE):
            return torch.empty(shape).normal_(0, deviation_of(name, shape), generator=generator)
        return random_affine(shape, choice, generator)

    return get


def write_folder(name: str, folder: Path, quantize: str, get: Callable[[Parakeet], Callable[[str], Weight]], say) -> Parakeet:
    """A whole model folder. get(model): its weights by name."""
    folder.mkdir(parents=True, exist_ok=True)
    config, dtype = config_of(name), DTYPES[parse_scheme(quantize).dtype or "bf16"]
    model = parakeet.build(config, Limits(WINDOW, 1, dtype))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    with placed_weights(model, get(model), dtype, folder / "model.pte") as file:
        write_program(model, folder / "model.pte", say, file)
    made_up_tokenizer(config["blank_token_id"]).save(str(folder / "tokenizer.json"))
    memory = memory_of(model, (folder / "model.pte").stat().st_size)
    say(f"memory: {memory.summary(WINDOW)}")
    record = manifest(
        id=folder.name, name=f"{name}, random", family="parakeet", role="speech", limits=model.limits,
        vocabulary=config["vocab_size"], sliding_window=None, parameters=parameters, quantization=quantize, memory=memory,
        tokens={"bos": None, "eos": [], "addBos": False}, fim=None, licence={"name": "MIT"},
        source={"name": "random weights", "revision": "1"},
    )  # fmt: skip
    write_json(folder / "model.json", record | {"methods": METHODS, "maxLogitRows": STEP_FRAMES, "speech": speech_of(model)})
    return model


def made_up_tokenizer(size: int) -> Tokenizer:
    """Every fourth token begins no word."""
    vocabulary = {"<unk>": 0} | {f"{'' if i % 4 == 0 else '▁'}t{i}": i for i in range(1, size)}
    made = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="pteron_export.parakeet.full_size", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", choices=tuple(VOCABULARIES), default="parakeet-tdt-0.6b-v2")
    parser.add_argument("--quantize", default="bf16", help="the scheme of the weights, as for an export")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    started = time.monotonic()
    say = lambda text: print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)  # noqa: E731
    write_folder(options.name, options.folder, options.quantize, lambda model: random_weights(model, options.quantize), say)
    say(f"{(options.folder / 'model.pte').stat().st_size / 1e6:.0f} MB in {options.folder}")


if __name__ == "__main__":
    main()
