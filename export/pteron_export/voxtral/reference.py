"""transformers' own Voxtral with given weights: whole, or each part filled just before it computes and emptied after."""

from collections.abc import Iterator
from types import ModuleType

import torch
from accelerate import init_empty_weights
from torch import nn

from ..streamed_reference import WaitingWeights, empty, put

_ALWAYS_FILLED = ("conv1", "conv2", "embed_positions")  # read by transformers' code outside their own modules
Weights = Iterator[tuple[str, torch.Tensor]]


def transformers_config(recipe: ModuleType, config: dict):
    from transformers import AutoConfig

    parts = {key: config[key] for key in recipe.PARTS if key in config}
    text = {key: value for key, value in config.items() if key not in recipe.PARTS}
    tied = {"tie_word_embeddings": True} if text.get("tie_word_embeddings") else {}
    return AutoConfig.for_model(recipe.FAMILY, text_config=text, **parts, **tied)


def reference_name(name: str) -> str:
    """Of a name as reference.program_weights spells it."""
    return name.removeprefix("model.language_model.") if name.startswith("model.language_model.lm_head.") else name


def renamed(recipe: ModuleType, weights: Weights) -> Weights:
    for name, tensor in weights:
        yield reference_name(name), recipe.to_transformers(name, tensor)


def transformers_voxtral(recipe: ModuleType, config: dict, weights: Weights) -> nn.Module:
    """fp32, whole; every weight must find its place."""
    model = _empty_model(recipe, config)
    state = dict(renamed(recipe, weights))
    if "lm_head.weight" not in state:
        state["lm_head.weight"] = state["model.language_model.embed_tokens.weight"]
    result = model.load_state_dict(state, strict=False, assign=True)
    if result.missing_keys or result.unexpected_keys:
        raise ValueError(f"weights do not fit transformers' model: {result}")
    return model


def _empty_model(recipe: ModuleType, config: dict) -> nn.Module:
    import transformers

    kind = getattr(transformers, recipe.ARCHITECTURES[0])
    with init_empty_weights(include_buffers=False):
        model = kind._from_config(transformers_config(recipe, config), dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def streamed_voxtral(recipe: ModuleType, config: dict, weights: Weights, forget=lambda: None) -> nn.Module:
    """For one call of forward: `weights` in the program's order are read as they are needed."""
    model = _empty_model(recipe, config)
    source = _Waiting(renamed(recipe, weights), forget)
    tied = bool(config.get("tie_word_embeddings"))
    for name, module in model.named_modules():
        if not any(parameter is not None for parameter in module._parameters.values()):
            continue
        if name.endswith(_ALWAYS_FILLED):
            source.fill(name, module)
        else:
            module.register_forward_pre_hook(lambda module, _, name=name: source.fill(name, module))
            if not (tied and name.endswith("embed_tokens")):
                module.register_forward_hook(lambda module, *_: empty(module))
    if tied:
        source.same = {"lm_head.weight": model.model.language_model.embed_tokens}
    return model


class _Waiting(WaitingWeights):
    """`same`: modules whose weight a name shares; `forget` gives back what reading a module's weights took."""

    def __init__(self, weights: Weights, forget):
        super().__init__(weights)
        self._forget = forget
        self.same: dict[str, nn.Module] = {}

    def fill(self, prefix: str, module: nn.Module) -> None:
        for key, parameter in module._parameters.items():
            if parameter is not None:
                name = f"{prefix}.{key}"
                put(module, key, name, (self.same[name].weight if name in self.same else self.take(name)).detach())
        self._forget()
