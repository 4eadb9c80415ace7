"""The part of model.json that says how a Voxtral's special tokens are used. Their ids are the tokenizer's, their spelling Mistral's."""

import json
from pathlib import Path

from torch import nn

from ..errors import ExportError
from ..models import voxtral_realtime
from .methods import is_realtime

MINI = {
    "begin": "<s>", "end": "</s>", "instruction": "[INST]", "endOfInstruction": "[/INST]", "beginAudio": "[BEGIN_AUDIO]",
    "audio": "[AUDIO]", "transcribe": "[TRANSCRIBE]",
}  # fmt: skip
REALTIME = {"begin": "<s>", "end": "</s>", "pad": "[STREAMING_PAD]", "word": "[STREAMING_WORD]"}
LEFT_PAD = 32
"""Tokens of silence before a sound, where tekken.json does not say (streaming_n_left_pad_tokens)."""


def described_speech(model: nn.Module, config: dict, tokenizer_json: Path, audio: dict) -> dict:
    """audio: what tekken.json says of it."""
    ids = _ids(tokenizer_json)
    if is_realtime(model):
        return {
            "kind": "voxtral_realtime", "melBins": model.mels, "mostTokens": voxtral_realtime.MOST_TOKENS,
            "leftPad": _left_pad(audio), "delay": model.delay, "tokens": _named(ids, REALTIME),
        }  # fmt: skip
    tokens = _named(ids, MINI)
    if config.get("audio_token_id") not in (None, tokens["audio"]):
        why = f"The tokenizer's [AUDIO] is {tokens['audio']}, the model's {config['audio_token_id']}."
        raise ExportError("tokenizer_invalid", why, "Use the checkpoint's own tokenizer.")
    return {"kind": "voxtral", "melBins": model.mels, "frames": model.frames, "tokens": tokens}


def _left_pad(audio: dict) -> int:
    count = audio.get("streaming_n_left_pad_tokens", LEFT_PAD)
    if not isinstance(count, int) or not 0 <= count <= voxtral_realtime.MOST_LEFT_PAD:
        raise ExportError("tokenizer_invalid", f"tekken.json has {count!r} tokens of silence before a sound.", "Download it again.")
    return count


def _ids(path: Path) -> dict[str, int]:
    return {token["content"]: token["id"] for token in json.loads(path.read_text(encoding="utf-8"))["added_tokens"]}


def _named(ids: dict[str, int], spellings: dict[str, str]) -> dict[str, int]:
    if missing := [spelling for spelling in spellings.values() if spelling not in ids]:
        raise ExportError("tokenizer_invalid", f"The tokenizer lacks Voxtral's {missing[0]}.", "Use the checkpoint's own tekken.json.")
    return {name: ids[spelling] for name, spelling in spellings.items()}
