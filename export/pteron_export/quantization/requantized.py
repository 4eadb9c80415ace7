"""A checkpoint's weights as --quantize asks for them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from ..checkpoints.checkpoint import Checkpoint
from ..errors import ExportError
from ..models.layers import Limits, TiedHead
from ..weights import Weight
from .calibration import MAX_TOKENS, calibrate, calibration_ids, can_calibrate
from .quantize import method_of, quantize
from .scheme import Choice, Scheme, part_of
from .tensor import QuantizedTensor

LARGE = 900_000_000
"""Parameters from which 4 bits cost little enough (docs/QUANTIZATION.md)."""


def resolve(scheme: Scheme, parameters: int, is_quantized: bool) -> Scheme:
    """`auto` decided: what the source has quantized is kept; else the smallest that costs at most 3 % of perplexity."""
    if scheme.base.format != "auto":
        return scheme
    if is_quantized:
        return replace(scheme, base=Choice("keep"))
    bits = 4 if parameters >= LARGE else 8
    return replace(scheme, base=Choice("affine", bits, scheme.base.group))


class Requantized:
    """Gives each weight of `checkpoint` in the format that the scheme has for its part. `model` is the one to be filled, its
    weights still without values; scales and biases are rounded to `dtype` before the integers are chosen."""

    def __init__(self, checkpoint: Checkpoint, scheme: Scheme, model: nn.Module, dtype: torch.dtype = torch.float32):
        self._checkpoint, self._dtype = checkpoint, dtype
        parameters = sum(p.numel() for p in model.parameters())
        self.scheme = resolve(scheme, parameters, checkpoint.quantization != "none")
        self._held: dict[str | None, dict[str, None]] = {}
        self._ready: dict[str, QuantizedTensor] = {}
        head = self.scheme.parts.get("head")
        if head and any(isinstance(module, TiedHead) for module in model.modules()) and head != self.scheme.choice("embedding"):
            raise ExportError(
                "invalid_argument", "This model's head is its embedding, so that they cannot be quantized apart.",
                "Choose the quantization of both with embedding=, and leave out head=.",
            )  # fmt: skip

    def calibrate(self, tokenizer: Path, say: Callable[[str], None] = lambda _: None) -> None:
        """Where the scheme wants GPTQ: quantizes the projections for the inputs that the calibration text gives them. Without
        it, or where the model does not allow it, groups are fitted to the weights alone."""
        checkpoint = self._checkpoint
        if method_of(self.scheme.choice(None)) != "gptq":
            return
        count = min(MAX_TOKENS, checkpoint.trained_context)
        model = checkpoint.recipe.build(checkpoint.config, Limits(count, count, torch.float32))
        if not can_calibrate(model):
            return
        ids = calibration_ids(tokenizer, checkpoint.bos if checkpoint.add_bos else None, count)
        say(f"calibrating on {len(ids)} tokens")
        calibrate(model, ids, self._quantize_seen)

    def _quantize_seen(self, name: str, products: torch.Tensor | None) -> Weight | None:
        weight = self._make(name, products)
        if isinstance(weight, QuantizedTensor):
            self._ready[name] = weight
        return weight

    def get(self, name: str) -> Weight | None:
        ready = self._ready.pop(name, None)
        return self._make(name, None) if ready is None else ready

    def _make(self, name: str, products: torch.Tensor | None) -> Weight | None:
        weight, part = self._checkpoint.get(name), part_of(name)
        if weight is None or len(weight.shape) != 2 or name.endswith(getattr(self._checkpoint.recipe, "DENSE", ())):
            return weight
        choice = self.scheme.choice(part)
        if choice.format != "keep":
            dense = self._checkpoint.get_exact(name) if isinstance(weight, QuantizedTensor) else weight
            weight = dense if choice.format == "none" else quantize(dense, choice, dtype=self._dtype, products=products)
        self._held.setdefault(part, {})[getattr(weight, "description", "none")] = None
        return weight

    @property
    def description(self) -> str:
        """For model.json, once all weights were asked for, e.g. 'affine 4-bit group 32, embedding affine 8-bit group 64'."""
        if self.scheme.base.format == "keep" and not self.scheme.parts:
            return self._checkpoint.quantization
        held = {part: "+".join(formats) for part, formats in self._held.items()}
        rest = held.pop(None, "none")
        return ", ".join([rest, *(f"{part} {formats}" for part, formats in held.items() if formats != rest)])
