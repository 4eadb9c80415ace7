"""Voxtral Mini 3B, written for export. Reference: transformers/models/voxtral/modeling_voxtral.py.

Whisper's encoder, a projector that makes an embedding of every four of its frames, and a Llama. A program with two methods:
encode(features fp32 [1, mels, frames]) → what was heard in one window, fp32 [1, frames / 8, D];
forward(tokens int64[1,S], position int64[1], keep int64[K], features fp32 [1,S,D], isFeature bool[1,S]) → logits fp32 [1,K,V],
    where a row of `features` stands at the place of the token's embedding.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from . import llama, whisper
from .layers import Limits, linear

FAMILY = "voxtral"
ARCHITECTURES = ("VoxtralForConditionalGeneration",)
GGUF_ARCHITECTURES = ()
DENSE = whisper.DENSE
ROLE = "speech"
CONTEXT_BY_MEMORY = True  # as a language model's: a sound may last half an hour
PARTS = ("audio_config", "audio_token_id", "projector_hidden_act")
"""What a configuration has beside the language model's."""


def encoder_config(audio: dict) -> dict:
    """transformers' VoxtralEncoderConfig in Whisper's spelling."""
    require_gelu(audio.get("activation_function", "gelu"))
    return {
        "d_model": audio["hidden_size"], "encoder_ffn_dim": audio["intermediate_size"],
        "encoder_layers": audio["num_hidden_layers"], "encoder_attention_heads": audio["num_attention_heads"],
        "num_mel_bins": audio["num_mel_bins"], "max_source_positions": audio["max_source_positions"],
    }  # fmt: skip


def require_gelu(activation: str) -> None:
    if activation != "gelu":
        raise ExportError("program_unsupported", f"The activation '{activation}' is not supported for this family.")


class Projector(nn.Module):
    """[1, frames, dim] → [1, frames / stacked, outputs]."""

    def __init__(self, inputs: int, outputs: int, activation: str = "gelu"):
        super().__init__()
        require_gelu(activation)
        self.inputs = inputs
        self.linear_1, self.linear_2 = linear(inputs, outputs), linear(outputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear_2(F.gelu(self.linear_1(x.reshape(1, -1, self.inputs))))


class Voxtral(nn.Module):
    """The weights; `methods` computes with them."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        audio = config["audio_config"]
        if audio.get("scale_embedding"):
            raise ExportError("program_unsupported", "This Voxtral scales its embeddings, as none of Mistral's.")
        self.limits, self.width = limits, config["hidden_size"]
        self.mels, self.frames = audio["num_mel_bins"], 2 * audio["max_source_positions"]
        self.audio_tower = whisper.Encoder(encoder_config(audio))
        # Four frames side by side are as wide as the encoder's inner layers.
        self.multi_modal_projector = Projector(audio["intermediate_size"], self.width, config.get("projector_hidden_act", "gelu"))
        self.language_model = llama.build(config, limits)
        self.window = self.language_model.window


class Encode(nn.Module):
    def __init__(self, voxtral: Voxtral):
        super().__init__()
        self.tower, self.projector, self.dtype = voxtral.audio_tower, voxtral.multi_modal_projector, voxtral.limits.dtype

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.projector(self.tower(features.to(self.dtype))).float()


class Forward(nn.Module):
    def __init__(self, voxtral: Voxtral):
        super().__init__()
        self.language_model, self.limits, self.width = voxtral.language_model, voxtral.limits, voxtral.width

    def beside_tokens(self, count: int) -> list[torch.Tensor]:
        """Inputs for `count` tokens behind `keep`, to trace with."""
        return [torch.zeros(1, count, self.width), torch.zeros(1, count, dtype=torch.bool)]

    def forward(
        self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor, features: torch.Tensor, is_feature: torch.Tensor
    ) -> torch.Tensor:
        embedded = self.language_model.embed_tokens(tokens)
        x = torch.where(is_feature.unsqueeze(-1), features.to(embedded.dtype), embedded)
        return self.language_model.logits(x, position, keep)


def adapt_tensor(name: str, tensor):
    """As Whisper's: convolutions as matrices."""
    return whisper.adapt_tensor(name, tensor)


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return whisper.to_transformers(name, tensor)


def stored_names(name: str) -> tuple[str, ...]:
    """Where a checkpoint keeps `name`: as on the Hub, or as transformers' class spells it."""
    if name.startswith("language_model.lm_head."):
        return name, name.removeprefix("language_model.")
    inner = name.removeprefix("language_model.")
    return (name, f"model.{name}") if inner == name else (f"language_model.model.{inner}", f"model.{name}")


def build(config: dict, limits: Limits) -> Voxtral:
    return Voxtral(config, limits)
