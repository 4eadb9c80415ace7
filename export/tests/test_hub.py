"""Downloads from the Hub, against a server of our own: what is fetched, continued, checked and refused."""

import json
import shutil

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from pteron_export.errors import ExportError
from pteron_export.hub import HubName, open_repository, parse_hub_name

from .hub_server import COMMIT

SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
NAME = HubName("tiny/model")


def files() -> dict[str, bytes]:
    index = {"weight_map": {"a": SHARDS[0], "b": SHARDS[1]}}
    return {
        "config.json": b'{"architectures": ["LlamaForCausalLM"]}', "tokenizer.json": b"{}", "README.md": b"hello",
        "model.safetensors.index.json": json.dumps(index).encode(),
        SHARDS[0]: bytes(range(256)) * 200, SHARDS[1]: bytes(range(255, -1, -1)) * 300,
        "pytorch_model.bin": b"pickle" * 4000, "consolidated.safetensors": b"c" * 20_000, "tiny-Q8_0.gguf": b"GGUF" * 5000,
    }  # fmt: skip


@pytest.fixture
def hub(empty_hub):
    empty_hub.files = files()
    return empty_hub


def fetch(name: HubName = NAME, count=lambda *_: None):
    repository = open_repository(name)
    repository.fetch_small(count)
    return repository, repository.fetch_weights(count)


@pytest.mark.parametrize(("text", "wanted"), [
    ("Qwen/Qwen3-0.6B", HubName("Qwen/Qwen3-0.6B")),
    ("a/b@v1.2", HubName("a/b", "v1.2")),
    ("a/b@refs/pr/3", HubName("a/b", "refs/pr/3")),
    ("a/b:Q4_K_M/x-Q4.gguf", HubName("a/b", "main", "Q4_K_M/x-Q4.gguf")),
    ("a/b@c0ffee:x.gguf", HubName("a/b", "c0ffee", "x.gguf")),
    ("a", None), ("/a/b", None), ("a/b/c", None), ("../b", None), ("a/..", None), ("a/b:../x.gguf", None), ("a/b:x.bin", None),
])  # fmt: skip
def test_names(text, wanted):
    assert parse_hub_name(text) == wanted


def test_only_what_is_needed_is_fetched_at_a_commit(hub):
    counted = []
    repository, folder = fetch(HubName("tiny/model", "v1"), lambda *count: counted.append(count))
    assert (repository.commit, repository.licence) == (COMMIT, "apache-2.0")
    found = {file.name for file in folder.iterdir() if file.name != ".lock"}
    assert found == {"config.json", "tokenizer.json", "model.safetensors.index.json", *SHARDS}
    assert all((folder / name).read_bytes() == hub.files[name] for name in found)
    assert ("downloading " + SHARDS[1], 76_800, 76_800) in counted
    assert {what for what, *_ in counted} > {"checking " + SHARDS[0]}
    before = len(hub.log)
    assert fetch()[1] == folder and len(hub.log) == before and repository.missing_bytes == 0


def test_a_gguf_file_comes_alone(hub):
    _, path = fetch(HubName("tiny/model", "main", "tiny-Q8_0.gguf"))
    assert path.read_bytes() == hub.files["tiny-Q8_0.gguf"] and hub.log == ["tiny-Q8_0.gguf"]
    with pytest.raises(ExportError, match=r"repository_not_found: tiny/model holds no b\.gguf\. It holds tiny-Q8_0\.gguf\."):
        fetch(HubName("tiny/model", "main", "b.gguf"))


def test_a_cut_connection_is_continued_in_the_same_run(hub, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)  # what is not a whole chunk when it is cut is fetched again
    hub.cut_after[SHARDS[1]] = 30_000
    fetch()
    assert hub.log[-2:] == [SHARDS[1], f"{SHARDS[1]} bytes=30000-"]


