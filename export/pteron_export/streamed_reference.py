"""transformers' model of a checkpoint that does not fit in memory: built without weights, each part filled just before it
computes and emptied after, so that at most one decoder layer (or the embedding, or the head) is there in fp32."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import torch
from accelerate import init_empty_weights
from torch import nn

Weights = Callable[[], Iterator[tuple[str, torch.Tensor]]]
"""(transformers name, fp32 values) of every weight, in the model's order; begins anew at each call."""
Block = Callable[[slice, torch.Tensor], None]
_ROWS = 16


class StreamedModel:
    """transformers' own model of `config`; `forget` gives back what reading weights took, after each part."""

    def __init__(self, recipe: ModuleType, config: dict, weights: Weights, forget: Callable[[], None] = lambda: None):
        from transformers import AutoConfig, AutoModelForCausalLM

        with init_empty_weights(include_buffers=False):
            self._model = AutoModelForCausalLM.from_config(
                AutoConfig.for_model(**config), dtype=torch.float32, attn_implementation="eager"
            ).eval()
        self._recipe, self._source, self._forget = recipe, _Source(weights), forget
        self._names = {id(module): name for name, module in self._model.named_modules()}
        for part in _parts(self._model.model):
            part.register_forward_pre_hook(lambda module, _: self._fill(module))
            part.register_forward_hook(lambda module, *_: self._empty(module))

    @torch.no_grad()
    def logits(self, ids: list[int], rows: list[int], block: Block) -> None:
        """Calls block(part of rows, fp32 logits [part, vocabulary]) until all rows were told of."""
        body = self._model.model
        hidden = body(input_ids=torch.tensor([ids]), use_cache=False)
        states = hidden.last_hidden_state[:, rows]
        self._source.require_all(tied="lm_head.weight")
        with self._filled(self._model.lm_head):
            for start in range(0, len(rows), _ROWS):
                part = slice(start, min(start + _ROWS, len(rows)))
                hidden.last_hidden_state = states[:, part]
                # What follows the head (scaling, soft-capping) is transformers' own code too.
                body.forward = lambda *_, **__: hidden
                block(part, self._model(torch.tensor([ids]), use_cache=False).logits[0].float())
                del body.forward

    @contextmanager
    def _filled(self, module: nn.Module):
        self._fill(module)
        yield
        self._empty(module)

    def _fill(self, module: nn.Module) -> None:
        for name, owner, key in self._parameters(module):
            put(owner, key, name, self._recipe.to_transformers(name, self._source.take(name)).float())
        self._forget()

    def _empty(self, module: nn.Module) -> None:
        for owner in module.modules():
            empty(owner)

    def _parameters(self, module: nn.Module) -> Iterator[tuple[str, nn.Module, str]]:
        for owner in module.modules():
            for key in owner._parameters:
                if owner._parameters[key] is not None:
                    yield f"{self._names[id(owner)]}.{key}", owner, key


def put(module: nn.Module, key: str, name: str, value: torch.Tensor) -> None:
    """`value`, which transformers calls `name`, as the module's own parameter."""
    wanted = module._parameters[key].shape
    if value.shape != wanted:
        raise ValueError(f"{name} is {list(value.shape)}, transformers wants {list(wanted)}")
    module._parameters[key] = nn.Parameter(value, requires_grad=False)


def empty(module: nn.Module) -> None:
    """Its own parameters without their values."""
    for key, parameter in module._parameters.items():
        if parameter is not None:
            module._parameters[key] = nn.Parameter(parameter.to("meta"), requires_grad=False)


class WaitingWeights:
    """Weights by name, read once in their own order; what comes before it is asked for waits."""

    def __init__(self, weights: Iterator[tuple[str, torch.Tensor]]):
        self._rest, self._waiting = weights, {}

    def take(self, name: str) -> torch.Tensor:
        while name not in self._waiting:
            found, value = next(self._rest, (None, None))
            if found is None:
                return self._missing(name)
            self._waiting[found] = value
        return self._waiting.pop(name)

    def _missing(self, name: str) -> torch.Tensor:
        raise ValueError(f"transformers' model wants {name}, which is not among the weights")


class _Source(WaitingWeights):
    """Of weights that can be read anew."""

    def __init__(self, weights: Weights):
        super().__init__(weights())
        self._weights = weights

    def _missing(self, name: str) -> torch.Tensor:
        """A tied head is the embedding, which comes first."""
        wanted = "model.embed_tokens.weight" if name == "lm_head.weight" else name
        for found, value in self._weights():
            if found == wanted:
                return value
        return super()._missing(name)

    def require_all(self, tied: str) -> None:
        """Every weight has found its place, but the head."""
        for name, value in self._rest:
            self._waiting[name] = value
        if left := set(self._waiting) - {tied}:
            raise ValueError(f"transformers' model has no place for {', '.join(sorted(left)[:5])}")


def _parts(body: nn.Module) -> Iterator[nn.Module]:
    """What is filled at once: each layer of a list of layers, and each other module with weights of its own."""
    for child in body.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        elif any(True for _ in child.parameters()):
            yield child
