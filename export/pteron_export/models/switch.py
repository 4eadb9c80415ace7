"""Mixtures of experts: the experts' matrices as one tensor each, the router, and the layer that takes an MLP's place."""

import torch
import torch.nn.functional as F
from torch import nn

from .. import expert_ops  # noqa: F401  (registers the operators)
from ..quantization import QuantizedTensor
from .layers import linear


def expert_count(config: dict) -> int:
    """transformers writes the second name, what it publishes has the first."""
    return config.get("num_experts", config.get("num_local_experts", 0))


class SwitchLinear(nn.Module):
    """The matrices [N, K] of E experts. `weight` is [E * N, K], so that it is rounded and quantized as any other matrix."""

    def __init__(self, experts: int, inputs: int, outputs: int):
        super().__init__()
        self.experts = experts
        self.weight = nn.Parameter(torch.empty(experts * outputs, inputs, device="meta"), requires_grad=False)

    def quantized(self, weight: QuantizedTensor) -> nn.Module:
        return QuantizedSwitchLinear(self.experts, weight)

    def operands(self) -> tuple[list[torch.Tensor], str]:
        """(arrays, format) as the operator takes them."""
        return [self.weight], f"dense:{self.experts}"


class QuantizedSwitchLinear(nn.Module):
    """The same on quantized weights: each array as [E, …], as the gathered matmul wants it."""

    def __init__(self, experts: int, packed: QuantizedTensor):
        super().__init__()
        arrays = packed.arrays()
        self.experts, self._format = experts, packed.format
        self._empty = packed.rebuild(dict.fromkeys(arrays, torch.empty(0)))
        for name, array in arrays.items():
            self.register_buffer(name, None if array is None else array.view(experts, -1, *array.shape[1:]))

    @property
    def packed(self) -> QuantizedTensor:
        """As a matrix [E * N, K]."""
        return self._empty.rebuild({name: array.flatten(0, 1) for name, array in self.named_buffers(recurse=False)})

    def operands(self) -> tuple[list[torch.Tensor], str]:
        return [array for _, array in self.named_buffers(recurse=False)], self._format


class Experts(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        count, hidden, inner = expert_count(config), config["hidden_size"], config["moe_intermediate_size"]
        self.gate_up_proj = SwitchLinear(count, hidden, 2 * inner)
        self.down_proj = SwitchLinear(count, inner, hidden)

    def forward(self, x: torch.Tensor, weights: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
        return torch.ops.pteron.experts(x, weights, indices, *self.gate_up_proj.operands(), *self.down_proj.operands())


class SparseMLP(nn.Module):
    """x[1, S, D] → the same: each token goes through the experts that the router chooses for it."""

    def __init__(self, config: dict, normalize: bool):
        super().__init__()
        self.count, self.normalize = config["num_experts_per_tok"], normalize
        self.gate = linear(config["hidden_size"], expert_count(config))
        self.experts = Experts(config)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = x.view(-1, x.shape[-1])
        weights, indices = torch.ops.pteron.route(self.gate(rows), self.count, self.normalize)
        return self.experts(rows, weights, indices).view(x.shape)


class SharedExpertMLP(SparseMLP):
    """The same with an expert beside them that sees every token, weighed by a gate of its own."""

    def __init__(self, config: dict, shared: nn.Module):
        super().__init__(config, normalize=True)
        self.shared_expert = shared
        self.shared_expert_gate = linear(config["hidden_size"], 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) + F.sigmoid(self.shared_expert_gate(x)) * self.shared_expert(x)
