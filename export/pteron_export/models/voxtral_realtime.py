"""Voxtral Realtime 4B, written for export. Reference: transformers/models/voxtral_realtime/modeling_voxtral_realtime.py.

A causal encoder, a projector that makes an embedding of every four of its frames (80 ms), and a language model that hears one such
embedding with each token. Sound and text go on for as long as one likes: both attend to a window. A program with three methods:
encode(features fp32 [1, mels, 8 N], position int64[1]) → fp32 [1, N, D], of frames from `position` (of 20 ms) on; 0 begins anew;
condition(delay fp32 [1]) → fp32 [layers, 1, D]: what the delay (in tokens) makes of each layer, the same for a whole sound;
forward(tokens int64[1,S], position int64[1], keep int64[K], features fp32 [1,S,D], isFeature bool[1,S], conditions)
    → logits fp32 [1,K,V], where a row of `features` is added to the token's embedding.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from . import llama, voxtral, whisper
from .cache import FullCache, Step
from .layers import Limits, RMSNorm, TiedHead, embedding, heads_first, heads_last, linear, read_position
from .ring import RingCache, RingStep, ring_rows, ring_step

FAMILY = "voxtral_realtime"
ARCHITECTURES = ("VoxtralRealtimeForConditionalGeneration",)
GGUF_ARCHITECTURES = ()
DENSE = ("conv1.weight", "conv2.weight", "linear1.weight", "linear2.weight")  # the latter are tiny, and scale whole layers
ROLE = "speech"
CHUNK = 64  # of prefill: the prompt of a sound has 33 tokens and the delay's
PARTS = ("audio_config", "projector_hidden_act", "audio_length_per_tok", "default_num_delay_tokens", "downsample_factor")
FRAMES_A_TOKEN = 8
STACKED = 4
MOST_TOKENS = 64
"""Of a call of `encode`: 5 s."""
MOST_LEFT_PAD = 64
_CONDITION = 32


class ConvolutionState(nn.Module):
    """The last frames of a convolution's input, [1, 1, count, dim]; zeros before the first call."""

    def __init__(self, count: int, dim: int, dtype: torch.dtype):
        super().__init__()
        self.register_buffer("slots", torch.zeros(1, 1, count, dim, dtype=dtype), persistent=False)

    def exchange(self, x: torch.Tensor, begun: torch.Tensor) -> torch.Tensor:
        """Keeps the end of `x` [1, length, dim] and gives what was kept before, [1, count, dim]. `begun`: 0 in the first call."""
        before = (self.slots * begun)[0]
        torch.ops.mlx.kv_cache_update(self.slots, x[:, -self.slots.shape[2] :].unsqueeze(0), 0)
        return before


class Convolution(nn.Module):
    """Of each frame and the two before it."""

    def __init__(self, inputs: int, outputs: int, limits: Limits):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, 3 * inputs, device="meta"), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs, device="meta"), requires_grad=False)
        self.cache = ConvolutionState(2, inputs, limits.dtype)

    def forward(self, x: torch.Tensor, begun: torch.Tensor) -> torch.Tensor:
        length = x.shape[1]
        x = torch.cat((self.cache.exchange(x, begun), x), 1)
        return F.linear(torch.cat([x[:, i : i + length] for i in range(3)], -1), self.weight, self.bias)


class StridedConvolution(nn.Module):
    """Of each pair of frames and the one before it: [1, length, inputs] → [1, length / 2, outputs]."""

    def __init__(self, inputs: int, outputs: int, limits: Limits):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, 3 * inputs, device="meta"), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(outputs, device="meta"), requires_grad=False)
        self.cache = ConvolutionState(1, inputs, limits.dtype)

    def forward(self, x: torch.Tensor, begun: torch.Tensor) -> torch.Tensor:
        dim = x.shape[2]
        before = self.cache.exchange(x, begun)
        pairs = x.reshape(1, -1, 2 * dim)
        before = torch.cat((before, pairs[:, :-1, dim:]), 1)
        return F.linear(torch.cat((before, pairs), -1), self.weight, self.bias)


class Embedder(nn.Module):
    def __init__(self, audio: dict, limits: Limits):
        super().__init__()
        self.conv1 = Convolution(audio["num_mel_bins"], audio["hidden_size"], limits)
        self.conv2 = StridedConvolution(audio["hidden_size"], audio["hidden_size"], limits)

    def forward(self, features: torch.Tensor, begun: torch.Tensor) -> torch.Tensor:
        return F.gelu(self.conv2(F.gelu(self.conv1(features.transpose(1, 2), begun)), begun))


