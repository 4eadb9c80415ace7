"""Whisper (tiny … large-v3-turbo), written for export. Reference: transformers/models/whisper/modeling_whisper.py.

A program with two methods:
encode(features fp32 [1, mels, frames]) → for each decoder layer the keys and the values of its cross attention,
    [1, heads, frames / 2, dim], computed once a window;
decode(tokens int64[1,S], position int64[1], keys, values, …) → logits fp32 [1,1,V] of the last token. Its self attention's
    KV cache is addressed by position.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from .cache import FullCache, Step
from .layers import Limits, TiedHead, embedding, heads_first, heads_last, linear, read_position

FAMILY = "whisper"
ARCHITECTURES = ("WhisperForConditionalGeneration",)
GGUF_ARCHITECTURES = ()
DENSE = ("embed_positions.weight", "conv1.weight", "conv2.weight")  # the first is added, not multiplied with
ROLE = "speech"


def norm(dim: int) -> nn.Module:
    return nn.LayerNorm(dim, device="meta")


class Attention(nn.Module):
    """Attention over the sequence itself, over a KV cache, or over what was heard, with the same projections."""

    def __init__(self, dim: int, heads: int, cache: nn.Module | None = None):
        super().__init__()
        self.heads, self.dim = heads, dim // heads
        self.q_proj, self.k_proj = linear(dim, dim, True), linear(dim, dim)
        self.v_proj, self.out_proj = linear(dim, dim, True), linear(dim, dim, True)
        self.cache = cache

    def keys_and_values(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """[1, heads, length, dim] each."""
        return heads_first(self.k_proj(x), self.heads), heads_first(self.v_proj(x), self.heads)

    def queries(self, x: torch.Tensor) -> torch.Tensor:
        return heads_first(self.q_proj(x), self.heads)

    def over(self, x: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        """To all of the keys."""
        y = F.scaled_dot_product_attention(self.queries(x), keys, values, scale=self.dim**-0.5)
        return self.out_proj(heads_last(y))

    def cached(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        """To what lies in the cache up to each token."""
        keys, values = self.keys_and_values(x)
        return self.out_proj(heads_last(self.cache.attend(self.queries(x), keys, values, step, self.dim**-0.5)))


class Convolution(nn.Module):
    """[1, length, inputs] → [1, length / stride, outputs], of three neighbours each, as one matrix product: a GPU does that as
    well, and our CPU delegate has no faster way."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(outputs, 3 * inputs, device="meta"), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs, device="meta"), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length, beyond = x.shape[1], x.new_zeros(1, 1, x.shape[2])
        x = torch.cat((beyond, x, beyond), 1)
        return F.linear(torch.cat([x[:, i : i + length : self.stride] for i in range(3)], -1), self.weight, self.bias)


class EncoderLayer(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        dim, inner = config["d_model"], config["encoder_ffn_dim"]
        self.self_attn_layer_norm, self.self_attn = norm(dim), Attention(dim, config["encoder_attention_heads"])
        self.final_layer_norm, self.fc1, self.fc2 = norm(dim), linear(dim, inner, True), linear(inner, dim, True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.self_attn_layer_norm(x)
        x = x + self.self_attn.over(y, *self.self_attn.keys_and_values(y))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class Encoder(nn.Module):
    """features [1, mels, frames] → [1, frames / 2, dim]."""

    def __init__(self, config: dict):
        super().__init__()
        dim = config["d_model"]
        self.conv1, self.conv2 = Convolution(config["num_mel_bins"], dim, 1), Convolution(dim, dim, 2)
        self.embed_positions = embedding(config["max_source_positions"], dim)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config["encoder_layers"]))
        self.layer_norm = norm(dim)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        x = F.gelu(self.conv2(F.gelu(self.conv1(features.transpose(1, 2))))) + self.embed_positions.weight
        for layer in self.layers:
            x = layer(x)
        return self.layer_norm(x)


class DecoderLayer(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        dim, inner, heads = config["d_model"], config["decoder_ffn_dim"], config["decoder_attention_heads"]
        self.self_attn_layer_norm = norm(dim)
        self.self_attn = Attention(dim, heads, FullCache(heads, dim // heads, limits))
        self.encoder_attn_layer_norm, self.encoder_attn = norm(dim), Attention(dim, heads)
        self.final_layer_norm, self.fc1, self.fc2 = norm(dim), linear(dim, inner, True), linear(inner, dim, True)

    def forward(self, x: torch.Tensor, step: Step, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        x = x + self.self_attn.cached(self.self_attn_layer_norm(x), step)
        x = x + self.encoder_attn.over(self.encoder_attn_layer_norm(x), keys, values)
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class Decoder(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        self.context = limits.context
        self.embed_tokens = embedding(config["vocab_size"], config["d_model"])
        self.embed_positions = embedding(config["max_target_positions"], config["d_model"])
        self.layers = nn.ModuleList(DecoderLayer(config, limits) for _ in range(config["decoder_layers"]))
        self.layer_norm = norm(config["d_model"])
        self.head = TiedHead(self.embed_tokens)


class Whisper(nn.Module):
    """The weights; `methods` computes with them."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        self.limits, self.window = limits, None
        self.mels, self.frames = config["num_mel_bins"], 2 * config["max_source_positions"]
        self.encoder, self.decoder = Encoder(config), Decoder(config, limits)


class Encode(nn.Module):
    def __init__(self, whisper: Whisper):
        super().__init__()
        self.encoder, self.dtype = whisper.encoder, whisper.limits.dtype
        self.cross = nn.ModuleList(layer.encoder_attn for layer in whisper.decoder.layers)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, ...]:
        heard = self.encoder(features.to(self.dtype))
        return tuple(tensor for attention in self.cross for tensor in attention.keys_and_values(heard))


class Decode(nn.Module):
    def __init__(self, whisper: Whisper):
        super().__init__()
        self.decoder = whisper.decoder

    def forward(self, tokens: torch.Tensor, position: torch.Tensor, *heard: torch.Tensor) -> torch.Tensor:
        decoder = self.decoder
        start = read_position(position, tokens, decoder.context)
        step = Step(start)
        x = decoder.embed_tokens(tokens) + decoder.embed_positions.weight[start : start + tokens.shape[1]]
        for index, layer in enumerate(decoder.layers):
            x = layer(x, step, heard[2 * index], heard[2 * index + 1])
        return decoder.head(decoder.layer_norm(x[:, -1:])).float()


def adapt_tensor(name: str, tensor):
    """Convolutions [outputs, inputs, 3] → [outputs, 3 * inputs], neighbour by neighbour."""
    return tensor.transpose(1, 2).flatten(1) if _is_convolution(name) else tensor


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return tensor.unflatten(1, (3, -1)).transpose(1, 2) if _is_convolution(name) else tensor


def _is_convolution(name: str) -> bool:
    return name.endswith(("conv1.weight", "conv2.weight"))


def build(config: dict, limits: Limits) -> Whisper:
    if config.get("activation_function", "gelu") != "gelu" or config.get("scale_embedding"):
        raise ExportError("program_unsupported", "This Whisper has another activation or scaled embeddings, as none of OpenAI's.")
    return Whisper(config, limits)
