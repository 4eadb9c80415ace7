"""Reads a GGUF file: configuration, weights in their own quantization, tokenizer."""

import mmap
from collections import Counter
from pathlib import Path
from types import ModuleType

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from .. import models
from ..errors import ExportError
from ..quantization import QuantizedTensor
from ..weights import Weight
from . import gguf_blocks, gguf_gemma3, gguf_llama, gguf_phi3, gguf_qwen2, gguf_qwen3
from .checkpoint import Checkpoint, sha256_of
from .gguf_tokenizer import convert_tokenizer

_DAMAGED = "The file is damaged or was cut off while downloading: get it again."
_FAMILIES = {"gemma3": gguf_gemma3, "llama": gguf_llama, "phi3": gguf_phi3, "qwen2": gguf_qwen2, "qwen3": gguf_qwen3}
_DENSE = (Type.F32, Type.F16, Type.BF16)


class _Fields:
    """The file's metadata, with the architecture's prefix."""

    def __init__(self, reader: gguf.GGUFReader):
        self._reader = reader
        self.architecture = self.get("general.architecture", "")

    def get(self, key: str, default=None):
        found = self._reader.get_field(key)
        return default if found is None else found.contents()

    def drop_vocabulary(self) -> None:
        """The reader keeps each token as an array of its own: most of a gigabyte for a large vocabulary."""
        for key in ("tokens", "scores", "token_type", "merges"):
            self._reader.fields.pop(f"tokenizer.ggml.{key}", None)

    def own(self, key: str, default=None):
        value = self.get(f"{self.architecture}.{key}", default)
        if value is None:
            raise ExportError("program_invalid", f"The GGUF file lacks {self.architecture}.{key}.", _DAMAGED)
        return value


def open_gguf(path: Path) -> Checkpoint:
    """The file as a checkpoint; nothing but metadata is read yet. Damaged, unknown architecture → ExportError."""
    reader = _read(path)
    fields = _Fields(reader)
    recipe = models.recipe_for(fields.architecture)
    tensors = {t.name: t for t in reader.tensors}
    family = _FAMILIES[recipe.FAMILY]
    config = family.config_of(fields.own, tensors)
    kinds = Counter(t.tensor_type.name for t in reader.tensors if t.tensor_type not in _DENSE)
    source = _Weights(family, config, tensors)
    fields.drop_vocabulary()
    return Checkpoint(
        recipe=recipe,
        config=config,
        get=source.get,
        get_exact=source.get_exact,
        write_tokenizer=lambda folder: convert_tokenizer(path, folder),
        name=fields.get("general.name", path.stem),
        quantization="gguf:" + "+".join(name for name, _ in kinds.most_common()) if kinds else "none",
        trained_context=fields.own("context_length"),
        add_bos=bool(fields.get("tokenizer.ggml.add_bos_token", fields.get("tokenizer.ggml.model") == "llama")),
        sha256=sha256_of(path),
        bos=fields.get("tokenizer.ggml.bos_token_id"),
        eos=[i for k in ("eos", "eot", "eom") if (i := fields.get(f"tokenizer.ggml.{k}_token_id")) is not None],
        licence=fields.get("general.license", "unknown"),
        forget=lambda: reader.data._mmap.madvise(mmap.MADV_DONTNEED),
        notes=source.notes,
    )


def _read(path: Path) -> gguf.GGUFReader:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ExportError("program_invalid", f"{path.name} is not a GGUF file.", _DAMAGED)
    try:
        reader = gguf.GGUFReader(path)
        end = max(t.data_offset + t.n_bytes for t in reader.tensors)
    except Exception as error:  # the reader fails in many ways on damaged bytes
        raise ExportError("program_invalid", f"{path.name} cannot be read as GGUF ({error}).", _DAMAGED) from error
    if end > path.stat().st_size:
        raise ExportError("program_invalid", f"{path.name} ends before its last tensor.", _DAMAGED)
    return reader


class _Weights:
    """Weights by transformers' names."""

    def __init__(self, family: ModuleType, config: dict, tensors: dict[str, gguf.ReaderTensor]):
        self._family, self._config, self._tensors = family, config, tensors
        self.notes: list[str] = []

    def get(self, name: str) -> Weight | None:
        tensor = self._tensors.get(self._gguf_name(name))
        if tensor is None:
            return None
        weight = self._weight(name, tensor)
        order = self._family.row_order(name, self._config)
        if order is None:
            return weight
        return weight.permute_rows(order) if isinstance(weight, QuantizedTensor) else weight[order]

    def get_exact(self, name: str) -> torch.Tensor:
        tensor = self._tensors[self._gguf_name(name)]
        weight = _dequantized(tensor)
        order = self._family.row_order(name, self._config)
        return weight if order is None else weight[order]

    def _gguf_name(self, name: str) -> str:
        module, _, kind = name.rpartition(".")
        if module.startswith("layers."):
            _, index, rest = module.split(".", 2)
            return f"blk.{index}.{self._family.LAYER_NAMES.get(rest, rest)}.{kind}"
        names = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}
        return f"{names.get(module, module)}.{kind}"

    def _weight(self, name: str, tensor: gguf.ReaderTensor) -> Weight:
        kind = tensor.tensor_type
        if kind in _DENSE:
            return _dequantized(tensor)
        if not gguf_blocks.is_exact(kind):
            self.notes.append(f"{name}: {kind.name} rounded to 8-bit groups of 32 (approximate)")
        try:
            return gguf_blocks.to_affine(kind, tensor.data)
        except NotImplementedError as error:
            raise ExportError("program_unsupported", f"{name} is quantized as {kind.name}, which is not supported.") from error


def _dequantized(tensor: gguf.ReaderTensor) -> torch.Tensor:
    """fp32; some rows at a time, for an embedding's temporaries would take gigabytes."""
    shape = tuple(int(size) for size in reversed(tensor.shape))
    out, data = np.empty(shape, np.float32), tensor.data
    rows = max(1, (1 << 20) // max(1, out[0].size)) if len(shape) > 1 else len(out)
    for start in range(0, len(out), rows):
        out[start : start + rows] = gguf.dequantize(data[start : start + rows], tensor.tensor_type)
    return torch.from_numpy(out)
