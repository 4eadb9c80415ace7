"""Command line: python -m pteron_export.parity.speech CHECKPOINT FOLDER CLIP… → a Markdown table of what Pteron heard beside transformers.

CHECKPOINT is Whisper base as set-up unpacks it; FOLDER holds what test/speech/parity.ts writes: each clip's sound, features,
cross-attention keys and values, and greedy segments. Tokens are drawn at temperature 0 on both sides, windows of 30 s joined.
"""

import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..fixtures.speech import RATE, hear, load_reference, read_clip

FRAMES, HOP = 3000, 160
FEATURES_ALLOWED = 1e-4


@dataclass(frozen=True)
class Clip:
    name: str
    seconds: float
    language: str
    features: float  # largest difference
    heard: float  # largest difference of the keys and values, in their standard deviations
    tokens: int
    """How many of ours are transformers'; `gap`: logits between transformers' choice and ours at the first difference."""
    equal: int
    gap: float | None


@torch.no_grad()
def compare(name: str, folder: Path, model, extract) -> Clip:
    sound = read_clip(folder / f"{name}.wav")
    ours = json.loads((folder / f"{name}.json").read_text())
    long = len(sound) > FRAMES * HOP
    how = {"truncation": False, "padding": "longest"} if long else {}
    features = extract(sound, sampling_rate=RATE, return_tensors="pt", **how).input_features
    first = extract(sound[: FRAMES * HOP], sampling_rate=RATE, return_tensors="pt").input_features
    theirs = hear(model, features, temperature=(0.0,))
    mine = [token for segment in ours["segments"] for token in segment["tokens"]]
    wanted = [token for segment in theirs for token in segment["tokens"]]
    equal = next((i for i, (a, b) in enumerate(zip(mine, wanted, strict=False)) if a != b), min(len(mine), len(wanted)))
    same = mine == wanted
    return Clip(
        name=name, seconds=ours["seconds"], language=ours["language"],
        features=float((read_features(folder / f"{name}.features", features.shape) - features).abs().max()),
        heard=heard_difference(folder / f"{name}.heard", model, first),
        tokens=len(wanted), equal=len(wanted) if same else equal, gap=None if same else gap_at(model, first, wanted, mine, equal),
    )  # fmt: skip


def read_features(path: Path, shape: torch.Size) -> torch.Tensor:
    return torch.from_numpy(np.fromfile(path, np.float32)).reshape(shape)


def heard_difference(path: Path, model, features: torch.Tensor) -> float:
    """Of the keys and values that the decoder is given: the encoder's output through each layer's projections."""
    encoded = model.get_encoder()(features).last_hidden_state
    parts = [projection(encoded) for layer in model.model.decoder.layers for projection in _projections(layer.encoder_attn)]
    heads = model.config.decoder_attention_heads
    wanted = torch.stack([part.unflatten(-1, (heads, -1)).transpose(1, 2)[0] for part in parts])
    actual = torch.from_numpy(np.fromfile(path, np.float16).astype(np.float32)).reshape(wanted.shape)
    deviation = wanted.std((1, 2, 3), keepdim=True)
    return float(((actual - wanted) / deviation).abs().max())


def _projections(attention) -> tuple:
    return attention.k_proj, attention.v_proj


def gap_at(model, features: torch.Tensor, wanted: list[int], mine: list[int], at: int) -> float | None:
    """Only where the difference lies in the first window, whose prompt is known; else None."""
    if at >= min(len(wanted), len(mine)):
        return None
    config = model.generation_config
    language = model.detect_language(features, generation_config=config)
    prompt = [config.decoder_start_token_id, int(language[0]), config.task_to_id["transcribe"], *wanted[:at]]
    logits = model(features, decoder_input_ids=torch.tensor([prompt])).logits[0, -1]
    return float(logits[wanted[at]] - logits[mine[at]])


def row(clip: Clip) -> str:
    verdict = "equal"
    if clip.features > FEATURES_ALLOWED:
        verdict = "**features differ**"
    elif clip.equal < clip.tokens or clip.gap is not None:
        gap = "" if clip.gap is None else f", by a logit gap of {clip.gap:.4f}"
        verdict = f"**differ from token {clip.equal} on{gap}**"
    return (
        f"| {clip.name} | {clip.seconds:.1f} | {clip.language} | {clip.features:.1e} | {clip.heard:.1e} "
        f"| {clip.equal} of {clip.tokens} | {verdict} |\n"
    )


def main(checkpoint: Path, folder: Path, names: list[str]) -> None:
    from transformers import WhisperFeatureExtractor

    model, _, _ = load_reference(checkpoint)
    extract = WhisperFeatureExtractor(feature_size=model.config.num_mel_bins)
    print("| Clip | s | Language heard | Log-mel, largest difference | Keys and values, of their deviation | Tokens equal | |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(row(compare(name, folder, model, extract)), end="", flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
