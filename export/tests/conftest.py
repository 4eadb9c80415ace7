"""Tiny checkpoints, made anew for each session."""

import json
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from pteron_export.fixtures.models import CASES, Case, build
from pteron_export.fixtures.tokenizer import CHATML_MARKERS, CHATML_TEMPLATE, GEMMA_MARKERS, train
from pteron_export.reference import program_weights, transformers_model

from .hub_server import Hub, serve


def case(id: str) -> Case:
    return next(c for c in CASES if c.id == id)


@pytest.fixture(scope="session", params=[c.id for c in CASES if c.dtype == torch.float32 and not c.is_hybrid])
def pair(request):
    """(model written for export, transformers' model with the same weights)."""
    return _pair(request.param)


@pytest.fixture(scope="session", params=[c.id for c in CASES if c.is_hybrid])
def hybrid_pair(request):
    """The same of models with recurrent state, which take slots."""
    return _pair(request.param)


def _pair(id: str):
    model, recipe = build(case(id))
    return model, transformers_model(recipe, case(id).reference_config, program_weights(model))


def save_checkpoint(id: str, folder: Path) -> Path:
    """A transformers folder, written by transformers itself."""
    tiny = case(id)
    model, recipe = build(tiny)
    hf = transformers_model(recipe, tiny.config, program_weights(model))
    hf.save_pretrained(folder)
    gemma = recipe.FAMILY == "gemma3"
    tokenizer = train(GEMMA_MARKERS if gemma else CHATML_MARKERS, "<bos>" if gemma else None)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {} if gemma else {"chat_template": CHATML_TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="session")
def gemma_folder(tmp_path_factory):
    return save_checkpoint("tiny-gemma3", tmp_path_factory.mktemp("gemma"))


@pytest.fixture(scope="session")
def llama_folder(tmp_path_factory):
    return save_checkpoint("tiny-llama", tmp_path_factory.mktemp("llama"))


@pytest.fixture
def random_ids():
    return torch.randint(0, 384, (90,), generator=torch.Generator().manual_seed(3)).tolist()


@pytest.fixture
def empty_hub(monkeypatch, tmp_path):
    """A Hub of our own that the exporter downloads from, and an empty cache."""
    monkeypatch.setenv("PTERON_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    close_session()
    with serve(Hub()) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)  # HF_ENDPOINT, which the library reads when it is imported
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
        yield hub
    close_session()
