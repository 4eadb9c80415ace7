"""What a program needs in memory, told before it is loaded: its weights, its state (KV cache and the like) and a work area.

The model is called once on the longest prefill chunk with tensors that have shapes but no memory, while what would be
allocated is counted. Our CPU delegate holds activations in fp32; a GPU holds them in the program's own type, so it needs less.
"""

import weakref
from dataclasses import dataclass

import torch
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from .models.layers import MAX_LOGIT_ROWS, Limits

# Over what is alive at once: blocks of a pool come in four sizes an octave, and one may be busy when another size is asked for.
POOL_SHARE = 1.5
LOGITS_KEPT = 2  # rows that a session keeps beside the call's own
LARGEST_PROJECTION = 32_768  # beyond it lies the head, of which few rows are computed
FIXED = 8 << 20  # the graph itself, norms in fp32, tables of the kernels


@dataclass(frozen=True)
class MemoryPlan:
    """Bytes. The state of a context of n tokens takes fixed_state + n · state_per_token."""

    weights: int
    fixed_state: int
    state_per_token: int
    work: int

    def needed(self, context: int) -> int:
        return self.weights + self.fixed_state + context * self.state_per_token + self.work

    def longest_context(self, memory: int) -> int:
        """Tokens whose state fits beside the rest; below 0 where not even the rest fits."""
        return (memory - self.needed(0)) // max(1, self.state_per_token)

    def summary(self, context: int) -> str:
        mb = lambda size: f"{size / 1e6:.0f} MB"  # noqa: E731
        state = mb(self.fixed_state + context * self.state_per_token)
        return f"{mb(self.weights)} of weights, {state} for {context} tokens of context, {mb(self.work)} to work with"

    def record(self) -> dict:
        """As model.json holds it."""
        return {
            "weightsBytes": self.weights,
            "stateBytes": self.fixed_state,
            "stateBytesPerToken": self.state_per_token,
            "workBytes": self.work,
        }


def plan_memory(model: nn.Module, limits: Limits, vocabulary: int, weights: int) -> MemoryPlan:
    """`weights`: bytes of the program's file, which the delegate maps whole."""
    rows = torch.arange(min(MAX_LOGIT_ROWS, limits.chunk))
    call = [torch.zeros(1, limits.chunk, dtype=torch.long), torch.tensor([0]), rows]
    if getattr(model, "slots", None):  # recurrent state: read from slot 0, written to slot 1
        call.append(torch.tensor([0, 1]))
    return plan_methods([LongestCall(model, tuple(call), limits.chunk)], limits, vocabulary, weights)


@dataclass(frozen=True)
class LongestCall:
    """Of a method: its inputs, and how many rows (tokens, frames) its layers compute."""

    model: nn.Module
    inputs: tuple
    rows: int


def plan_methods(calls: list[LongestCall], limits: Limits, vocabulary: int, weights: int) -> MemoryPlan:
    """Of a program of several methods: one computes at a time, and each has its own state."""
    state, peak = [], 0
    for call in calls:
        written, alive = _measure(call)
        state, peak = state + written, max(peak, alive)
    fixed, per_token = _state_bytes(state, limits.context)
    work = FIXED + round(peak * POOL_SHARE) + (MAX_LOGIT_ROWS + LOGITS_KEPT) * vocabulary * 4
    return MemoryPlan(weights, fixed, per_token, work)


def _measure(call: LongestCall) -> tuple[list[torch.Tensor], int]:
    """(the buffers that it writes, bytes alive at once)."""
    model = call.model
    values = [(tensor.tolist(), tensor.dtype) for tensor in call.inputs]
    with torch.no_grad(), FakeTensorMode():
        own = {name: torch.empty(t.shape, dtype=t.dtype) for name, t in (*model.named_parameters(), *model.named_buffers())}
        inputs = tuple(torch.tensor(value, dtype=dtype) for value, dtype in values)
        with _Allocations(own.values()) as counter:
            try:
                torch.func.functional_call(model, own, inputs)
                return list(counter.state.values()), counter.peak
            except DataDependentOutputException:  # control flow that only a traced program can follow (recurrent layers)
                return [b for b in model.buffers() if not b.is_meta], max(counter.peak, _estimate(model, call.rows))


def _estimate(model: nn.Module, rows: int) -> int:
    """So many rows in fp32: the widest projection's three times, as of a gated MLP, and the hidden size's twice."""
    matrices = [getattr(m, "packed", getattr(m, "weight", None)) for m in model.modules()]
    shapes = [m.shape for m in matrices if m is not None and len(m.shape) == 2 and m.shape[0] < LARGEST_PROJECTION]
    widest, hidden = (max((shape[axis] for shape in shapes), default=0) for axis in (0, 1))
    return rows * 4 * (3 * widest + 2 * hidden)


def state_bytes(model: nn.Module, limits: Limits) -> tuple[int, int]:
    """(bytes that do not depend on the context, bytes a token) of a model whose weights may still be missing."""
    return _state_bytes([b for b in model.buffers() if not b.is_meta], limits.context)


def _state_bytes(buffers, context: int) -> tuple[int, int]:
    """A buffer with an axis of `context` rows or more holds so many tokens; rows beyond them (a window) are fixed."""
    fixed = per_token = 0
    for buffer in buffers:
        rows = max((size for size in buffer.shape if size >= context), default=0)
        row = buffer.nbytes // rows if rows else 0
        per_token += row
        fixed += buffer.nbytes - row * context
    return fixed, per_token


class _Allocations(TorchDispatchMode):
    """Counts the storages that are alive at once, floats in fp32, and notes which of the model's buffers are written."""

    def __init__(self, own):
        super().__init__()
        self.live = self.peak = 0
        self.state: dict[int, torch.Tensor] = {}
        self._own = {id(tensor) for tensor in own}
        self._seen = {tensor.untyped_storage()._cdata for tensor in own}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        for argument, value in zip(func._schema.arguments, args, strict=False):
            if argument.alias_info is not None and argument.alias_info.is_write and id(value) in self._own:
                self.state[id(value)] = value
        result = func(*args, **kwargs)
        for tensor in torch.utils._pytree.tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                self._count(tensor)
        return result

    def _count(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata in self._seen:
            return
        self._seen.add(storage._cdata)
        bytes_ = storage.nbytes() // tensor.element_size() * (4 if tensor.is_floating_point() else tensor.element_size())
        self.live += bytes_
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._free, storage._cdata, bytes_)

    def _free(self, key: int, bytes_: int) -> None:
        self._seen.discard(key)
        self.live -= bytes_
