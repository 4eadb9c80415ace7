"""The recognizers of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .parakeet import Parakeet
from .subject import Subject
from .voxtral import Voxtral
from .whisper import Whisper


@dataclass(frozen=True, eq=False)
class HearingFamily:
    key: str
    """For --family."""
    name: str
    architecture: str
    """transformers' class."""
    special: str
    """What is switched on, for the table."""
    build: Callable[[str], Subject]
    """Of a quantization."""


HEARING = (
    HearingFamily(
        "whisper", "Whisper large-v3-turbo", "WhisperForConditionalGeneration", "128 mels, four layers that hear, one that writes",
        Whisper,
    ),
    HearingFamily(
        "parakeet", "Parakeet TDT 0.6B", "ParakeetForTDT", "relative positions, folded batch norms, tokens with durations",
        Parakeet,
    ),
    HearingFamily(
        "voxtral", "Voxtral Mini 3B", "VoxtralForConditionalGeneration", "what was heard in tokens' places",
        partial(Voxtral, "tiny-voxtral"),
    ),
    HearingFamily(
        "voxtral-realtime", "Voxtral Realtime 4B", "VoxtralRealtimeForConditionalGeneration",
        "heard in calls of 320 ms, both rings written over, a delay", partial(Voxtral, "tiny-voxtral-realtime"),
    ),
)  # fmt: skip