class EncoderAttention(nn.Module):
    def __init__(self, audio: dict, rows: int, limits: Limits):
        super().__init__()
        hidden, self.heads, self.dim = audio["hidden_size"], audio["num_attention_heads"], audio["head_dim"]
        inner = self.heads * self.dim
        self.q_proj, self.k_proj = linear(hidden, inner, True), linear(hidden, inner)
        self.v_proj, self.o_proj = linear(hidden, inner, True), linear(inner, hidden, True)
        self.base = rope_base(audio)
        self.cache = RingCache(self.heads, self.dim, rows, limits)

    def forward(self, x: torch.Tensor, step: RingStep) -> torch.Tensor:
        q, k, v = (heads_first(project(x), self.heads) for project in (self.q_proj, self.k_proj, self.v_proj))
        q, k = (torch.ops.mlx.rope(y, self.dim, step.position, False, self.base, 1.0, None) for y in (q, k))
        return self.o_proj(heads_last(self.cache.attend(q, k, v, step, self.dim**-0.5)))


def rope_base(config: dict) -> float:
    base, scale, wavelengths = llama.rope_of(config)
    if scale != 1.0 or wavelengths is not None:
        raise ExportError("program_unsupported", "This Voxtral scales its positions, as none of Mistral's.")
    return base


class EncoderMLP(llama.MLP):
    """Llama's, with a bias at its end."""

    def __init__(self, audio: dict):
        super().__init__({key: audio[key] for key in ("hidden_size", "intermediate_size", "hidden_act")})
        self.down_proj = linear(audio["intermediate_size"], audio["hidden_size"], True)


class EncoderLayer(nn.Module):
    def __init__(self, audio: dict, rows: int, limits: Limits):
        super().__init__()
        self.self_attn, self.mlp = EncoderAttention(audio, rows, limits), EncoderMLP(audio)
        self.self_attn_layer_norm = RMSNorm(audio["hidden_size"], audio["rms_norm_eps"])
        self.final_layer_norm = RMSNorm(audio["hidden_size"], audio["rms_norm_eps"])

    def forward(self, x: torch.Tensor, step: RingStep) -> torch.Tensor:
        x = x + self.self_attn(self.self_attn_layer_norm(x), step)
        return x + self.mlp(self.final_layer_norm(x))


