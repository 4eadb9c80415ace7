"""Linear attention with a gated delta rule, the recurrent layer of Qwen 3.5.
Reference: Qwen3_5GatedDeltaNet in transformers/models/qwen3_5/modeling_qwen3_5.py.

A head's state is a matrix [values, keys]. Each token lets it fade by g, moves what it holds for the token's key towards the token's
value by beta, and reads it with the query. Queries, keys and values pass a short causal convolution first.
"""

import executorch.backends.mlx.custom_kernel_ops.gated_delta_rule  # noqa: F401  (registers the operator and its lowering)
import torch
import torch.nn.functional as F
from torch import nn

from .layers import Limits, RMSNorm, Vector, linear
from .recurrent import SlotState, SlotStep

_L2_EPS = 1e-6  # of the queries' and keys' l2 norm, whatever the configuration says of others


class Taps(nn.Module):
    """A depthwise convolution's weights, [taps, channels]: the last is the current token's."""

    def __init__(self, taps: int, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(taps, channels, device="meta"), requires_grad=False)


class GatedDeltaNet(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        hidden, self.taps = config["hidden_size"], config["linear_conv_kernel_dim"]
        self.key_heads, self.value_heads = config["linear_num_key_heads"], config["linear_num_value_heads"]
        self.key_dim, self.value_dim = config["linear_key_head_dim"], config["linear_value_head_dim"]
        keys, values = self.key_heads * self.key_dim, self.value_heads * self.value_dim
        self.widths = [keys, keys, values]
        self.in_proj_qkv, self.in_proj_z = linear(hidden, sum(self.widths)), linear(hidden, values)
        self.in_proj_b, self.in_proj_a = linear(hidden, self.value_heads), linear(hidden, self.value_heads)
        self.conv1d = Taps(self.taps, sum(self.widths))
        self.A_log, self.dt_bias = Vector(self.value_heads), Vector(self.value_heads)
        self.norm = RMSNorm(self.value_dim, config["rms_norm_eps"])
        self.out_proj = linear(values, hidden)
        self.seen = SlotState((self.taps - 1, sum(self.widths)), limits.dtype)
        self.state = SlotState((self.value_heads, self.value_dim, self.key_dim), torch.float32)
        # An RMS norm is √dim times the l2 norm; queries are divided by √dim beside.
        self.register_buffer("key_scale", torch.full((self.key_dim,), self.key_dim**-0.5), persistent=False)
        self.register_buffer("query_scale", torch.full((self.key_dim,), 1 / self.key_dim), persistent=False)
        self.register_buffer("zero", torch.zeros(1), persistent=False)

    def convolved(self, x: torch.Tensor, step: SlotStep) -> torch.Tensor:
        """fp32 [1, S, channels]; in sums of slices, because MLX's grouped convolutions are slow for so many groups."""
        rows = torch.cat((self.seen.read(step), self.in_proj_qkv(x)), dim=1)
        count = x.shape[1]
        self.seen.write(rows[:, count : count + self.taps - 1], step)
        rows = rows.float()
        return F.silu(sum(rows[:, tap : tap + count] * self.conv1d.weight[tap].float() for tap in range(self.taps)))

    def gates(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """fp32 [1, S, heads]: how much of the state stays, and how far it moves. A_log holds -exp of what it is named after."""
        fading = torch.logaddexp(self.in_proj_a(x).float() + self.dt_bias.weight, self.zero)
        return torch.exp(fading * self.A_log.weight), torch.sigmoid(self.in_proj_b(x).float())

    def forward(self, x: torch.Tensor, step: SlotStep) -> torch.Tensor:
        heads = lambda part, count: part.view(1, x.shape[1], count, -1)  # noqa: E731
        queries, keys, values = self.convolved(x, step).split(self.widths, dim=-1)
        dim, eps = (self.key_dim,), _L2_EPS / self.key_dim
        queries = F.rms_norm(heads(queries, self.key_heads), dim, self.query_scale, eps)
        keys = F.rms_norm(heads(keys, self.key_heads), dim, self.key_scale, eps)
        state = self.state.read(step).clone()  # the operator's lowering takes a tensor that is no view
        y = torch.ops.mlx.gated_delta_rule(queries, keys, heads(values, self.value_heads), *self.gates(x), state)
        self.state.write(state, step)
        y = self.norm(y.to(x.dtype)) * F.silu(heads(self.in_proj_z(x), self.value_heads))
        return self.out_proj(y.view(1, x.shape[1], -1))
