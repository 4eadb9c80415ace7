"""Voxtral Mini and Voxtral Realtime against transformers, their checkpoints, and Mistral's tokenizer file."""

import base64
import json
import shutil

import pytest
import tiktoken
import torch
from tokenizers import Tokenizer

from pteron_export import exporter
from pteron_export.checkpoints import open_checkpoint
from pteron_export.checkpoints.tekken import read_tekken, write_tokenizer
from pteron_export.errors import ExportError
from pteron_export.fixtures import voxtral as tiny
from pteron_export.fixtures.tokenizer import SCRAP, VOCABULARY, train
from pteron_export.models import voxtral_realtime
from pteron_export.models.layers import Limits
from pteron_export.models.ring import ring_rows
from pteron_export.quantization.scheme import parse_scheme, part_of
from pteron_export.reference import program_weights
from pteron_export.voxtral import verify as verification
from pteron_export.voxtral.methods import plan_voxtral
from pteron_export.voxtral.reference import transformers_voxtral
from pteron_export.voxtral.special_tokens import MINI, REALTIME, described_speech
from pteron_export.voxtral.verify import by_eager, compute, expected, work_of
from pteron_export.weights import load_weights

IDS = tuple(tiny.CASES)
TOKENS = {name: tiny.MARKERS.index(marker) for name, marker in (MINI | REALTIME).items()}
SPECIAL = 20  # of the tiny tekken.json
PATTERN = r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"


@pytest.mark.parametrize("id", IDS)
def test_it_hears_and_writes_what_transformers_does(id):
    model, recipe, config = tiny.build(id)
    work = work_of(model, TOKENS, VOCABULARY)
    heard, logits = compute(model, work, by_eager(model))
    wanted_heard, wanted = expected(recipe, config, model, work, lambda: None)
    assert (heard - wanted_heard).abs().max() < 1e-4
    assert (logits - wanted).abs().max() < 1e-4
    if id == "tiny-voxtral-realtime":  # both rings were written over
        assert len(work.ids) > ring_rows(config["sliding_window"], model.limits.chunk)
        assert 4 * len(work.ids) > model.audio_tower.rows


@torch.no_grad()
def test_a_sound_begins_anew_at_position_0_and_may_come_in_any_pieces():
    model, *_ = tiny.build("tiny-voxtral-realtime")
    encode, features = voxtral_realtime.Encode(model), torch.randn(1, 128, 8 * 30)

    def hear(sizes: list[int]) -> torch.Tensor:
        heard, at = [], 0
        for size in sizes:
            heard.append(encode(features[..., 8 * at : 8 * (at + size)], torch.tensor([4 * at])))
            at += size
        return torch.cat(heard, 1)

    whole = hear([30])
    for sizes in ([1] * 30, [7, 1, 20, 2]):
        assert (hear(sizes) - whole).abs().max() < 1e-4


@torch.no_grad()
def test_a_call_must_not_run_over_the_ring():
    model, *_ = tiny.build("tiny-voxtral-realtime")
    with pytest.raises(RuntimeError):
        voxtral_realtime.Encode(model)(torch.zeros(1, 128, 16), torch.tensor([model.audio_tower.rows - 4]))


@pytest.fixture(scope="module", params=IDS)
def checkpoint(request, tmp_path_factory):
    """(id, folder as transformers saves it, with a tekken.json)."""
    folder = tmp_path_factory.mktemp(request.param)
    model, recipe, config = tiny.build(request.param)
    transformers_voxtral(recipe, config, program_weights(model)).save_pretrained(folder)
    train(tiny.MARKERS, None).save(str(folder / "tokenizer.json"))
    return request.param, folder


def test_a_saved_checkpoint_has_every_weight(checkpoint):
    id, folder = checkpoint
    ours, recipe, config = tiny.build(id)
    opened = open_checkpoint(folder)
    assert opened.recipe is recipe
    model = recipe.build(opened.config, Limits(64, 16, torch.float32))
    load_weights(model, opened.get, torch.float32)
    for name, parameter in ours.state_dict().items():
        assert torch.equal(model.state_dict()[name], parameter), name


