"""transformers as the reference of an export: the same architecture with exactly the weights that a program holds."""

from collections.abc import Iterable, Iterator
from types import ModuleType

import torch
from torch import nn

from .checkpoints.checkpoint import Checkpoint
from .models.layers import Vector
from .models.switch import QuantizedSwitchLinear, SwitchLinear
from .quantization import QuantizedTensor
from .quantization.modules import QuantizedEmbedding, QuantizedLinear

_QUANTIZED = QuantizedLinear | QuantizedEmbedding | QuantizedSwitchLinear


def program_weights(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """(transformers name, fp32 values) of every weight, dequantized and rounded as the program holds it."""
    for name, module in weight_names(model):
        if name.endswith(".weight") and isinstance(module, _QUANTIZED):
            yield _as_in_transformers(name, module, _dequantized(module.packed))
        else:
            yield _as_in_transformers(name, module, getattr(module, name.rpartition(".")[2]).detach().float())


def _dequantized(packed: QuantizedTensor) -> torch.Tensor:
    """Some rows at a time: an embedding's temporaries would take gigabytes."""
    out = torch.empty(packed.shape)
    step = max(1, (1 << 20) // packed.shape[1])
    for start in range(0, packed.shape[0], step):
        out[start : start + step] = packed.dequantize(slice(start, start + step))
    return out


def _as_in_transformers(name: str, module: nn.Module, tensor: torch.Tensor) -> tuple[str, torch.Tensor]:
    """Experts as [E, N, K]; those and vectors are parameters of their own there, not weights of a module."""
    if isinstance(module, SwitchLinear | QuantizedSwitchLinear):
        tensor = tensor.view(module.experts, -1, tensor.shape[1])
    if isinstance(module, SwitchLinear | QuantizedSwitchLinear | Vector):
        name = name.removesuffix(".weight")
    return (name if name.startswith("lm_head.") else f"model.{name}"), tensor


def weight_names(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """(name in the checkpoint, module that holds it)."""
    for name, module in model.named_modules():
        if isinstance(module, _QUANTIZED) or isinstance(getattr(module, "weight", None), torch.Tensor):
            yield f"{name}.weight", module
        if isinstance(getattr(module, "bias", None), torch.Tensor):
            yield f"{name}.bias", module


def source_weights(model: nn.Module, checkpoint: Checkpoint) -> Iterator[tuple[str, torch.Tensor]]:
    """The same names with the source's values in fp32, before any rounding of ours."""
    for name, module in weight_names(model):
        yield _as_in_transformers(name, module, checkpoint.get_exact(name))


def transformers_model(
    recipe: ModuleType, config: dict, weights: Iterable[tuple[str, torch.Tensor]], dtype: torch.dtype = torch.float32
) -> nn.Module:
    """transformers' own model of `config` with these weights, computing in `dtype`; every weight must find its place."""
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    settings = AutoConfig.for_model(**config)
    with no_init_weights():
        model = AutoModelForCausalLM.from_config(settings, dtype=dtype, attn_implementation="eager")
    state = {name: recipe.to_transformers(name, tensor).to(dtype) for name, tensor in weights}
    if "lm_head.weight" not in state:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    result = model.load_state_dict(state, strict=False, assign=True)
    if result.missing_keys or result.unexpected_keys:
        raise ValueError(f"weights do not fit transformers' model: {result}")
    return model.eval()


@torch.no_grad()
def logits_of(model: nn.Module, ids: list[int]) -> torch.Tensor:
    """fp32 [len(ids), vocabulary]."""
    return model(torch.tensor([ids]), use_cache=False).logits[0].float()


@torch.no_grad()
def greedy(model: nn.Module, ids: list[int], count: int) -> list[int]:
    """The `count` most probable next tokens, each from the whole sequence anew."""
    ids = list(ids)
    for _ in range(count):
        ids.append(int(logits_of(model, ids)[-1].argmax()))
    return ids[-count:]
