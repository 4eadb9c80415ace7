"""The measurement of quantizations: which tokens are measured, what is counted, and the table made of it."""

import json

import numpy as np
import pytest

from pteron_export.perplexity import __main__ as command
from pteron_export.perplexity import measure as measuring
from pteron_export.perplexity.measure import Measured, Row, measure
from pteron_export.perplexity.table import render
from pteron_export.run_program import EagerRunner

from .gguf_maker import write_gguf


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A tiny model, which has 160 tokens of context."""
    for name, value in {"CONTEXT": 160, "CHUNK": 16, "FIRST_ROW": 64, "LEAST_ROWS": 32}.items():
        monkeypatch.setattr(measuring, name, value)
    write_gguf("tiny-llama", tmp_path / "tiny.gguf")
    return Measured(tmp_path / "tiny.gguf", tmp_path)


def test_every_row_is_measured_once_with_all_before_it(measured):
    calls = measured.calls()
    fed = [token for call in calls for token in call.tokens]
    assert fed == measured.ids[:-1] and [c.position for c in calls] == [sum(len(b.tokens) for b in calls[:i]) for i in range(len(calls))]
    context = measuring.FIRST_ROW // measuring.CHUNK
    assert [c.position + k for c in calls[context:] for k in c.keep] == measured.rows
    assert measured.rows[0] == 64 and measured.rows[-1] == len(measured.ids) - 2


def test_perplexity_is_that_of_the_next_tokens(measured):
    logits = np.zeros((len(measured.rows), 384), np.float32)
    assert measured.perplexity(logits) == pytest.approx(384, rel=1e-5)
    for index, row in enumerate(measured.rows):
        logits[index, measured.ids[row + 1]] = 50
    assert measured.perplexity(logits) == pytest.approx(1, abs=1e-5)


def test_a_program_agrees_with_transformers(measured, monkeypatch):
    models = []
    original = measuring.write_program
    monkeypatch.setattr(measuring, "write_program", lambda model, *rest: (models.append(model), original(model, *rest)))
    monkeypatch.setattr(measuring, "delegate_runner", lambda: EagerRunner(models[-1]))
    said = []
    exact, four = measure(measured, "fp32", False, said.append), measure(measured, "4", True, said.append)
    assert exact.program is None and exact.bytes == 4 * sum(w.numel() for w in measured._dense.values())
    assert four.program == pytest.approx(four.transformers, rel=2e-2) and four.file_bytes > four.bytes
    assert four.bytes < 0.4 * exact.bytes and len(said) == 3
    kept = measure(measured, "keep", False, said.append)
    assert kept.transformers == pytest.approx(exact.transformers, rel=1e-2)


def test_the_table_says_what_is_smallest_within_the_limit():
    rows = [
        Row("M", "4", 30_000_000, 10.5, None, None, 2.0), Row("M", "fp32", 100_000_000, 10.0, None, None, 0.1),
        Row("M", "8", 50_000_000, 10.1, 10.11, 51_000_000, 1.0), Row("M", "keep", 20_000_000, 10.0, None, None, 0.0),
    ]  # fmt: skip
    text = render(rows)
    lines = [line for line in text.splitlines() if line.startswith("| `")][1:]
    assert [line.split("`")[1] for line in lines] == ["fp32", "keep", "8", "4"]
    assert lines[2] == "| `8` | 50.0 | 51.0 | 10.1000 | +1.00% | 10.1100 | +0.10% | 1 |"
    assert "The smallest within 3 % of fp32, `keep` aside: `8` (50 MB)." in text
    assert "Not measured yet: `bf16`, `fp16`, `6`" in text
    assert "fp32 was not measured" in render(rows[:1])


def test_figures_measured_before_are_kept(tmp_path, monkeypatch):
    class Source:
        def __init__(self, source, _):
            self.name = source.stem

    monkeypatch.setattr(command, "Measured", Source)
    monkeypatch.setattr(command, "measure", lambda m, scheme, program, say: Row(m.name, scheme, 1, 2.0, None, None, 0.0))
    out = tmp_path / "Q.md"
    assert command.main(["a.gguf", "--scheme", "fp32", "8", "--out", str(out)]) == 0
    assert command.main(["b.gguf", "--scheme", "fp32", "--out", str(out)]) == 0
    assert [(r["model"], r["scheme"]) for r in json.loads((tmp_path / "Q.json").read_text())] == [
        ("a", "fp32"), ("a", "8"), ("b", "fp32")]  # fmt: skip
    assert "## a" in out.read_text() and "## b" in out.read_text()


def test_a_source_that_is_not_there(tmp_path, capsys):
    assert command.main([str(tmp_path / "none.gguf"), "--out", str(tmp_path / "Q.md")]) == 1
    assert capsys.readouterr().err.startswith("file_not_found: ")