def test_mistrals_own_file_beside_it_is_not_read(checkpoint, tmp_path):
    _, folder = checkpoint
    shutil.copytree(folder, tmp_path / "both")
    (tmp_path / "both" / "consolidated.safetensors").write_bytes(b"damaged")
    assert open_checkpoint(tmp_path / "both").sha256 == open_checkpoint(folder).sha256


def test_the_plan_holds_weights_caches_and_the_encoder():
    for id in IDS:
        model, *_ = tiny.build(id)
        plan = plan_voxtral(model, VOCABULARY, 1000)
        rows = 4 * model.limits.context * 16 * 2 * 2  # bytes of two layers' keys and values, two heads of 16
        grows = id == "tiny-voxtral"
        assert plan.state_per_token * model.limits.context == (2 * rows if grows else 0)
        assert (plan.fixed_state == 0) == grows
        assert plan.work > 4 * 76 * 128


def test_what_it_needs_is_said_before(checkpoint, tmp_path):
    id, folder = checkpoint
    plan = exporter.plan(exporter.Options(source=folder, id="x", out=tmp_path / "x", quantize="fp32"), lambda _: None)
    assert plan["family"] == id.replace("tiny-", "").replace("-", "_")
    assert abs(plan["programBytes"] - 4 * plan["parameters"]) < 0.1 * plan["programBytes"]
    assert 0.9e9 < plan["memoryBytes"] < 1.1e9


def test_a_checkpoint_becomes_a_verified_folder(checkpoint, tmp_path):
    id, folder = checkpoint
    said: list[str] = []
    options = exporter.Options(source=folder, id="tiny", out=tmp_path / "tiny", quantize="8:g32", dtype="fp32", context=256)
    exporter.export(options, said.append)
    record = json.loads((tmp_path / "tiny" / "model.json").read_text())
    assert (record["role"], record["speech"]["kind"], record["contextLength"]) == ("speech", record["family"], 256)
    assert record["quantization"] == "affine 8-bit group 32"
    assert record["verification"]["argmaxAgreement"] == 1.0
    assert record["verification"]["maxLogitDifference"] < 1e-3
    assert set(record["methods"]) == ({"encode", "forward"} if id == "tiny-voxtral" else {"encode", "condition", "forward"})
    assert {file.name for file in (tmp_path / "tiny").iterdir()} == {"model.json", "model.pte", "tokenizer.json"}


@pytest.mark.parametrize("id", IDS)
def test_a_program_that_differs_is_refused(id, tmp_path, monkeypatch):
    model, recipe, config = tiny.build(id)
    monkeypatch.setattr(verification, "choose_runner", lambda _: None)
    verification.verify(recipe, config, model, TOKENS, tmp_path, lambda _: None)
    monkeypatch.setattr(verification, "by_eager", lambda model: noisy(by_eager(model)))
    with pytest.raises(ExportError, match="program_invalid"):
        verification.verify(recipe, config, model, TOKENS, tmp_path, lambda _: None)


def noisy(run):
    return lambda method, calls: [output + 0.5 * torch.randn_like(output) for output in run(method, calls)]


def test_what_hears_is_a_part_of_its_own():
    names = ["audio_tower.layers.0.fc1.weight", "language_model.lm_head.weight", "language_model.layers.0.mlp.up_proj.weight"]
    assert [part_of(name) for name in names] == ["audio", "head", None]
    assert parse_scheme("4").choice("audio").bits == 8
    assert parse_scheme("4,audio=none").choice("audio").format == "none"


def test_a_tokenizer_without_the_markers_is_named(tmp_path):
    train(["<s>", "</s>"], None).save(str(tmp_path / "tokenizer.json"))
    for id in IDS:
        model, _, config = tiny.build(id)
        with pytest.raises(ExportError, match="lacks Voxtral's"):
            described_speech(model, config, tmp_path / "tokenizer.json", {})
    model, _, config = tiny.build("tiny-voxtral")
    train(tiny.MARKERS, None).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ExportError, match="AUDIO"):
        described_speech(model, config | {"audio_token_id": 3}, tmp_path / "tokenizer.json", {})
    realtime, _, config = tiny.build("tiny-voxtral-realtime")
    for wrong in (-1, 65, "32", 1.5):
        with pytest.raises(ExportError, match="tokens of silence"):
            described_speech(realtime, config, tmp_path / "tokenizer.json", {"streaming_n_left_pad_tokens": wrong})


