"""What --quantize asks for: SCHEME = CHOICE{,PART=CHOICE}, read in this one place.

    CHOICE  auto | keep | none | bf16 | fp16 | fp32 | nvfp4[:METHOD] | BITS[:gGROUP][:METHOD]
    METHOD  round | fit | gptq
    PART    embedding | head | experts | audio

`4` and `2` (and every format below 6 bits) are for the layers: embedding, head and what hears beside a language model stay at 8 bits
unless they are named.
"""

from dataclasses import dataclass, field

import torch

from ..errors import ExportError
from .affine import BITS, GROUPS

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
PARTS = ("embedding", "head", "experts", "audio")
METHODS = ("round", "fit", "gptq")
NAMED = ("bf16", "fp16", "fp32", "8", "4", "2", "nvfp4")
"""The quantizations that are proven for every family."""

_REMEDY = (
    "Use auto, keep, none, bf16, fp16, fp32, nvfp4, or 8, 4, 2 bits with a group as in 4:g64, and parts as in "
    "4,embedding=8,head=8,experts=4:g64,audio=8."
)


@dataclass(frozen=True)
class Choice:
    """How matrices are held."""

    format: str
    """auto, keep (as the source has them), none (dense), affine or nvfp4."""
    bits: int = 0
    group: int | None = None
    """Columns that share a scale; None = 64 for 8 bits, else 32, or what divides the rows."""
    method: str | None = None
    """round (to nearest), fit (scales that make rounding cost least) or gptq (fit, and errors made good by the columns still to
    be rounded, for a calibration text); None = what pays for these bits."""


EIGHT = Choice("affine", 8)


@dataclass(frozen=True)
class Scheme:
    base: Choice
    parts: dict[str, Choice] = field(default_factory=dict)
    dtype: str | None = None
    """The float type that the scheme names, for what is not quantized."""

    def choice(self, part: str | None) -> Choice:
        """For one of PARTS, or None for everything else."""
        if part in self.parts:
            return self.parts[part]
        coarse = self.base.format == "nvfp4" or (self.base.format == "affine" and self.base.bits < 6)
        return EIGHT if coarse and part in ("embedding", "head", "audio") else self.base


def part_of(name: str) -> str | None:
    """The part that a tensor belongs to, by its name in the checkpoint without the leading `model.`."""
    if name.startswith(("audio_tower.", "multi_modal_projector.")):
        return "audio"
    name = name.removeprefix("language_model.")
    if name.startswith(("embed_tokens.", "decoder.embed_tokens.")):
        return "embedding"
    if name.startswith("lm_head."):
        return "head"
    return "experts" if ".experts." in name else None


def parse_scheme(text: str | None, group: int | None = None) -> Scheme:
    """None is auto. `group` is for the choices that name none. Anything else than the grammar → invalid_argument."""
    words = [word.strip() for word in ("auto" if text is None else text).lower().split(",")]
    base = "auto" if "=" in words[0] else words.pop(0)
    parts: dict[str, Choice] = {}
    for word in words:
        part, separator, choice = word.partition("=")
        if not separator:
            raise _refused(f"'{word}' names no part of the model")
        if part not in PARTS:
            raise _refused(f"'{part}' is no part of a model that has a quantization of its own")
        if part in parts:
            raise _refused(f"'{part}' is given twice")
        if choice in ("auto", *DTYPES):
            raise _refused(f"'{choice}' is for the whole model, not for its {part}: choose none to leave that dense")
        parts[part] = _choice(choice, group)
    if base in DTYPES:
        return Scheme(Choice("none"), parts, base)
    return Scheme(_choice(base, group), parts)


def _choice(text: str, group: int | None) -> Choice:
    format, *details = text.split(":")
    if format == "nvfp4" and len(details) == 1 and details[0] in METHODS:
        return Choice(format, method=details[0])
    if format in ("auto", "keep", "none", "nvfp4"):
        if details:
            raise _refused(f"'{format}' takes no ':{details[0]}'")
        return Choice(format, group=group if format == "auto" else None)
    if not format.isdecimal():
        raise _refused(f"'{text}' is no quantization")
    if int(format) not in BITS:
        raise _refused(f"{format} bits are no affine format ({', '.join(map(str, BITS))} are)")
    named_group = method = None
    for detail in details:
        if detail in METHODS and method is None:
            method = detail
        elif detail[:1] == "g" and detail[1:].isdecimal() and named_group is None:
            named_group = int(detail[1:])
        else:
            raise _refused(f"'{detail}' in '{text}' is neither a group nor one of {', '.join(METHODS)}")
    if named_group is not None and named_group not in GROUPS:
        raise _refused(f"Groups of {named_group} are not supported ({', '.join(map(str, GROUPS))} are)")
    return Choice("affine", int(format), named_group or group, method)


def _refused(message: str) -> ExportError:
    return ExportError("invalid_argument", f"--quantize: {message}.", _REMEDY)