def test_an_interrupted_download_is_continued_by_the_next_run(hub):
    def interrupt(what, done, total):
        if what == "downloading " + SHARDS[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(count=interrupt)
    repository = open_repository(NAME)
    part = repository.folder / (SHARDS[1] + ".part")
    assert part.exists() and not (repository.folder / SHARDS[1]).exists()
    part.write_bytes(hub.files[SHARDS[1]][:12_345])  # as a kill in mid-write leaves it
    assert repository.missing_bytes == 76_800 - 12_345
    _, folder = fetch()
    assert hub.log[-1] == f"{SHARDS[1]} bytes=12345-"
    assert (folder / SHARDS[1]).read_bytes() == hub.files[SHARDS[1]] and not part.exists()


@pytest.mark.parametrize("name", [SHARDS[0], "config.json"], ids=["large", "small"])
def test_a_wrong_hash_is_refused_and_thrown_away(hub, name):
    hub.altered.add(name)
    with pytest.raises(ExportError, match=f"download_damaged: {name} is not what the Hub announced: .*run the same command again"):
        fetch()
    assert not list(open_repository(NAME).folder.glob(f"{name}*"))
    hub.altered.clear()
    assert (fetch()[1] / name).read_bytes() == hub.files[name]


def test_gated_and_private_repositories(hub, monkeypatch):
    hub.token = "hf_right"
    gated = r"access_denied: tiny/model is gated.*Open http://127\.0\.0\.1:\d+/tiny/model, ask for access there, and set HF_TOKEN"
    with pytest.raises(ExportError, match=gated):
        fetch()
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(ExportError, match="access_denied"):
        fetch()
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    fetch()
    hub.private = True
    with pytest.raises(ExportError, match="repository_not_found: There is neither .* public repository tiny/model.*HF_TOKEN"):
        open_repository(NAME)


@pytest.mark.parametrize(("name", "message"), [
    (HubName("tiny/other"), "repository_not_found: There is neither a folder nor a public repository tiny/other"),
    (HubName("tiny/model", "v9"), "repository_not_found: tiny/model has no revision 'v9'"),
    (HubName("tiny--x/model"), "invalid_argument: 'tiny--x/model' is no repository's name"),
])  # fmt: skip
def test_what_is_not_there(hub, name, message):
    with pytest.raises(ExportError, match=message):
        open_repository(name)


@pytest.mark.parametrize(("gone", "message"), [
    ({"config.json"}, "file_not_found: tiny/model holds no config.json. Name one of its GGUF files: tiny/model:tiny-Q8_0.gguf"),
    ({*SHARDS, "consolidated.safetensors"}, "file_not_found: tiny/model holds no safetensors files"),
    ({"tokenizer.json"}, "tokenizer_invalid: tiny/model holds no tokenizer.json"),
    ({SHARDS[1]}, f"program_invalid: The index of tiny/model names {SHARDS[1]}, which is not there"),
])  # fmt: skip
def test_incomplete_repositories_are_refused_before_weights_are_fetched(hub, gone, message):
    for name in gone:
        del hub.files[name]
    with pytest.raises(ExportError, match=message):
        fetch()
    assert not any("safetensors" in line and "index" not in line for line in hub.log)


@pytest.mark.parametrize("shard", ["../../evil.safetensors", "a.bin", 3])
def test_an_index_cannot_name_anything_but_shards(hub, shard):
    hub.files["model.safetensors.index.json"] = json.dumps({"weight_map": {"a": shard}}).encode()
    with pytest.raises(ExportError, match="program_invalid: model.safetensors.index.json names .*, which is no shard"):
        fetch()


def test_without_a_network_a_finished_download_does(hub, monkeypatch):
    _, folder = fetch()
    hub.down = True
    assert fetch()[1] == folder
    shutil.rmtree(folder)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    with pytest.raises(ExportError, match="network_unavailable: http.* answered with status 503"):
        fetch()
    with pytest.raises(ExportError, match="network_unavailable"):
        open_repository(HubName("tiny/unknown"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ExportError, match="network_unavailable: http://127.0.0.1:9 cannot be reached.*Check the connection"):
        open_repository(HubName("tiny/unknown"))


def test_offline_mode_is_named(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    close_session()
    with pytest.raises(ExportError, match="network_unavailable: .*HF_HUB_OFFLINE is set"):
        open_repository(NAME)


def test_too_little_disk_is_said_before_anything_is_fetched(hub, monkeypatch):
    repository = open_repository(NAME)
    repository.fetch_small(lambda *_: None)
    before = len(hub.log)
    monkeypatch.setattr("pteron_export.hub.repository.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10, 5, 5))
    with pytest.raises(ExportError, match="disk_full: The download needs 0.0 GB in .*, and 0.0 GB are free.*PTERON_CACHE"):
        repository.fetch_weights(lambda *_: None)
    assert len(hub.log) == before
