"""The FastConformer encoder, written for export. Reference: transformers/models/parakeet/modeling_parakeet.py.

Convolutions of a few neighbours are sums of products here, or matrix products: our CPU delegate has no faster way, and a GPU is
busy with the projections.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from . import relative_shift  # noqa: F401  (registers torch.ops.pteron.relative_shift)
from .layers import heads_first, heads_last, linear

WINDOW = 500  # frames of the encoder, 40 s: what is heard at once
# Looked up, or multiplied with element by element, or too small to matter.
DENSE = (
    "depthwise_conv.weight", "subsampling.layers.0.weight", "subsampling.layers.2.weight", "subsampling.layers.5.weight",
    "bias_u.weight", "bias_v.weight",
)  # fmt: skip


def norm(dim: int) -> nn.Module:
    return nn.LayerNorm(dim, device="meta")


class Matrix(nn.Module):
    """A tensor that is multiplied with element by element."""

    def __init__(self, *shape: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape, device="meta"), requires_grad=False)


class Depthwise(Matrix):
    """Neighbours along one axis, weighed channel by channel: weight [taps, channels] and a bias, batch norm included."""

    def __init__(self, taps: int, channels: int):
        super().__init__(taps, channels)
        self.bias = nn.Parameter(torch.empty(channels, device="meta"), requires_grad=False)

    def of(self, neighbours: list[torch.Tensor]) -> torch.Tensor:
        y = self.bias
        for tap, x in enumerate(neighbours):
            y = y + x * self.weight[tap : tap + 1]
        return y


def every_second(x: torch.Tensor) -> list[torch.Tensor]:
    """[1, T, F, C] → its nine neighbours [1, T / 2, F / 2, C] each, of a 3 × 3 convolution that goes two steps at a time."""
    length, width = x.shape[1], x.shape[2]
    x = torch.cat((x.new_zeros(1, 1, width, x.shape[3]), x, x.new_zeros(1, 1, width, x.shape[3])), 1)
    x = torch.cat((x.new_zeros(1, length + 2, 1, x.shape[3]), x, x.new_zeros(1, length + 2, 1, x.shape[3])), 2)
    return [x[:, i : i + length : 2, j : j + width : 2] for i in range(3) for j in range(3)]


class Subsampling(nn.Module):
    """features [1, 8T, mels], of which `length` are heard and the rest is 0 → [1, T, dim]. `layers` has the checkpoint's numbers,
    those of activations left out."""

    def __init__(self, config: dict):
        super().__init__()
        channels, mels, self.factor = config["subsampling_conv_channels"], config["num_mel_bins"], config["subsampling_factor"]
        self.layers = nn.ModuleDict({"0": linear(9, channels, True)})
        self.further = range(2, 3 * int(math.log2(self.factor)) - 1, 3)
        for index in self.further:
            self.layers[str(index)], self.layers[str(index + 1)] = Depthwise(9, channels), linear(channels, channels, True)
        self.linear = linear(channels * (mels // self.factor), config["hidden_size"], True)

    def forward(self, features: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        x, frames = F.relu(self.layers["0"](torch.cat(every_second(features.unsqueeze(-1)), -1))), features.shape[1]
        for step, index in enumerate(self.further, 1):
            # As if nothing lay behind the sound's end: a bias would.
            heard = (torch.arange(0, frames, 2**step) < length).to(x.dtype)[None, :, None, None]
            x = F.relu(self.layers[str(index + 1)](self.layers[str(index)].of(every_second(x * heard))))
        return self.linear(x.transpose(2, 3).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        dim, inner, bias = config["hidden_size"], config["intermediate_size"], config["attention_bias"]
        self.linear1, self.linear2 = linear(dim, inner, bias), linear(inner, dim, bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(F.silu(self.linear1(x)))


class Attention(nn.Module):
    """Every frame to every other, by what it is and by how far away: Transformer-XL's relative positions."""

    def __init__(self, config: dict):
        super().__init__()
        dim, bias = config["hidden_size"], config["attention_bias"]
        self.heads, self.dim = config["num_attention_heads"], dim // config["num_attention_heads"]
        self.q_proj, self.k_proj = linear(dim, dim, bias), linear(dim, dim, bias)
        self.v_proj, self.o_proj = linear(dim, dim, bias), linear(dim, dim, bias)
        self.relative_k_proj = linear(dim, dim)
        self.bias_u, self.bias_v = Matrix(self.heads, self.dim), Matrix(self.heads, self.dim)

    def forward(self, x: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """positions [1, 2T, dim]: of the distances T … 1 − T."""
        length, scale = x.shape[1], self.dim**-0.5
        q = self.q_proj(x).view(1, length, self.heads, self.dim)
        keys, values = heads_first(self.k_proj(x), self.heads), heads_first(self.v_proj(x), self.heads)
        distances = heads_first(self.relative_k_proj(positions), self.heads)
        near = torch.matmul(((q + self.bias_v.weight) * scale).transpose(1, 2), distances.transpose(2, 3))
        shifted = torch.ops.pteron.relative_shift(near)
        y = F.scaled_dot_product_attention((q + self.bias_u.weight).transpose(1, 2), keys, values, shifted, scale=scale)
        return self.o_proj(heads_last(y))


class ConvolutionModule(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        dim, bias, self.taps = config["hidden_size"], config["convolution_bias"], config["conv_kernel_size"]
        self.pointwise_conv1, self.pointwise_conv2 = linear(dim, 2 * dim, bias), linear(dim, dim, bias)
        self.depthwise_conv = Depthwise(self.taps, dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length = x.shape[1]
        x = F.glu(self.pointwise_conv1(x), -1)
        beyond = x.new_zeros(1, self.taps // 2, x.shape[2])
        x = torch.cat((beyond, x, beyond), 1)
        return self.pointwise_conv2(F.silu(self.depthwise_conv.of([x[:, i : i + length] for i in range(self.taps)])))


class Block(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        dim = config["hidden_size"]
        self.norm_feed_forward1, self.feed_forward1 = norm(dim), FeedForward(config)
        self.norm_self_att, self.self_attn = norm(dim), Attention(config)
        self.norm_conv, self.conv = norm(dim), ConvolutionModule(config)
        self.norm_feed_forward2, self.feed_forward2 = norm(dim), FeedForward(config)
        self.norm_out = norm(dim)

    def forward(self, x: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        x = x + 0.5 * self.feed_forward1(self.norm_feed_forward1(x))
        x = x + self.self_attn(self.norm_self_att(x), positions)
        x = x + self.conv(self.norm_conv(x))
        return self.norm_out(x + 0.5 * self.feed_forward2(self.norm_feed_forward2(x)))


def position_table(dim: int, window: int) -> torch.Tensor:
    """[1, 2 · window, dim]: sines and cosines of the distances window … 1 − window."""
    rates = 1.0 / (10000.0 ** (torch.arange(0, dim, 2, dtype=torch.float) / dim))
    angles = torch.arange(window, -window, -1)[:, None].float() * rates
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[None]


class Encoder(nn.Module):
    def __init__(self, config: dict, dtype: torch.dtype):
        super().__init__()
        self.scale = math.sqrt(config["hidden_size"]) if config["scale_input"] else 1.0
        self.subsampling = Subsampling(config)
        self.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.register_buffer("positions", position_table(config["hidden_size"], WINDOW).to(dtype), persistent=False)

    def forward(self, features: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        x = self.subsampling(features, length)
        x = x if self.scale == 1.0 else x * self.scale
        positions = self.positions[:, WINDOW - x.shape[1] : WINDOW + x.shape[1]]
        for layer in self.layers:
            x = layer(x, positions)
        return x
