"""Parakeet TDT, written for export. Reference: transformers/models/parakeet/modeling_parakeet.py.

A program with two methods:
encode(features fp32 [1, 8T, mels], length int64 [1]) → fp32 [1, T, dim]: what was heard, as the joint network adds it. The
    features behind the first `length` are 0, and T is no larger than they need;
decode(token int64 [1,1], hidden fp32 [layers, dim], cell fp32 [layers, dim], heard fp32 [1, N, dim])
    → logits fp32 [1, N, vocabulary + durations], hidden, cell: what each of N frames says after `token`, and the state after it.

Blanks leave the prediction network as it is, so that frames which say nothing cost no call: a caller looks at several at once,
and calls again when a token came. It keeps the state; none is in the program.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from .fast_conformer import DENSE as DENSE
from .fast_conformer import WINDOW, Encoder
from .layers import Limits, embedding, linear
from .parakeet_weights import stored as stored

FAMILY = "parakeet"
ARCHITECTURES = ("ParakeetForTDT",)
GGUF_ARCHITECTURES = ()
ROLE = "speech"
STEP_FRAMES = 16


class Lstm(nn.Module):
    """Long short-term memory; each layer's four gates as one product with its input beside its state."""

    def __init__(self, dim: int, layers: int):
        super().__init__()
        self.layers = nn.ModuleList(linear(2 * dim, 4 * dim, True) for _ in range(layers))

    def forward(self, x: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x [1, dim] → [1, dim], and the states after it, [layers, dim] each as before it."""
        hiddens, cells = [], []
        for index, layer in enumerate(self.layers):
            here = slice(index, index + 1)
            entered, kept, candidate, shown = layer(torch.cat((x, hidden[here]), -1)).chunk(4, -1)
            c = torch.sigmoid(kept) * cell[here] + torch.sigmoid(entered) * torch.tanh(candidate)
            x = torch.sigmoid(shown) * torch.tanh(c)
            hiddens.append(x)
            cells.append(c)
        return x, torch.cat(hiddens), torch.cat(cells)


class Prediction(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        dim = config["decoder_hidden_size"]
        self.embedding = embedding(config["vocab_size"], dim)
        self.lstm = Lstm(dim, config["num_decoder_layers"])
        self.decoder_projector = linear(dim, dim, True)


class Joint(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        self.head = linear(config["decoder_hidden_size"], config["vocab_size"] + len(config["durations"]), True)


class Parakeet(nn.Module):
    """The weights; `Encode` and `Decode` compute with them."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        encoder = config["encoder_config"]
        self.limits, self.config = limits, config
        self.mels, self.subsampling = encoder["num_mel_bins"], encoder["subsampling_factor"]
        self.frames = WINDOW * self.subsampling
        self.hidden, self.layers = config["decoder_hidden_size"], config["num_decoder_layers"]
        self.encoder = Encoder(encoder, limits.dtype)
        self.encoder_projector = linear(encoder["hidden_size"], config["decoder_hidden_size"], True)
        self.decoder, self.joint = Prediction(config), Joint(config)


class Encode(nn.Module):
    def __init__(self, parakeet: Parakeet):
        super().__init__()
        self.encoder, self.encoder_projector = parakeet.encoder, parakeet.encoder_projector
        self.dtype = parakeet.limits.dtype

    def forward(self, features: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        return self.encoder_projector(self.encoder(features.to(self.dtype), length)).float()


class Decode(nn.Module):
    def __init__(self, parakeet: Parakeet):
        super().__init__()
        self.decoder, self.joint, self.dtype = parakeet.decoder, parakeet.joint, parakeet.limits.dtype

    def forward(
        self, token: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor, heard: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x, hidden, cell = self.decoder.lstm(self.decoder.embedding(token)[0], hidden.to(self.dtype), cell.to(self.dtype))
        said = self.decoder.decoder_projector(x)
        logits = self.joint.head(F.relu(heard.to(self.dtype) + said))
        return logits.float(), hidden.float(), cell.float()


def build(config: dict, limits: Limits) -> Parakeet:
    encoder = config["encoder_config"]
    known = encoder["subsampling_conv_kernel_size"] == 3 and encoder["subsampling_conv_stride"] == 2
    if not known or encoder["hidden_act"] != "silu" or config["hidden_act"] != "relu" or encoder["subsampling_factor"] not in (4, 8):
        raise ExportError("program_unsupported", "This Parakeet has other convolutions or activations than NVIDIA's.")
    return Parakeet(config, limits)
