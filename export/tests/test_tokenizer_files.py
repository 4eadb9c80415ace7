"""Stop tokens and fill-in-the-middle, as the families' published tokenizers spell them."""

import json

import pytest
from tokenizers import AddedToken, Tokenizer

from pteron_export.checkpoints.tokenizer_files import fim_of, mark_controls, read_special_tokens, stop_ids
from pteron_export.errors import ExportError
from pteron_export.fixtures.tokenizer import CHATML_MARKERS, SCRAP, train

QWEN_PLAIN = ["<tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<think>"]


@pytest.fixture
def qwen(tmp_path):
    """Qwen's tokenizers have these as added tokens that are not special."""
    tokenizer = train(CHATML_MARKERS, None)
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in QWEN_PLAIN])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


def test_qwen_s_plain_markers_become_special(qwen):
    before = Tokenizer.from_file(str(qwen))
    assert fim_of(read_special_tokens(qwen)) is None
    mark_controls(qwen)
    special, after = read_special_tokens(qwen), Tokenizer.from_file(str(qwen))
    markers = {name: after.token_to_id(f"<|fim_{name}|>") for name in ("prefix", "suffix", "middle")}
    assert fim_of(special) == markers | {"order": "psm"}
    assert "<|file_sep|>" in special and "<think>" not in special and "<tool_call>" not in special
    text = SCRAP + "<think><|fim_prefix|>"
    assert after.encode(text).ids == before.encode(text).ids


def test_other_tokenizers_stay_as_they_are(tmp_path):
    path = tmp_path / "tokenizer.json"
    train(CHATML_MARKERS, None).save(str(path))
    before = path.read_bytes()
    mark_controls(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("markers", "declared", "expected"), [
    (["<|endoftext|>", "<|end|>", "<|user|>"], [1], ["<|endoftext|>", "<|end|>"]),  # Phi-4 mini
    (["<|begin_of_text|>", "<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"], [], ["<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"]),
    (["<pad>", "<eos>", "<bos>", "<end_of_turn>"], [1], ["<eos>", "<end_of_turn>"]),
    (["<|endoftext|>", "<|im_start|>", "<|im_end|>"], [2, 0], ["<|endoftext|>", "<|im_end|>"]),
])  # fmt: skip
def test_stop_tokens_of_the_families(markers, declared, expected):
    special = {marker: index for index, marker in enumerate(markers)}
    assert stop_ids(special, declared) == sorted(special[marker] for marker in expected)


def test_a_file_that_is_no_tokenizer_is_named(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps({"model": {}}))
    with pytest.raises(ExportError, match="tokenizer_invalid: tokenizer.json"):
        mark_controls(path)
