"""Puts a checkpoint's tensors into a model written for export."""

from collections.abc import Callable

import torch
from torch import nn

from .errors import ExportError
from .models.layers import TiedHead, Vector
from .models.switch import SwitchLinear
from .quantization import QuantizedTensor
from .quantization.modules import QuantizedEmbedding, QuantizedLinear

Weight = torch.Tensor | QuantizedTensor


def load_weights(
    model: nn.Module, get: Callable[[str], Weight | None], dtype: torch.dtype, loaded: Callable[[nn.Module], None] = lambda _: None
) -> None:
    """Fills `model`, module by module, from get(name) where name is transformers' without the leading `model.`.
    Dense tensors are rounded to `dtype` and so are scales and biases of quantized ones. Missing or misshapen → program_invalid.
    loaded(module) is told of each module that has its weights now."""
    for name, module in list(model.named_modules()):
        if not isinstance(getattr(module, "weight", None), torch.Tensor):
            continue
        weight = _checked(name, get(f"{name}.weight"), tuple(module.weight.shape))
        bias = getattr(module, "bias", None)
        if isinstance(bias, torch.Tensor):
            bias = _checked(name, get(f"{name}.bias"), tuple(bias.shape)).to(dtype)
        if isinstance(weight, QuantizedTensor):
            loaded(_replace(model, name, module, weight.to(dtype), bias))
        else:
            own = torch.float32 if isinstance(module, Vector) else dtype
            module.weight = nn.Parameter(weight.to(own).contiguous(), requires_grad=False)
            if bias is not None:
                module.bias = nn.Parameter(bias, requires_grad=False)
            loaded(module)
    model.eval()


def _checked(name: str, weight: Weight | None, shape: tuple[int, ...]) -> Weight:
    if weight is None:
        raise ExportError("program_invalid", f"The checkpoint lacks the tensor {name}.", "It is incomplete: download it again.")
    if isinstance(weight, torch.Tensor) and not weight.is_floating_point():
        held = str(weight.dtype).removeprefix("torch.")
        raise ExportError("program_invalid", f"{name} is held as {held}, which is no float type.", "Use another checkpoint.")
    if tuple(weight.shape) != shape:
        raise ExportError(
            "program_invalid",
            f"{name} is {list(weight.shape)} in the checkpoint, but its configuration says {list(shape)}.",
            "The checkpoint contradicts itself: download it again.",
        )
    return weight


def _replace(model: nn.Module, name: str, module: nn.Module, weight: QuantizedTensor, bias: torch.Tensor | None) -> nn.Module:
    if isinstance(module, nn.Embedding):
        fresh: nn.Module = QuantizedEmbedding(weight)
    elif isinstance(module, nn.Linear):
        fresh = QuantizedLinear(weight, bias)
    elif isinstance(module, SwitchLinear):
        fresh = module.quantized(weight)
    else:
        raise ExportError("program_unsupported", f"{name} is quantized, which is supported for matrices only.")
    parent_name, _, attribute = name.rpartition(".")
    setattr(model.get_submodule(parent_name), attribute, fresh)
    for tied in (m for m in model.modules() if isinstance(m, TiedHead) and m.embedding is module):
        tied.tie(fresh)
    return fresh