class Encoder(nn.Module):
    """features [1, mels, 8 N], position int64[1] → [1, 4 N, dim]."""

    def __init__(self, audio: dict, limits: Limits):
        super().__init__()
        voxtral.require_gelu(audio.get("activation_function", "gelu"))
        self.sliding = audio["sliding_window"]
        self.rows = ring_rows(self.sliding, STACKED * MOST_TOKENS)
        self.embedder = Embedder(audio, limits)
        self.layers = nn.ModuleList(EncoderLayer(audio, self.rows, limits) for _ in range(audio["num_hidden_layers"]))
        self.norm = RMSNorm(audio["hidden_size"], audio["rms_norm_eps"])

    def forward(self, features: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        x = self.embedder(features, (position > 0).to(features.dtype))
        step = ring_step(position, x.shape[1], self.sliding, self.rows)
        for layer in self.layers:
            x = layer(x, step)
        return self.norm(x)


class Condition(nn.Module):
    """What a layer makes of the delay."""

    def __init__(self, hidden: int):
        super().__init__()
        self.linear1, self.linear2 = linear(hidden, _CONDITION), linear(_CONDITION, hidden)

    def forward(self, time: torch.Tensor) -> torch.Tensor:
        return self.linear2(F.gelu(self.linear1(time)))


class TextLayer(llama.Layer):
    """Llama's, whose MLP's input is scaled as the delay says."""

    def __init__(self, config: dict, limits: Limits, rows: int | None):
        attention = llama.Attention(config, limits)
        heads, dim = attention.kv_heads, attention.dim
        attention.cache = FullCache(heads, dim, limits) if rows is None else RingCache(heads, dim, rows, limits)
        super().__init__(config, attention, llama.MLP(config))
        self.ada_rms_norm = Condition(config["hidden_size"])

    def forward(self, x: torch.Tensor, step: Step, scale: torch.Tensor) -> torch.Tensor:
        x = x + self.self_attn(self.input_layernorm(x), step)
        return x + self.mlp(self.post_attention_layernorm(x) * scale)


class LanguageModel(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        window = next(iter(llama.windows_of(config, limits)))
        self.limits, self.sliding = limits, window
        self.rows = None if window is None else ring_rows(window, limits.chunk)
        self.embed_tokens = embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(TextLayer(config, limits, self.rows) for _ in range(config["num_hidden_layers"]))
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        tied = config.get("tie_word_embeddings", True)
        self.lm_head = TiedHead(self.embed_tokens) if tied else linear(config["hidden_size"], config["vocab_size"])

    def logits(self, x: torch.Tensor, position: torch.Tensor, keep: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        if self.rows is None:
            step: Step = Step(read_position(position, x, self.limits.context))
        else:
            step = ring_step(position, x.shape[1], self.sliding, self.rows)
        for index, layer in enumerate(self.layers):
            x = layer(x, step, scales[index])
        return self.lm_head(self.norm(x.index_select(1, keep))).float()


class VoxtralRealtime(nn.Module):
    """The weights; `Encode`, `Conditions` and `Forward` compute with them."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        audio = config["audio_config"]
        if (config["audio_length_per_tok"], config["downsample_factor"]) != (FRAMES_A_TOKEN, STACKED):
            raise ExportError("program_unsupported", "This Voxtral's tokens are of another length than 80 ms.")
        self.limits, self.width = limits, config["hidden_size"]
        self.mels, self.delay = audio["num_mel_bins"], config["default_num_delay_tokens"]
        self.audio_tower = Encoder(audio, limits)
        activation = config.get("projector_hidden_act", "gelu")
        self.multi_modal_projector = voxtral.Projector(STACKED * audio["hidden_size"], self.width, activation)
        self.language_model = LanguageModel(config, limits)
        self.window = self.language_model.sliding


class Encode(nn.Module):
    def __init__(self, model: VoxtralRealtime):
        super().__init__()
        self.tower, self.projector, self.dtype = model.audio_tower, model.multi_modal_projector, model.limits.dtype

    def forward(self, features: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        return self.projector(self.tower(features.to(self.dtype), position)).float()


class Conditions(nn.Module):
    def __init__(self, model: VoxtralRealtime):
        super().__init__()
        self.conditions = nn.ModuleList(layer.ada_rms_norm for layer in model.language_model.layers)
        self.dtype, half = model.limits.dtype, model.width // 2
        # As transformers' VoxtralRealtimeTimeEmbedding.
        self.register_buffer("frequencies", 10_000.0 ** -(torch.arange(half).float() / half), persistent=False)

    def forward(self, delay: torch.Tensor) -> torch.Tensor:
        turns = delay * self.frequencies
        time = torch.cat((turns.cos(), turns.sin())).unsqueeze(0).to(self.dtype)
        return torch.stack([1 + condition(time).float() for condition in self.conditions])


class Forward(nn.Module):
    def __init__(self, model: VoxtralRealtime):
        super().__init__()
        self.language_model, self.limits, self.width = model.language_model, model.limits, model.width

    def beside_tokens(self, count: int) -> list[torch.Tensor]:
        """Inputs for `count` tokens behind `keep`, to trace with."""
        scales = torch.ones(len(self.language_model.layers), 1, self.width)
        return [torch.zeros(1, count, self.width), torch.zeros(1, count, dtype=torch.bool), scales]

    def forward(
        self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor, features: torch.Tensor,
        is_feature: torch.Tensor, scales: torch.Tensor,
    ) -> torch.Tensor:  # fmt: skip
        embedded = self.language_model.embed_tokens(tokens)
        heard = torch.where(is_feature.unsqueeze(-1), features.to(embedded.dtype), torch.zeros_like(embedded))
        return self.language_model.logits(embedded + heard, position, keep, scales.to(embedded.dtype))


def adapt_tensor(name: str, tensor):
    """As Whisper's: convolutions as matrices."""
    return whisper.adapt_tensor(name, tensor)


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return whisper.to_transformers(name, tensor)


stored_names = voxtral.stored_names


def build(config: dict, limits: Limits) -> VoxtralRealtime:
    return VoxtralRealtime(config, limits)
