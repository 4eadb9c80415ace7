"""The named models' published configurations: what their config.json on huggingface.co says of the text model's shape.

Each entry names the repository that it is from. Keys are transformers'; what its class fills in by default is left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    id: str
    repository: str
    architecture: str
    config: dict
    minimum_memory: int = 0
    """GiB of a machine below which it is skipped unless it is named."""


_LLAMA = {
    "model_type": "llama", "vocab_size": 128_256, "num_key_value_heads": 8, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
    "max_position_embeddings": 131_072, "intermediate_size": 8192,
    "rope_parameters": {
        "rope_type": "llama3", "rope_theta": 500_000.0, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
}  # fmt: skip
_QWEN3 = {
    "model_type": "qwen3", "vocab_size": 151_936, "num_key_value_heads": 8, "head_dim": 128, "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True, "max_position_embeddings": 40_960,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
}  # fmt: skip
_QWEN2 = {
    "model_type": "qwen2", "rms_norm_eps": 1e-6, "max_position_embeddings": 32_768,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
}  # fmt: skip
_GEMMA = {
    "model_type": "gemma3_text", "head_dim": 256, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True, "max_position_embeddings": 32_768, "sliding_window_pattern": 6,
    "rope_theta": 1e6, "rope_local_base_freq": 1e4,
}  # fmt: skip
# Factors of LongRoPE, [head_dim · 0.75 / 2]; the short ones are all 1.
_PHI_LONG = [
    1, 1.118320672, 1.250641126, 1.398617824, 1.564103225, 1.74916897, 1.956131817, 2.187582649, 2.446418898, 2.735880826,
    3.059592084, 3.421605075, 3.826451687, 4.279200023, 4.785517845, 5.351743533, 5.984965424, 6.693110555, 7.485043894,
    8.370679318, 9.36110372, 10.4687158, 11.70738129, 13.09260651, 14.64173252, 16.37415215, 18.31155283, 20.47818807,
    22.90118105, 25.61086418, 28.64115884, 32.03, 32.1, 32.13, 32.23, 32.6, 32.61, 32.64, 32.66, 32.7, 32.71, 32.93, 32.97,
    33.28, 33.49, 33.5, 44.16, 47.77,
]  # fmt: skip

_VOXTRAL_ROPE = {"rope_type": "default", "rope_theta": 1e6}
_VOXTRAL_AUDIO = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_mel_bins": 128}


def _shape(hidden: int, layers: int, heads: int, **more) -> dict:
    return {"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, **more}


MODELS = (
    Named("gemma-3-270m", "google/gemma-3-270m", "Gemma3ForCausalLM", _GEMMA | _shape(
        640, 18, 4, num_key_value_heads=1, intermediate_size=2048, sliding_window=512, vocab_size=262_144)),
    Named("qwen2.5-coder-0.5b", "Qwen/Qwen2.5-Coder-0.5B", "Qwen2ForCausalLM", _QWEN2 | _shape(
        896, 24, 14, num_key_value_heads=2, intermediate_size=4864, vocab_size=151_936, tie_word_embeddings=True)),
    Named("qwen3-0.6b", "Qwen/Qwen3-0.6B", "Qwen3ForCausalLM", _QWEN3 | _shape(1024, 28, 16, intermediate_size=3072)),
    Named("gemma-3-1b", "google/gemma-3-1b-it", "Gemma3ForCausalLM", _GEMMA | _shape(
        1152, 26, 4, num_key_value_heads=1, intermediate_size=6912, sliding_window=512, vocab_size=262_144)),
    Named("whisper-large-v3-turbo", "openai/whisper-large-v3-turbo", "WhisperForConditionalGeneration", {
        "model_type": "whisper", "d_model": 1280, "encoder_layers": 32, "decoder_layers": 4, "encoder_attention_heads": 20,
        "decoder_attention_heads": 20, "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120, "num_mel_bins": 128, "vocab_size": 51_866,
        "max_source_positions": 1500, "max_target_positions": 448, "max_position_embeddings": 448}),
    Named("llama-3.2-1b", "meta-llama/Llama-3.2-1B-Instruct", "LlamaForCausalLM", _LLAMA | _shape(2048, 16, 32, head_dim=64)),
    Named("qwen2.5-coder-1.5b", "Qwen/Qwen2.5-Coder-1.5B", "Qwen2ForCausalLM", _QWEN2 | _shape(
        1536, 28, 12, num_key_value_heads=2, intermediate_size=8960, vocab_size=151_936, tie_word_embeddings=True)),
    Named("qwen3-1.7b", "Qwen/Qwen3-1.7B", "Qwen3ForCausalLM", _QWEN3 | _shape(2048, 28, 16, intermediate_size=6144)),
    Named("llama-3.2-3b", "meta-llama/Llama-3.2-3B-Instruct", "LlamaForCausalLM", _LLAMA | _shape(3072, 28, 24, head_dim=128)),
    Named("phi-4-mini", "microsoft/Phi-4-mini-instruct", "Phi3ForCausalLM", _shape(
        3072, 32, 24, model_type="phi3", num_key_value_heads=8, intermediate_size=8192, vocab_size=200_064, rms_norm_eps=1e-5,
        tie_word_embeddings=True, max_position_embeddings=131_072, sliding_window=262_144, partial_rotary_factor=0.75,
        original_max_position_embeddings=4096, rope_parameters={
            "rope_type": "longrope", "rope_theta": 10_000.0, "partial_rotary_factor": 0.75,
            "original_max_position_embeddings": 4096, "short_factor": [1.0] * 48, "long_factor": _PHI_LONG})),
    Named("gemma-3-4b", "google/gemma-3-4b-it (text_config)", "Gemma3ForCausalLM", _GEMMA | _shape(
        2560, 34, 8, num_key_value_heads=4, intermediate_size=10_240, sliding_window=1024, vocab_size=262_208,
        max_position_embeddings=131_072, rope_scaling={"rope_type": "linear", "factor": 8.0})),
    Named("qwen3-4b", "Qwen/Qwen3-4B", "Qwen3ForCausalLM", _QWEN3 | _shape(2560, 36, 32, intermediate_size=9728)),
    Named("voxtral-mini-3b", "mistralai/Voxtral-Mini-3B-2507", "VoxtralForConditionalGeneration", _shape(
        3072, 30, 32, model_type="llama", num_key_value_heads=8, head_dim=128, intermediate_size=8192, vocab_size=131_072,
        rms_norm_eps=1e-5, tie_word_embeddings=False, max_position_embeddings=131_072, audio_token_id=24,
        rope_parameters=_VOXTRAL_ROPE | {"rope_theta": 1e8}, audio_config=_VOXTRAL_AUDIO | {
            "num_attention_heads": 20, "max_source_positions": 1500})),
    Named("voxtral-realtime-4b", "mistralai/Voxtral-Mini-4B-Realtime-2602", "VoxtralRealtimeForConditionalGeneration", _shape(
        3072, 26, 32, model_type="voxtral_realtime_text", num_key_value_heads=8, head_dim=128, intermediate_size=9216,
        vocab_size=131_072, rms_norm_eps=1e-5, tie_word_embeddings=True, max_position_embeddings=131_072, sliding_window=8192,
        rope_parameters=_VOXTRAL_ROPE, audio_length_per_tok=8, downsample_factor=4, default_num_delay_tokens=6,
        audio_config=_VOXTRAL_AUDIO | {
            "num_attention_heads": 32, "head_dim": 64, "sliding_window": 750, "rms_norm_eps": 1e-5, "hidden_act": "silu",
            "rope_parameters": _VOXTRAL_ROPE})),
    Named("qwen2.5-coder-7b", "Qwen/Qwen2.5-Coder-7B", "Qwen2ForCausalLM", _QWEN2 | _shape(
        3584, 28, 28, num_key_value_heads=4, intermediate_size=18_944, vocab_size=152_064, tie_word_embeddings=False)),
    Named("qwen3-coder-30b-a3b", "Qwen/Qwen3-Coder-30B-A3B-Instruct", "Qwen3MoeForCausalLM", _QWEN3 | _shape(
        2048, 48, 32, model_type="qwen3_moe", num_key_value_heads=4, intermediate_size=5472, moe_intermediate_size=768,
        num_experts=128, num_experts_per_tok=8, norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[],
        tie_word_embeddings=False, max_position_embeddings=262_144,
        rope_parameters={"rope_type": "default", "rope_theta": 1e7}), minimum_memory=24),
)  # fmt: skip
