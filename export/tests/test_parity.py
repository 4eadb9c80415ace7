"""Every family and every quantization of docs/PARITY.md by Pteron's own delegate, in as few exports as that takes."""

import math
from dataclasses import replace

import pytest
import torch

from pteron_export.errors import ExportError
from pteron_export.fixtures.models import CONTEXT
from pteron_export.parity import __main__ as command
from pteron_export.parity.families import FAMILIES
from pteron_export.parity.hearing.families import HEARING
from pteron_export.parity.hearing.measure import HearingRow, measure_hearing
from pteron_export.parity.measure import PROMPT, STEPS, TOLERANCE, Row, build, calls_for, measure
from pteron_export.parity.measured import Measured
from pteron_export.parity.quantizations import QUANTIZATIONS
from pteron_export.parity.table import render
from pteron_export.reference import program_weights, transformers_model
from pteron_export.run_program import delegate_runner

_COUNT = len(QUANTIZATIONS)
SUBSET = [
    (FAMILIES[i % len(FAMILIES)], QUANTIZATIONS[(i + 3 * (i // _COUNT)) % _COUNT]) for i in range(max(len(FAMILIES), _COUNT))
]  # the second round begins elsewhere, so that it meets more than bf16 and fp16


@pytest.mark.parametrize(("family", "quantization"), SUBSET, ids=lambda v: getattr(v, "key", v))
def test_a_program_computes_what_transformers_does(family, quantization, tmp_path):
    row = measure(family, quantization, delegate_runner(), tmp_path)
    assert row.passed, f"{row.equal} of {STEPS} tokens, difference {row.difference} of {row.allowed} {row.failure}"
    assert row.distinct > STEPS // 4


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)
def test_attention_is_far_from_uniform(family):
    """Else a wrong position or mask would change next to nothing."""
    model, config = build(family, "fp32")
    hf = transformers_model(family.recipe, config, program_weights(model))
    with torch.no_grad():
        maps = hf(torch.arange(3, 67).unsqueeze(0), output_attentions=True, use_cache=False).attentions
    for weights in (w for w in maps if w is not None):  # layers without attention have none
        last = weights[0, :, -1].double()
        entropy = -(last * last.clamp_min(1e-30).log()).sum(-1).mean()
        assert entropy < 0.8 * math.log(int((last[0] > 0).sum()))


def test_the_calls_are_those_of_greedy_decoding():
    calls = calls_for(list(range(PROMPT)), list(range(100, 100 + STEPS)))
    fed = [(call.position + i, token) for call in calls for i, token in enumerate(call.tokens)]
    assert fed == list(enumerate([*range(PROMPT), *range(100, 99 + STEPS)])) and len(fed) <= CONTEXT
    assert sum(len(call.keep) for call in calls) == len(fed)
    assert [len(call.tokens) for call in calls[-3:]] == [1, 1, 1]


GOOD = Row(FAMILIES[0], "fp32", equal=STEPS, distinct=40, difference=1e-5, allowed=TOLERANCE)


HEARD = HearingRow(HEARING[0], "fp32", equal=14, rows=14, heard=1e-5, heard_allowed=1e-3, difference=1e-5, allowed=1e-3)


@pytest.mark.parametrize("changes", [
    {"equal": 13}, {"heard": 0.1}, {"difference": 0.1}, {"heard": float("nan")}, {"failure": "program_unsupported: no"},
])  # fmt: skip
def test_a_row_of_a_model_that_hears_differently_fails(changes):
    assert HEARD.passed and replace(HEARD, quantization="bf16", equal=13).passed
    assert not replace(HEARD, **changes).passed


HEARD_AS = list(zip(HEARING, ("fp16", "4", "nvfp4", "bf16"), strict=True))


@pytest.mark.parametrize(("family", "quantization"), HEARD_AS, ids=lambda v: getattr(v, "key", v))
def test_a_program_hears_and_writes_what_transformers_does(family, quantization, tmp_path):
    row = measure_hearing(family, quantization, delegate_runner(), tmp_path)
    assert row.passed, f"{row.summary} {row.failure}"


def test_a_recognizer_that_cannot_be_exported_is_a_row_that_says_so(tmp_path):
    def refuse(_):
        raise RuntimeError("no such graph\nand a trace")

    assert measure_hearing(replace(HEARING[0], build=refuse), "fp32", None, tmp_path).failure == "no such graph"


@pytest.mark.parametrize("changes", [
    {"equal": STEPS - 1}, {"difference": 0.1}, {"difference": float("nan")}, {"failure": "program_unsupported: no"},
    {"quantization": "bf16", "difference": 0.1},
])  # fmt: skip
def test_a_row_that_differs_fails(changes):
    assert GOOD.passed and replace(GOOD, quantization="bf16", equal=STEPS - 1).passed
    row = replace(GOOD, **changes)
    assert not row.passed
    table = render([GOOD, row])
    assert "1 of 2 rows pass" in table and table.count("**fails**") == 1


def test_a_model_that_cannot_be_exported_is_a_row_that_says_so(tmp_path, monkeypatch):
    broken = replace(FAMILIES[0], config=FAMILIES[0].config | {"hidden_act": "relu"})
    assert measure(broken, "fp32", None, tmp_path).failure.startswith("program_unsupported: The activation 'relu'")

    def refuse(*_):
        raise RuntimeError("no such graph\nand a trace")

    monkeypatch.setattr("pteron_export.parity.measure.lower_language_model", refuse)
    assert measure(FAMILIES[0], "fp32", None, tmp_path).failure == "no such graph"


def test_the_command_fails_with_a_row_and_writes_only_whole_tables(tmp_path, monkeypatch, capsys):
    rows = {FAMILIES: [GOOD], HEARING: [HEARD]}
    monkeypatch.setattr(command, "_measure_all", lambda families, *_: rows[families])
    out = tmp_path / "PARITY.md"
    assert command.main(["--family", FAMILIES[0].key, "--out", str(out)]) == 0 and not out.exists()
    assert command.main(["--only", "speech", "--out", str(out)]) == 1 and not out.exists()
    assert "no other half" in capsys.readouterr().err
    assert command.main(["--out", str(out)]) == 0 and out.read_text().count("1 of 1 rows pass") == 2
    before = out.read_text()
    rows[FAMILIES] = [GOOD, replace(GOOD, equal=0)]
    assert command.main(["--only", "speech", "--out", str(out)]) == 0 and out.read_text() == before
    assert command.main(["--out", str(out)]) == 1 and "1 of 2 rows pass" in out.read_text()
    rows[HEARING] = [HEARD, replace(HEARD, heard=0.1)]
    rows[FAMILIES] = [GOOD]
    assert command.main(["--only", "text", "--out", str(out)]) == 0 and out.read_text() == before
    assert command.main(["--only", "speech", "--out", str(out)]) == 1 and out.read_text().count("**fails**") == 1


def test_an_interrupted_run_goes_on_with_what_it_lacks(tmp_path, monkeypatch):
    file, first = tmp_path / "rows.jsonl", FAMILIES[0].key
    asked = []

    def fake(family, quantization, *_):
        asked.append(quantization)
        return replace(GOOD, family=family, quantization=quantization, equal=0 if quantization == "8" else STEPS)

    monkeypatch.setattr(command, "measure", fake)
    run = lambda *names: command.main(["--continue", str(file), "--family", first, "--quantization", *names])  # noqa: E731
    assert run("fp32", "8") == 1 and run("fp32", "8", "4") == 1
    assert asked == ["fp32", "8", "8", "4"]
    assert Measured(file).get(first, "fp32") == replace(GOOD, family=FAMILIES[0])
    measured = Measured(tmp_path / "heard.jsonl")
    measured.add(HEARD)
    assert Measured(tmp_path / "heard.jsonl").get(HEARING[0].key, "fp32") == HEARD
    file.write_text("{}")
    with pytest.raises(ExportError, match="invalid_argument.*Delete the file"):
        Measured(file)


def test_without_the_engine_there_is_no_table(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PTERON_CLI", str(tmp_path / "none"))
    with pytest.raises(ExportError, match="addon_missing.*npm run setup"):
        delegate_runner()
    assert command.main(["--out", str(tmp_path / "PARITY.md")]) == 1
    assert capsys.readouterr().err.startswith("addon_missing")
