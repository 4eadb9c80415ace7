"""A checkpoint's weights as --quantize asks for them."""

from ..checkpoints.checkpoint import Checkpoint
from ..weights import Weight
from . import QuantizedTensor, quantize


class Requantized:
    """The checkpoint's weights as --quantize asks for them."""

    def __init__(self, checkpoint: Checkpoint, scheme: str, group: int):
        self._checkpoint, self._scheme, self._group = checkpoint, scheme, group
        self.description = checkpoint.quantization if scheme == "keep" else "none"
        if scheme in ("4", "8"):
            self.description = f"affine {scheme}-bit group {group}" + (", embedding 8-bit" if scheme == "4" else "")

    def get(self, name: str) -> Weight | None:
        weight = self._checkpoint.get(name)
        kept = self._scheme == "keep" or name.endswith(getattr(self._checkpoint.recipe, "DENSE", ()))
        if weight is None or kept or len(weight.shape) != 2:
            return weight
        dense = self._checkpoint.get_exact(name) if isinstance(weight, QuantizedTensor) else weight
        if self._scheme == "none":
            return dense
        # The embedding is the head too, and decides most of a small model's quality.
        whole = name.startswith(("embed_tokens.", "lm_head."))
        return quantize(dense, 8 if whole else int(self._scheme), self._group)
