"""A peer in a process of its own: requests as JSON lines on standard input, answers on standard output.

peer.py faster-whisper | transformers
"""

import json
import sys
import time
from pathlib import Path

import numpy as np


class FasterWhisper:
    """CTranslate2 on the folder that Pteron's export was made from."""

    def load(self, folder: str, scratch: str, threads: int, compute: str, beam: int) -> dict:
        import ctranslate2
        import faster_whisper

        self.beam = beam
        self.model = faster_whisper.WhisperModel(
            str(with_vocabulary(Path(folder), Path(scratch))), device="cpu", compute_type=compute, cpu_threads=threads
        )
        actual = self.model.model.compute_type
        return {"version": faster_whisper.__version__, "backend": f"CTranslate2 {ctranslate2.__version__}, {actual}"}

    def transcribe(self, samples: np.ndarray) -> str:
        segments, _ = self.model.transcribe(samples, language="en", beam_size=self.beam)
        return " ".join(segment.text.strip() for segment in segments)


class Transformers:
    """The reference, with the same weights in fp32; it also counts word errors with Whisper's own normalizer."""

    def load(self, folder: str, threads: int, **_) -> dict:
        import torch
        import transformers
        from pteron_export.fixtures.speech import load_reference
        from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

        torch.set_num_threads(threads)
        self.model, self.tokens, self.tokenizer = load_reference(Path(folder))
        self.extract = transformers.WhisperFeatureExtractor(feature_size=self.model.config.num_mel_bins)
        self.normalize = EnglishTextNormalizer({})
        return {"version": transformers.__version__, "backend": f"PyTorch {torch.__version__}, float32"}

    def transcribe(self, samples: np.ndarray) -> str:
        from pteron_export.fixtures.speech import hear

        how = {"truncation": False, "padding": "longest"} if len(samples) > 480_000 else {}
        features = self.extract(samples, sampling_rate=16_000, return_tensors="pt", **how).input_features
        drawn = [token for segment in hear(self.model, features) for token in segment["tokens"]]
        return self.tokenizer.decode([token for token in drawn if token < self.tokens["endOfText"]]).strip()

    def errors(self, said: str, heard: str) -> dict:
        reference, words = self.normalize(said).split(), self.normalize(heard).split()
        return {"words": len(reference), "errors": edit_distance(reference, words)}


def edit_distance(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]


def with_vocabulary(folder: Path, scratch: Path) -> Path:
    """CTranslate2 wants the words in a file of their own, which the package lacks: those of tokenizer.json, by id."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ids = tokenizer["model"]["vocab"] | {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    words = [f"<|{(id - 50364) * 0.02:.2f}|>" for id in range(51865)]
    for word, id in ids.items():
        words[id] = word
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
    for name in ("model.bin", "config.json", "tokenizer.json"):
        if not (scratch / name).exists():
            (scratch / name).symlink_to(folder / name)
    return scratch


def serve(peer) -> None:
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        method, params = request["method"], request["params"]
        if method == "transcribe":
            samples = np.fromfile(params["path"], np.float32)
            started = time.perf_counter()
            text = peer.transcribe(samples)
            result = {"text": text, "seconds": time.perf_counter() - started}
        else:
            result = getattr(peer, method)(**params)
        print(json.dumps({"id": request["id"], "result": result}), file=out, flush=True)


if __name__ == "__main__":
    serve({"faster-whisper": FasterWhisper, "transformers": Transformers}[sys.argv[1]]())
