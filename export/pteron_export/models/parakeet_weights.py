"""From the tensors of a Parakeet checkpoint to those that the program multiplies with, and back."""

import re
from collections.abc import Callable, Iterable

import torch

EPSILON = 1e-5  # torch.nn.BatchNorm1d's own
_LSTM = re.compile(r"decoder\.lstm\.layers\.(\d+)\.(weight|bias)")
_DEPTHWISE = re.compile(r"(.*\.conv)\.depthwise_conv\.(weight|bias)")
_SUBSAMPLING = re.compile(r"encoder\.subsampling\.layers\.(\d+)\.weight")


def stored(name: str, has: Callable[[str], bool], read: Callable[[str], torch.Tensor]) -> torch.Tensor | None:
    """The tensor `name` of the model written for export; None where the checkpoint lacks what it is made of."""
    if match := _LSTM.fullmatch(name):
        parts = [f"decoder.lstm.{match[2]}_{of}_l{match[1]}" for of in ("ih", "hh")]
        if not all(map(has, parts)):
            return None
        taken, kept = map(read, parts)
        return taken + kept if match[2] == "bias" else torch.cat((taken, kept), 1)
    if match := _DEPTHWISE.fullmatch(name):
        return _folded(match[1], match[2], has, read)
    if not has(name):
        bare = name.removesuffix(".weight")
        return read(bare) if has(bare) else None
    tensor = read(name)
    if match := _SUBSAMPLING.fullmatch(name):
        return _as_matrix(int(match[1]), tensor)
    return tensor.flatten(1) if tensor.dim() == 3 and tensor.shape[2] == 1 else tensor


def _as_matrix(index: int, tensor: torch.Tensor) -> torch.Tensor:
    """[outputs, 1, 3, 3] → [outputs, 9]; depthwise → [9, outputs]; pointwise [outputs, inputs, 1, 1] → [outputs, inputs]."""
    return tensor.flatten(1).T if index % 3 == 2 else tensor.flatten(1)


def _folded(conv: str, part: str, has, read) -> torch.Tensor | None:
    """A depthwise convolution with the batch norm behind it: weight [taps, channels], bias [channels]."""
    names = [f"{conv}.norm.{each}" for each in ("weight", "bias", "running_mean", "running_var")]
    if not all(map(has, (f"{conv}.depthwise_conv.weight", *names))):
        return None
    scale, shift, mean, variance = (read(each).float() for each in names)
    scale = scale / (variance + EPSILON).sqrt()
    if part == "weight":
        return (read(f"{conv}.depthwise_conv.weight").float().squeeze(1) * scale[:, None]).T
    bias = read(f"{conv}.depthwise_conv.bias").float() if has(f"{conv}.depthwise_conv.bias") else 0.0
    return (bias - mean) * scale + shift


def unstored(weights: Iterable[tuple[str, torch.Tensor]], convolution_bias: bool) -> dict[str, torch.Tensor]:
    """transformers' state dict that computes the same: what was folded has a batch norm that does nothing."""
    state: dict[str, torch.Tensor] = {}
    for name, tensor in weights:
        if match := _LSTM.fullmatch(name):
            kind, layer = match[2], match[1]
            halves = (tensor, torch.zeros_like(tensor)) if kind == "bias" else tensor.chunk(2, 1)
            state |= {f"decoder.lstm.{kind}_{of}_l{layer}": half.contiguous() for of, half in zip(("ih", "hh"), halves, strict=True)}
        elif match := _DEPTHWISE.fullmatch(name):
            state |= _unfolded(match[1], match[2], tensor, convolution_bias)
        elif match := _SUBSAMPLING.fullmatch(name):
            side = (1, 1) if int(match[1]) % 3 == 0 and int(match[1]) else (3, 3)
            state[name] = (tensor.T if int(match[1]) % 3 == 2 else tensor).unflatten(1, (-1, *side))
        elif ".pointwise_conv" in name and name.endswith(".weight"):
            state[name] = tensor.unsqueeze(-1)
        else:
            state[name.removesuffix(".weight") if name.endswith(("bias_u.weight", "bias_v.weight")) else name] = tensor
    return state


def _unfolded(conv: str, part: str, tensor: torch.Tensor, convolution_bias: bool) -> dict[str, torch.Tensor]:
    if part == "weight":
        return {f"{conv}.depthwise_conv.weight": tensor.T.unsqueeze(1)}
    ones, zeros = torch.ones_like(tensor), torch.zeros_like(tensor)
    still = {"weight": ones, "bias": tensor, "running_mean": zeros, "running_var": ones * (1 - EPSILON)}
    state = {f"{conv}.norm.{each}": value for each, value in still.items()}
    return state | ({f"{conv}.depthwise_conv.bias": zeros} if convolution_bias else {})
