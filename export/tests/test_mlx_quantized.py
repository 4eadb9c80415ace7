"""Checkpoints in the MLX community's format, written here by the format's description, against a plain reading of it."""

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from pteron_export.checkpoints import open_checkpoint
from pteron_export.checkpoints.mlx_quantized import mlx_quantization_of
from pteron_export.errors import ExportError
from pteron_export.models.layers import Limits
from pteron_export.quantization import AffineTensor, Nvfp4Tensor, quantize
from pteron_export.quantization.requantized import Requantized
from pteron_export.quantization.scheme import parse_scheme
from pteron_export.reference import program_weights
from pteron_export.weights import load_weights

from .test_nvfp4 import plain as plain_nvfp4

BASE = {"group_size": 32, "bits": 4}


def mlx_affine(weight: np.ndarray, group: int, bits: int) -> tuple[dict[str, torch.Tensor], np.ndarray]:
    """(arrays as mlx.core.quantize lays them out, the values they stand for)."""
    rows, columns = weight.shape
    groups = weight.reshape(rows, -1, group)
    bias = groups.min(-1).astype(np.float16)
    scale = ((groups.max(-1) - groups.min(-1)) / (2**bits - 1)).astype(np.float16)
    s, b = scale.astype(np.float32)[..., None], bias.astype(np.float32)[..., None]
    codes = np.clip(np.rint((groups - b) / s), 0, 2**bits - 1).astype(np.uint64)
    words = np.zeros((rows, columns * bits // 32), np.uint32)
    for row, values in enumerate(codes.reshape(rows, -1)):
        stream = sum(int(v) << (bits * i) for i, v in enumerate(values))
        words[row] = [(stream >> (32 * i)) & 0xFFFFFFFF for i in range(words.shape[1])]
    arrays = {"weight": torch.from_numpy(words), "scales": torch.from_numpy(scale), "biases": torch.from_numpy(bias)}
    return arrays, (codes.astype(np.float32) * s + b).reshape(rows, columns)


def mlx_nvfp4(weight: np.ndarray) -> tuple[dict[str, torch.Tensor], np.ndarray]:
    held = quantize(torch.from_numpy(weight) * 4, "nvfp4")  # any codes and scales will do: what they mean is under test
    words, scales = held.words.numpy().view(np.uint32), held.scales.numpy()
    return {"weight": torch.from_numpy(words), "scales": torch.from_numpy(scales)}, plain_nvfp4(words, scales, 1.0)


def write_mlx(source, folder, settings: dict) -> dict[str, np.ndarray]:
    """`source` with every matrix quantized as config.json's `quantization` says. Returns the values, by stored name."""
    shutil.copytree(source, folder)
    tensors, values = {}, {}
    for name, tensor in load_file(source / "model.safetensors").items():
        module = name.removesuffix(".weight")
        own = settings | own if isinstance(own := settings.get(module, {}), dict) else None
        if tensor.dim() != 2 or own is None:
            tensors[name], values[module] = tensor, tensor.float().numpy()
            continue
        weight = tensor.float().numpy()
        nvfp4 = own.get("mode") == "nvfp4"
        arrays, values[module] = mlx_nvfp4(weight) if nvfp4 else mlx_affine(weight, own["group_size"], own["bits"])
        tensors |= {f"{module}.{key}": array for key, array in arrays.items()}
    save_file(tensors, folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    config |= {"quantization": settings, "quantization_config": settings}
    (folder / "config.json").write_text(json.dumps(config))
    return values


@pytest.mark.parametrize("settings", [
    *({"group_size": 32, "bits": bits} for bits in (2, 3, 4, 5, 6, 8)),
    {"group_size": 16, "bits": 4, "mode": "nvfp4"},
    {**BASE, "model.embed_tokens": {"group_size": 32, "bits": 8}, "lm_head": False},
], ids=lambda s: f"{s.get('mode', 'affine')}-{s['bits']}{'-mixed' if len(s) > 3 else ''}")  # fmt: skip
def test_integers_are_kept_and_mean_what_mlx_means(settings, llama_folder, tmp_path):
    values = write_mlx(llama_folder, tmp_path / "mlx", settings)
    checkpoint = open_checkpoint(tmp_path / "mlx")
    assert checkpoint.quantization.startswith("mlx:nvfp4" if "mode" in settings else f"mlx:affine {settings['bits']}-bit group 32")
    model = checkpoint.recipe.build(checkpoint.config, Limits(64, 16, torch.float16))
    held = Requantized(checkpoint, parse_scheme(None), model, torch.float16)
    for module, expected in values.items():
        weight = held.get(f"{module.removeprefix('model.')}.weight")
        if settings.get(module) is not False and expected.ndim == 2:
            assert isinstance(weight, Nvfp4Tensor if "mode" in settings else AffineTensor)
            stored = load_file(tmp_path / "mlx/model.safetensors")[f"{module}.weight"]
            assert torch.equal(weight.words, stored.view(torch.int32))
            weight = weight.dequantize()
        np.testing.assert_allclose(weight.float().numpy(), expected, rtol=1e-6, atol=1e-6)
    assert held.description == checkpoint.quantization
    load_weights(model, held.get, torch.float16)
    loaded = {name.removeprefix("model.").removesuffix(".weight"): w for name, w in program_weights(model)}
    np.testing.assert_allclose(
        loaded["layers.0.mlp.up_proj"].numpy(), values["model.layers.0.mlp.up_proj"], rtol=1e-6, atol=1e-6
    )


def test_other_bits_can_be_asked_for(llama_folder, tmp_path):
    values = write_mlx(llama_folder, tmp_path / "mlx", BASE)
    checkpoint = open_checkpoint(tmp_path / "mlx")
    model = checkpoint.recipe.build(checkpoint.config, Limits(64, 16))
    held = Requantized(checkpoint, parse_scheme("8"), model)
    weight = held.get("layers.0.mlp.up_proj.weight")
    assert weight.bits == 8
    np.testing.assert_allclose(weight.dequantize().numpy(), values["model.layers.0.mlp.up_proj"], atol=0.02)


def test_experts_are_joined():
    rng = np.random.default_rng(1)
    parts = {part: [mlx_affine(rng.standard_normal((4, 64), np.float32), 32, 4) for _ in range(3)] for part in ("gate", "up")}
    stored = {
        f"m.switch_mlp.{part}_proj.{key}": torch.stack([arrays[key] for arrays, _ in experts])
        for part, experts in parts.items() for key in ("weight", "scales", "biases")
    }  # fmt: skip
    found = mlx_quantization_of({"quantization": BASE}).read("m.experts.gate_up_proj", stored.__contains__, stored.__getitem__)
    expected = [np.concatenate((gate, up)) for (_, gate), (_, up) in zip(*parts.values(), strict=True)]
    np.testing.assert_allclose(found.dequantize().numpy(), np.concatenate(expected), atol=1e-6)
    missing = {k: v for k, v in stored.items() if "up_proj" not in k}
    assert mlx_quantization_of({"quantization": BASE}).read("m.experts.gate_up_proj", missing.__contains__, None) is None


@pytest.mark.parametrize("config", [
    {"quantization": {"group_size": 32, "bits": 4, "mode": "mxfp4"}},
    {"quantization": {"group_size": 32, "bits": 8, "mode": "mxfp8"}},
    {"quantization": {"group_size": 64, "bits": 7}},
    {"quantization": {**BASE, "model.embed_tokens": {"group_size": 16, "bits": 8}}},
    {"quantization": "4-bit"},
    {"quantization_config": {"quant_method": "gptq", "bits": 4}},
])  # fmt: skip
def test_what_is_not_read_is_refused(config):
    with pytest.raises(ExportError, match=r"^program_unsupported: .*[Uu]se "):
        mlx_quantization_of(config)


@pytest.mark.parametrize("change", [
    {"weight": torch.zeros(4, 8)},
    {"scales": torch.zeros(4, 3)},
    {"biases": torch.zeros(2, 2)},
    {"scales": torch.zeros(4, 2, dtype=torch.uint8)},
])  # fmt: skip
def test_arrays_that_contradict_each_other_are_refused(change):
    arrays, _ = mlx_affine(np.ones((4, 64), np.float32) * np.arange(64), 32, 4)
    stored = {f"m.{key}": array for key, array in (arrays | change).items()}
    with pytest.raises(ExportError, match=r"^program_invalid: m.*download it again"):
        mlx_quantization_of({"quantization": BASE}).read("m", stored.__contains__, stored.__getitem__)
