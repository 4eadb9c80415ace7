"""Silero VAD at 16 kHz, written for export. Reference: silero's own TorchScript model (PyPI silero-vad).

forward(x fp32 [1, 576], state fp32 [2, 1, 128]) → probability fp32 [1, 1], state. `x` is a window of 512 samples behind the 64
before it; `state` are the LSTM's h and c, zeros at the beginning.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError

RATE, WINDOW, CONTEXT, HIDDEN = 16_000, 512, 64, 128
FILTER, HOP = 256, 128  # of the Fourier transform, which is learned
BINS = FILTER // 2 + 1
STRIDES = (1, 2, 2, 1)


class Convolution(nn.Module):
    """[1, length, inputs] → [1, length / stride, outputs], of three neighbours each, as one matrix product."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, stride: int):
        super().__init__()
        self.stride = stride
        self.register_buffer("weight", weight.transpose(1, 2).flatten(1).contiguous())
        self.register_buffer("bias", bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length, beyond = x.shape[1], x.new_zeros(1, 1, x.shape[2])
        x = torch.cat((beyond, x, beyond), 1)
        return F.linear(torch.cat([x[:, i : i + length : self.stride] for i in range(3)], -1), self.weight, self.bias)


class SileroVad(nn.Module):
    def __init__(self, weights: dict[str, torch.Tensor]):
        super().__init__()
        # Mirrored at the end, as torch's reflecting padding: without the last sample itself.
        end = CONTEXT + WINDOW
        self.register_buffer("mirrored", torch.cat((torch.arange(end), end - 2 - torch.arange(CONTEXT))))
        self.register_buffer("basis", weights["stft_conv.weight"].flatten(1))
        names = [f"conv{i + 1}" for i in range(len(STRIDES))]
        self.encoder = nn.ModuleList(
            Convolution(weights[f"{name}.weight"], weights[f"{name}.bias"], stride)
            for name, stride in zip(names, STRIDES, strict=True)
        )
        for name in ("weight_ih", "weight_hh"):
            self.register_buffer(name, weights[f"lstm_cell.{name}"])
        self.register_buffer("bias", weights["lstm_cell.bias_ih"] + weights["lstm_cell.bias_hh"])
        self.register_buffer("final", weights["final_conv.weight"].flatten(1))
        self.register_buffer("final_bias", weights["final_conv.bias"])

    def forward(self, x: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = x.index_select(1, self.mirrored)
        frames = torch.stack([x[:, i : i + FILTER] for i in range(0, x.shape[1] - FILTER + 1, HOP)], 1)
        spectrum = F.linear(frames, self.basis)
        y = torch.sqrt(spectrum[..., :BINS] ** 2 + spectrum[..., BINS:] ** 2)
        for layer in self.encoder:
            y = F.relu(layer(y))
        hidden, cell = self._lstm(y[:, 0], state[0], state[1])
        probability = torch.sigmoid(F.linear(F.relu(hidden), self.final, self.final_bias))
        return probability, torch.stack((hidden, cell))

    def _lstm(self, x: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        gates = F.linear(x, self.weight_ih) + F.linear(hidden, self.weight_hh) + self.bias
        keep_in, forget, new, out = gates.split(HIDDEN, dim=-1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(keep_in) * torch.tanh(new)
        return torch.sigmoid(out) * torch.tanh(cell), cell


SHAPES = {
    "stft_conv.weight": (2 * BINS, 1, FILTER),
    "conv1.weight": (128, BINS, 3), "conv1.bias": (128,), "conv2.weight": (64, 128, 3), "conv2.bias": (64,),
    "conv3.weight": (64, 64, 3), "conv3.bias": (64,), "conv4.weight": (128, 64, 3), "conv4.bias": (128,),
    "lstm_cell.weight_ih": (4 * HIDDEN, 128), "lstm_cell.weight_hh": (4 * HIDDEN, HIDDEN),
    "lstm_cell.bias_ih": (4 * HIDDEN,), "lstm_cell.bias_hh": (4 * HIDDEN,),
    "final_conv.weight": (1, HIDDEN, 1), "final_conv.bias": (1,),
}  # fmt: skip


def require_shapes(weights: dict[str, torch.Tensor]) -> None:
    """Raises program_unsupported where these are not Silero VAD's weights."""
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if found != SHAPES:
        wrong = sorted(name for name in SHAPES.keys() | found.keys() if SHAPES.get(name) != found.get(name))
        raise ExportError("program_unsupported", f"These are not the weights of Silero VAD at 16 kHz: {', '.join(wrong[:3])}.")