def tekken(words: list[bytes]) -> dict:
    return {
        "config": {"pattern": PATTERN, "default_num_special_tokens": SPECIAL, "default_vocab_size": SPECIAL + len(words)},
        "vocab": [{"rank": i, "token_bytes": base64.b64encode(w).decode()} for i, w in enumerate(words)],
        "special_tokens": [{"rank": i, "token_str": marker, "is_control": True} for i, marker in enumerate(tiny.MARKERS)],
        "audio": {"streaming_n_left_pad_tokens": 32},
    }  # fmt: skip


def learned(text: str, count: int) -> list[bytes]:
    """All bytes, then `count` pairs, the commonest first: a byte-level BPE's words by rank."""
    encoding = lambda words: tiktoken.Encoding("t", pat_str=PATTERN, mergeable_ranks=words, special_tokens={})  # noqa: E731
    words = {bytes([byte]): byte for byte in range(256)}
    for _ in range(count):
        parts = [encoding(words).decode_tokens_bytes(encoding(words).encode_ordinary(line)) for line in text.split(" ")]
        pairs = [a + b for line in parts for a, b in zip(line, line[1:], strict=False) if a + b not in words]
        pairs = [pair for pair in pairs if len(encoding(words).encode_ordinary(pair.decode(errors="replace"))) == 2]
        words[max(sorted(set(pairs)), key=pairs.count)] = len(words)
    return sorted(words, key=words.__getitem__)


def test_tekken_becomes_a_tokenizer_of_the_same_ids(tmp_path):
    words = learned(SCRAP, 60)
    (tmp_path / "tekken.json").write_text(json.dumps(tekken(words)))
    write_tokenizer(read_tekken(tmp_path / "tekken.json", SPECIAL + len(words)), tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    reference = tiktoken.Encoding("t", pat_str=PATTERN, mergeable_ranks={w: i for i, w in enumerate(words)}, special_tokens={})
    for text in (SCRAP, "lang:en", "naïve – 日本 😀\n\n\treturn  index+1", "[INST]"[1:], ""):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        assert ids == [SPECIAL + id for id in reference.encode_ordinary(text)]
        assert tokenizer.decode(ids) == text
    assert tokenizer.token_to_id("[AUDIO]") == tiny.MARKERS.index("[AUDIO]")


def test_fewer_words_than_the_file_has_are_taken(tmp_path):
    words = learned(SCRAP, 20)
    (tmp_path / "tekken.json").write_text(json.dumps(tekken(words)))
    assert read_tekken(tmp_path / "tekken.json", SPECIAL + 260).words == words[:260]


def test_a_damaged_tekken_is_named(tmp_path):
    words, path = learned(SCRAP, 8), tmp_path / "tekken.json"
    whole = tekken(words)
    vocab = whole["vocab"]
    for damaged in (
        {}, whole | {"vocab": vocab[:-1]}, whole | {"vocab": [*vocab[:-1], vocab[0]]}, whole | {"config": {"pattern": PATTERN}},
        whole | {"vocab": [*vocab[:-1], {"rank": len(vocab) - 1, "token_bytes": "*"}]}, whole | {"special_tokens": [7]},
    ):  # fmt: skip
        path.write_text(json.dumps(damaged))
        with pytest.raises(ExportError, match="tokenizer_invalid"):
            read_tekken(path, SPECIAL + len(words))
    path.write_text(json.dumps(tekken([*words, b"zqzqz"])))
    with pytest.raises(ExportError, match="no merges make"):
        write_tokenizer(read_tekken(path, SPECIAL + len(words) + 1), tmp_path)


def test_a_checkpoint_without_any_tokenizer_is_named(checkpoint, tmp_path):
    _, folder = checkpoint
    shutil.copytree(folder, tmp_path / "without", ignore=lambda *_: ["tokenizer.json"])
    with pytest.raises(ExportError, match="neither tokenizer.json nor tekken.json"):
        open_checkpoint(tmp_path / "without").write_tokenizer(tmp_path)
