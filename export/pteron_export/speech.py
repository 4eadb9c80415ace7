"""A speech checkpoint → the program, model.json and a comparison with transformers on the same weights."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import known_sources
from .checkpoints.checkpoint import Checkpoint
from .checkpoints.whisper_tokens import speech_tokens
from .errors import program_differs
from .lowering import Method, lower_methods, placed_weights
from .manifest import manifest, write_json
from .memory_plan import LongestCall, MemoryPlan, plan_methods
from .models.layers import Limits
from .models.whisper import Decode, Encode, Whisper, to_transformers
from .quantization.requantized import Requantized
from .quantization.scheme import Scheme
from .reference import program_weights
from .run_program import DelegateRunner, choose_runner

RATE = 16_000
GENERATED = 12  # tokens compared after the prompt, each with the KV cache of those before


def methods_of(model: Whisper, dtype: torch.dtype) -> dict[str, Method]:
    """encode and decode, with inputs to trace them with."""
    attention = model.decoder.layers[0].encoder_attn
    shape = (1, attention.heads, model.frames // 2, attention.dim)
    heard = tuple(torch.zeros(shape, dtype=dtype) for _ in range(2 * len(model.decoder.layers)))
    s = torch.export.Dim("S", min=1, max=model.limits.chunk)
    tokens = torch.zeros(1, min(7, model.limits.chunk), dtype=torch.long)
    return {
        "encode": Method(Encode(model).eval(), (torch.zeros(1, model.mels, model.frames),)),
        "decode": Method(Decode(model).eval(), (tokens, torch.tensor([0]), *heard), ({1: s}, None, (None,) * len(heard))),
    }


def write_speech_program(model: Whisper, vocabulary: int, out: Path, say=lambda _: None, file=None) -> None:
    constants = {
        "get_max_context_len": model.limits.context,
        "get_max_seq_len": model.limits.chunk,
        "get_vocab_size": vocabulary,
    }
    lower_methods(methods_of(model, model.limits.dtype), out, constants, say, file)


def plan_speech(model: Whisper, vocabulary: int, weights: int) -> MemoryPlan:
    """`weights`: bytes of the program's file."""
    methods = methods_of(model, model.limits.dtype)
    hear = LongestCall(methods["encode"].model, methods["encode"].example, model.frames // 2)
    _, position, *heard = methods["decode"].example
    tokens = torch.zeros(1, model.limits.chunk, dtype=torch.long)
    write = LongestCall(methods["decode"].model, (tokens, position, *heard), model.limits.chunk)
    return plan_methods([write, hear], model.limits, vocabulary, weights)


def write_speech(options, checkpoint: Checkpoint, folder: Path, limits: Limits, scheme: Scheme, say) -> None:
    """Fills a model folder whose tokenizer is written already."""
    from .exporter import count_parameters

    say(f"loading weights ({checkpoint.quantization}, --quantize {options.quantize or 'auto'})")
    model = checkpoint.recipe.build(checkpoint.config, limits)
    held = Requantized(checkpoint, scheme, model, limits.dtype)
    vocabulary = checkpoint.config["vocab_size"]
    with placed_weights(model, held.get, limits.dtype, folder / "model.pte") as file:
        write_speech_program(model, vocabulary, folder / "model.pte", say, file)
    tokens = speech_tokens(folder / "tokenizer.json", checkpoint.generation)
    record = verify(model, checkpoint.config, tokens, folder, say) if options.verify else {}
    known = known_sources.KNOWN.get(checkpoint.sha256, {})
    described = manifest(
        id=options.id, name=known.get("name", checkpoint.name), family=checkpoint.recipe.FAMILY, role="speech", limits=limits,
        vocabulary=vocabulary, sliding_window=None, parameters=count_parameters(model), quantization=held.description,
        tokens={"bos": tokens["startOfTranscript"], "eos": [tokens["endOfText"]], "addBos": False}, fim=None,
        licence=known.get("licence") or known_sources.licence_of(checkpoint.licence),
        source={"name": known.get("source", checkpoint.name), "sha256": checkpoint.sha256,
                "revision": known.get("revision") or checkpoint.revision or f"sha256:{checkpoint.sha256[:12]}"},
        verification=record,
    )  # fmt: skip
    write_json(folder / "model.json", with_speech(described, model, tokens))


def with_speech(record: dict, model: Whisper, tokens: dict) -> dict:
    """model.json of a language model → of a recognizer."""
    heard = [f"{what}{layer}" for layer in range(len(model.decoder.layers)) for what in ("keys", "values")]
    methods = {
        "encode": {"inputs": ["features"], "outputs": heard},
        "decode": {"inputs": ["tokens", "position", *heard], "outputs": ["logits"]},
    }
    speech = {"kind": "whisper", "melBins": model.mels, "frames": model.frames, "tokens": tokens}
    return record | {"methods": methods, "maxLogitRows": 1, "speech": speech}


def transformers_whisper(config: dict, weights: Iterator[tuple[str, torch.Tensor]]) -> nn.Module:
    """transformers' own model of `config` in fp32 with these weights; every one must find its place."""
    from transformers import WhisperConfig, WhisperForConditionalGeneration
    from transformers.initialization import no_init_weights

    settings = WhisperConfig(**{key: value for key, value in config.items() if key != "model_type"})
    with no_init_weights():
        model = WhisperForConditionalGeneration._from_config(settings, dtype=torch.float32, attn_implementation="eager")
    state = {name: to_transformers(name, tensor) for name, tensor in weights}
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"]
    result = model.load_state_dict(state, strict=False, assign=True)
    if result.missing_keys or result.unexpected_keys:
        raise ValueError(f"weights do not fit transformers' model: {result}")
    return model.eval()


def sound_features(mels: int, frames: int) -> torch.Tensor:
    """fp32 [1, mels, frames] of a voice-like sound: a gliding tone with overtones, in syllables, over faint noise."""
    from transformers import WhisperFeatureExtractor

    extract = WhisperFeatureExtractor(feature_size=mels, chunk_length=frames // 100)
    return extract(sound_samples(frames * 160), sampling_rate=RATE, return_tensors="pt").input_features


def sound_samples(count: int) -> np.ndarray:
    """fp32 [count] of it at 16 kHz."""
    time_ = np.arange(count) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * time_)) / RATE
    voice = sum(np.sin(n * pitch) / n for n in range(1, 20)) * (np.sin(2 * np.pi * 3 * time_) > -0.3)
    noise = np.random.default_rng(5).standard_normal(count)
    return (0.1 * voice + 0.003 * noise).astype(np.float32)


