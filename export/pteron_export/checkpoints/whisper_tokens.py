"""Whisper's special tokens: what a recognizer must know of them, and a tokenizer.json that has them all.

Their ids differ by size and language, their spelling does not. Timestamps are the last 1,501 tokens, 0.00 to 30.00 s; the
tokenizers of converted checkpoints often lack them.
"""

import json
from pathlib import Path

from ..errors import ExportError

TIMESTAMPS = 1501
NO_TIMESTAMPS = "<|notimestamps|>"
_AFTER_LANGUAGES = "<|translate|>"


def write_tokenizer(folder: Path, vocabulary: int, out: Path) -> None:
    """Copies tokenizer.json and adds the timestamps that it lacks."""
    tokenizer = _read(folder / "tokenizer.json")
    added = tokenizer["added_tokens"]
    first = _id_of(added, NO_TIMESTAMPS) + 1
    known = {token["id"] for token in added}
    if first + TIMESTAMPS > vocabulary:
        why = f"Whisper's timestamps do not fit into its {vocabulary} tokens."
        raise ExportError("tokenizer_invalid", why, "Download it again.")
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    missing = (step for step in range(TIMESTAMPS) if first + step not in known)
    added += [{"id": first + step, "content": f"<|{step * 0.02:.2f}|>"} | plain for step in missing]
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def speech_tokens(tokenizer_json: Path, generation: dict) -> dict:
    """The part of model.json that says how Whisper's tokens are used."""
    added = _read(tokenizer_json)["added_tokens"]
    ids = {token["content"]: token["id"] for token in added}
    without = _id_of(added, NO_TIMESTAMPS)
    languages = _languages(added)
    return {
        "startOfTranscript": _id_of(added, "<|startoftranscript|>"),
        "startOfPrevious": _id_of(added, "<|startofprev|>"),
        "endOfText": _id_of(added, "<|endoftext|>"),
        "noSpeech": without - 1,  # '<|nospeech|>' since large-v3, '<|nocaptions|>' before
        "noTimestamps": without,
        "firstTimestamp": without + 1,
        "transcribe": ids["<|transcribe|>"] if languages else None,
        "translate": ids["<|translate|>"] if languages else None,
        "languages": languages,
        "suppress": sorted(token for token in generation.get("suppress_tokens") or [] if token >= 0),
        "suppressAtBegin": sorted(generation.get("begin_suppress_tokens") or []),
        "maxInitialTimestamp": generation.get("max_initial_timestamp_index", 50),
    }


def _languages(added: list[dict]) -> dict[str, int]:
    """Code → id; none of a model for English only, which has their tokens but was not trained with them."""
    start, stop = _id_of(added, "<|startoftranscript|>"), _id_of(added, _AFTER_LANGUAGES)
    english_only = _id_of(added, "<|endoftext|>") < 50257
    found = {token["content"][2:-2]: token["id"] for token in added if start < token["id"] < stop}
    return {} if english_only else found


def _id_of(added: list[dict], content: str) -> int:
    found = next((token["id"] for token in added if token.get("content") == content), None)
    if found is None:
        why = f"The tokenizer lacks Whisper's {content}."
        raise ExportError("tokenizer_invalid", why, "Use the checkpoint's own tokenizer.json.")
    return found


def _read(path: Path) -> dict:
    try:
        tokenizer = json.loads(path.read_text(encoding="utf-8"))
        tokenizer["added_tokens"], tokenizer["model"]
        return tokenizer
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{path.name} cannot be read ({error})."
        raise ExportError("tokenizer_invalid", why, "Download the checkpoint again.") from error
