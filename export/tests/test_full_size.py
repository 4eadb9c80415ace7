"""The check of full-size models, on one that is tiny: a program of two methods, Whisper's, is exported, planned and run."""

from pteron_export.fixtures.foreign.whisper import CONFIG
from pteron_export.full_size.check import check
from pteron_export.full_size.configs import MODELS, Named

TINY = CONFIG | {
    "model_type": "whisper", "d_model": 64, "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "num_mel_bins": 128,
    "max_position_embeddings": CONFIG["max_target_positions"],
}  # fmt: skip


def test_a_whisper_hears_and_writes():
    said: list[str] = []
    record = check(Named("tiny-whisper", "none", "WhisperForConditionalGeneration", TINY), "8:g32", said.append)
    assert (record["context"], len(record["tokens"])) == (64, 8)
    assert record["hearsTimesRealTime"] > 0 and record["logits"]["finite"]
    assert record["plannedBytes"] > record["bytes"] > 0 and record["stateBytesPerToken"] > 0


def test_large_v3_turbo_has_its_published_shape():
    turbo = next(model for model in MODELS if model.id == "whisper-large-v3-turbo").config
    assert (turbo["encoder_layers"], turbo["decoder_layers"], turbo["num_mel_bins"], turbo["d_model"]) == (32, 4, 128, 1280)