@torch.no_grad()
def verify(model: Whisper, config: dict, tokens: dict, folder: Path, say) -> dict:
    """The record for model.json. Raises program_invalid where program and transformers disagree."""
    started = time.monotonic()
    features = sound_features(model.mels, model.frames)
    prompt = [tokens["startOfPrevious"], *range(300, 308), tokens["startOfTranscript"]]
    say("verifying: transformers with the program's weights")
    reference = transformers_whisper(config, program_weights(model))
    heard = reference.get_encoder()(features)
    ids = torch.tensor([prompt])
    for _ in range(GENERATED):
        logits = reference(encoder_outputs=heard, decoder_input_ids=ids, use_cache=False).logits[0]
        ids = torch.cat([ids, logits[-1:].argmax(-1, keepdim=True)], 1)
    expected = logits[len(prompt) - 1 :]
    del reference
    runner = choose_runner(model)
    own = isinstance(runner, DelegateRunner) and model.limits.dtype != torch.bfloat16  # NumPy has none
    say(f"verifying: the program ({runner.name if own else 'eager model'})")
    calls = [(ids[:, : len(prompt)], 0)] + [(ids[:, i : i + 1], i) for i in range(len(prompt), ids.shape[1] - 1)]
    rows = _run_program(runner, folder, features, calls) if own else _run_eager(model, features, calls)
    differences = (rows - expected).abs()
    record = {
        "rows": len(rows),
        "argmaxAgreement": round(float((rows.argmax(-1) == expected.argmax(-1)).float().mean()), 4),
        "maxLogitDifference": round(float(differences.max()), 5),
        "meanLogitDifference": round(float(differences.mean()), 6),
        "logitDeviation": round(float(expected.std()), 3),
        "runner": runner.name if own else "eager model",
        "seconds": round(time.monotonic() - started, 1),
    }
    say(f"verified: logits differ by {record['maxLogitDifference']} at most, of a deviation of {record['logitDeviation']}")
    if not record["meanLogitDifference"] <= 0.02 * record["logitDeviation"]:  # NaN fails too
        difference = record["meanLogitDifference"]
        raise program_differs(f"The program's logits differ from transformers' by {difference} on the same weights.")
    return record


def _run_eager(model: Whisper, features: torch.Tensor, calls: list) -> torch.Tensor:
    heard = Encode(model)(features)
    decode = Decode(model)
    return torch.cat([decode(tokens, torch.tensor([position]), *heard)[0] for tokens, position in calls])


def _run_program(runner: DelegateRunner, folder: Path, features: torch.Tensor, calls: list) -> torch.Tensor:
    program = folder / "model.pte"
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        work = Path(scratch)
        np.save(work / "features.npy", features.numpy())
        runner.run(program, "encode", [[work / "features.npy"]], work / "heard")
        count = len(list((work / "heard").iterdir()))
        heard = [work / "heard" / f"call0.output{index}.npy" for index in range(count)]
        inputs = []
        for index, (tokens, position) in enumerate(calls):
            np.save(work / f"{index}.tokens.npy", tokens.numpy())
            np.save(work / f"{index}.position.npy", np.array([position]))
            inputs.append([work / f"{index}.tokens.npy", work / f"{index}.position.npy", *heard])
        runner.run(program, "decode", inputs, work / "out")
        rows = [np.load(work / "out" / f"call{index}.output0.npy")[0] for index in range(len(calls))]
        return torch.from_numpy(np.concatenate(rows))
