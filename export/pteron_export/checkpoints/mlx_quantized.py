"""Quantized checkpoints of the MLX community (mlx-lm's `convert -q`), integer for integer.

config.json says `quantization: {group_size, bits, mode?}`, and for modules that differ `quantization[NAME]`: the same again, or
false. Such a module has NAME.weight (uint32), NAME.scales and, in affine mode, NAME.biases. Experts are three tensors
[E, N, …] under `switch_mlp`. Source: mlx_lm/utils.py `load_model` and mlx_lm/models/switch_layers.py.
"""

import re
from collections.abc import Callable

import torch

from ..errors import ExportError
from ..quantization import AffineTensor, Nvfp4Tensor, QuantizedTensor
from ..quantization.affine import BITS, GROUPS
from ..quantization.nvfp4 import GROUP as NVFP4_GROUP

_EXPERTS = re.compile(r"(.*)\.experts\.(gate_up_proj|down_proj)")
_PARTS = {"gate_up_proj": ("gate_proj", "up_proj"), "down_proj": ("down_proj",)}
_REMEDY = "Use a checkpoint in affine or nvfp4 mode, or the unquantized one."
_DAMAGED = "The checkpoint contradicts itself: download it again."


class MlxQuantization:
    """How a checkpoint's modules are quantized. An unknown mode or size → program_unsupported."""

    def __init__(self, settings: dict):
        self._settings = settings
        modes = [_mode(settings), *(_mode(s) for s in settings.values() if isinstance(s, dict))]
        self.description = "mlx:" + "+".join(dict.fromkeys(modes))

    def read(self, module: str, has: Callable[[str], bool], read: Callable[[str], torch.Tensor]) -> QuantizedTensor | None:
        """The matrix of a module, experts as [E * N, K]; None where it is not quantized."""
        if has(f"{module}.scales"):
            return self._packed(module, has, read)
        experts = _EXPERTS.fullmatch(module)
        stacked = [f"{experts[1]}.switch_mlp.{part}" for part in _PARTS[experts[2]]] if experts else []
        if not stacked or not all(has(f"{name}.scales") for name in stacked):
            return None
        parts = [self._packed(name, has, read) for name in stacked]
        arrays = {key: None if value is None else torch.cat([p.arrays()[key] for p in parts], dim=1).flatten(0, 1)
                  for key, value in parts[0].arrays().items()}  # fmt: skip
        return parts[0].rebuild(arrays)

    def _packed(self, module: str, has, read) -> QuantizedTensor:
        settings = self._settings | (self._settings.get(module) or {})
        words, scales = read(f"{module}.weight"), read(f"{module}.scales")
        if words.dtype != torch.uint32:
            raise ExportError("program_invalid", f"{module}.weight is {words.dtype}, not packed as MLX packs weights.", _DAMAGED)
        words, group, bits = words.view(torch.int32), settings["group_size"], settings["bits"]
        groups = words.shape[-1] * 32 / bits / group
        biases = read(f"{module}.biases") if has(f"{module}.biases") else None
        nvfp4 = settings.get("mode") == "nvfp4"
        for name, array in (("scales", scales), ("biases", biases)):
            if array is not None and array.shape != (*words.shape[:-1], groups):
                raise ExportError("program_invalid", f"{module}.{name} does not fit its weight.", _DAMAGED)
        if scales.is_floating_point() == nvfp4 or (biases is None) != nvfp4:
            raise ExportError("program_invalid", f"{module} is not in the mode that config.json states.", _DAMAGED)
        return Nvfp4Tensor(words, scales) if nvfp4 else AffineTensor(words, scales, biases, bits, group)


def mlx_quantization_of(config: dict) -> MlxQuantization | None:
    """From config.json; mlx-lm writes the same under two names, and other tools have a method under the second."""
    settings = config.get("quantization")
    if settings is None and "quantization_config" not in config:
        return None
    if not isinstance(settings, dict) or "quant_method" in settings:
        raise ExportError(
            "program_unsupported", "The checkpoint is quantized in a format that safetensors folders are not read in.",
            "Use the unquantized checkpoint, one of the MLX community, or a GGUF file.",
        )  # fmt: skip
    return MlxQuantization(settings)


def _mode(settings: dict) -> str:
    mode, bits, group = settings.get("mode", "affine"), settings.get("bits"), settings.get("group_size")
    if mode == "affine" and bits in BITS and group in GROUPS:
        return f"affine {bits}-bit group {group}"
    if mode == "nvfp4" and (bits, group) == (4, NVFP4_GROUP):
        return "nvfp4"
    raise ExportError("program_unsupported", f"MLX's quantization '{mode}' ({bits} bits, groups of {group}) is not read.", _REMEDY)
