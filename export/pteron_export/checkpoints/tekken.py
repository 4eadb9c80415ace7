"""tekken.json, Mistral's own tokenizer file → tokenizer.json. Source: mistral_common/tokens/tokenizers/tekken.py.

A byte-level BPE in tiktoken's manner: a token's rank is its merge's priority, and special tokens have the first ids. The merges
are not stored: each token of several bytes is what its two parts become that merge last.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import ExportError

_AGAIN = "Download the checkpoint again."
_MOST = 1 << 22


@dataclass(frozen=True)
class Tekken:
    pattern: str
    words: list[bytes]
    """By rank."""
    special: list[str]
    """By id."""
    audio: dict
    """How the model hears, e.g. streaming_n_left_pad_tokens; {} of a model for text only."""


def read_tekken(path: Path, vocabulary: int) -> Tekken:
    """vocabulary: how many of its tokens the model has, the special ones included."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        config, count = record["config"], record["config"]["default_num_special_tokens"]
        named = {token["rank"]: str(token["token_str"]) for token in record.get("special_tokens") or []}
        wanted = vocabulary - count
        words = [base64.b64decode(token["token_bytes"], validate=True) for token in record["vocab"][:wanted]]
        ranks = [token["rank"] for token in record["vocab"][:wanted]]
        pattern, audio = str(config["pattern"]), record.get("audio") or {}
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
        raise ExportError("tokenizer_invalid", f"{path.name} cannot be read ({error!r}).", _AGAIN) from error
    if not 0 <= count < vocabulary <= _MOST or ranks != list(range(wanted)) or len(set(words)) != wanted:
        raise ExportError("tokenizer_invalid", f"{path.name} does not hold the model's {vocabulary} tokens.", _AGAIN)
    return Tekken(pattern, words, [named.get(id, f"<SPECIAL_{id}>") for id in range(count)], audio)


def write_tokenizer(tekken: Tekken, out: Path) -> None:
    """tokenizer.json of the same ids."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    spelled = [_spelled(word) for word in tekken.words]
    vocabulary = {name: id for id, name in enumerate(tekken.special)}
    vocabulary |= {word: len(tekken.special) + rank for rank, word in enumerate(spelled)}
    if len(vocabulary) != len(tekken.special) + len(spelled):
        raise ExportError("tokenizer_invalid", "tekken.json spells a special token as a word.", _AGAIN)
    tokenizer = Tokenizer(models.BPE(vocabulary, merges_of(tekken.words), fuse_unk=False, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(tekken.pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in tekken.special])
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)


def merges_of(words: list[bytes]) -> list[tuple[str, str]]:
    """In the order of priority: for each word of several bytes, the pair of earlier words that it is merged from."""
    rank = {word: index for index, word in enumerate(words)}
    merges = []
    for word in words:
        if len(word) > 1:
            left, right = _parts(word, rank)
            merges.append((_spelled(left), _spelled(right)))
    return merges


def _parts(word: bytes, rank: dict[bytes, int]) -> tuple[bytes, bytes]:
    """What the word's bytes become when all merges of a lower rank were done."""
    parts = [word[i : i + 1] for i in range(len(word))]
    below = rank[word]
    while len(parts) > 2:
        pairs = [(rank.get(a + b, below), index) for index, (a, b) in enumerate(zip(parts, parts[1:], strict=False))]
        best, at = min(pairs)
        if best >= below:
            break
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    if len(parts) != 2:
        raise ExportError("tokenizer_invalid", f"tekken.json has the token {word!r}, which no merges make.", _AGAIN)
    return parts[0], parts[1]


def _bytes_to_letters() -> list[str]:
    """GPT-2's: printable bytes stand for themselves, the others for letters from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


_LETTERS = _bytes_to_letters()


def _spelled(word: bytes) -> str:
    return "".join(_LETTERS[byte] for byte in word)
