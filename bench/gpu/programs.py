"""Programs of a model's true shapes without its weights, for a machine where weights are made (fill.py).

Quantized weights are zeros but for a number that keeps equal tensors apart, so a program of gigabytes travels as kilobytes,
and takes as little of a disk. Beside NAME.pte goes NAME.json: where in the file each constant lies, and the configuration for
the peer.

Usage: python bench/gpu/programs.py FOLDER [NAME[:LAYERS] …]   (LAYERS: only so many, for a try on a small machine)
"""

import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "export"))

from pteron_export import mlx_support  # noqa: E402

mlx_support.enable()

from executorch.exir._serialize._flatbuffer import _program_flatbuffer_to_json  # noqa: E402

from pteron_export import models  # noqa: E402
from pteron_export.lowering import write_program  # noqa: E402
from pteron_export.models.layers import Limits  # noqa: E402
from pteron_export.quantization import AffineTensor  # noqa: E402

BITS, GROUP, CONTEXT, CHUNK = 4, 64, 4096, 512
CONFIGS = {
    "gemma3-270m": {
        "architecture": "Gemma3ForCausalLM", "model_type": "gemma3_text", "vocab_size": 262_144, "hidden_size": 640,
        "intermediate_size": 2048, "num_hidden_layers": 18, "num_attention_heads": 4, "num_key_value_heads": 1,
        "head_dim": 256, "query_pre_attn_scalar": 256, "sliding_window": 512, "sliding_window_pattern": 6,
        "rms_norm_eps": 1e-6, "rope_theta": 1_000_000.0, "rope_local_base_freq": 10_000.0, "tie_word_embeddings": True,
        "max_position_embeddings": 32_768,
    },
    "qwen3-4b": {
        "architecture": "Qwen3ForCausalLM", "model_type": "qwen3", "vocab_size": 151_936, "hidden_size": 2560,
        "intermediate_size": 9728, "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
        "head_dim": 128, "rms_norm_eps": 1e-6, "rope_theta": 1_000_000.0, "tie_word_embeddings": True,
        "max_position_embeddings": 40_960,
    },
    "qwen3-coder-30b-a3b": {
        "architecture": "Qwen3MoeForCausalLM", "model_type": "qwen3_moe", "vocab_size": 151_936, "hidden_size": 2048,
        "intermediate_size": 5472, "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128,
        "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "norm_topk_prob": True,
        "decoder_sparse_step": 1, "mlp_only_layers": [], "rms_norm_eps": 1e-6, "rope_theta": 10_000_000.0,
        "tie_word_embeddings": False, "max_position_embeddings": 262_144,
    },
    # The defaults of transformers' Qwen3_5MoeTextConfig are this checkpoint's; its RoPE: Megatron Bridge's Qwen 3.5 recipe.
    "qwen3.5-35b-a3b": {
        "architecture": "Qwen3_5MoeForCausalLM", "model_type": "qwen3_5_moe", "vocab_size": 248_320, "hidden_size": 2048,
        "num_hidden_layers": 40, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256, "rms_norm_eps": 1e-6,
        "full_attention_interval": 4, "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_value_head_dim": 128,
        "linear_num_key_heads": 16, "linear_num_value_heads": 32, "num_experts": 256, "num_experts_per_tok": 8,
        "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "tie_word_embeddings": False,
        "max_position_embeddings": 262_144,
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 10_000_000.0, "partial_rotary_factor": 0.25, "mrope_section": [11, 11, 10],
        },
    },
}  # fmt: skip


def blank(model: torch.nn.Module, dense: tuple[str, ...]):
    """Weights by name: ones for norms, zeros for matrices, affine but for those that end like one of `dense`."""
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    count = 0

    def get(name: str):
        nonlocal count
        shape = shapes[name]
        if len(shape) == 1:
            return -torch.ones(shape) if name.endswith(".A_log.weight") else torch.ones(shape)
        count += 1
        if name.endswith(dense):
            matrix = torch.zeros(shape)
            matrix[0, 0] = count
            return matrix
        rows, columns = shape
        words = torch.zeros(rows, columns * BITS // 32, dtype=torch.int32)
        scales, biases = torch.zeros(rows, columns // GROUP), torch.zeros(rows, columns // GROUP)
        words[0, 0], scales[0, 0], biases[0, 0] = count, count, -count
        return AffineTensor(words, scales, biases, BITS, GROUP)

    return get


def constants_of(program: Path) -> dict:
    """{name: {offset, bytes}} of a program's named data."""
    with program.open("rb") as file:
        head = file.read(40)
        size, base = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:32], "little")
        file.seek(0)
        description = json.loads(_program_flatbuffer_to_json(file.read(size)))
    segments = description["segments"]
    place = lambda entry: segments[entry["segment_index"]]  # noqa: E731
    return {
        entry["key"]: {"offset": base + place(entry).get("offset", 0), "bytes": place(entry)["size"]}
        for entry in description["named_data"]
    }


def write(name: str, folder: Path, layers: int | None) -> None:
    config = CONFIGS[name] | ({"num_hidden_layers": layers} if layers else {})
    limits, recipe, program = Limits(CONTEXT, CHUNK, torch.bfloat16), models.recipe_for(config["architecture"]), folder / f"{name}.pte"
    model = recipe.build(config, limits)
    weights = blank(model, getattr(recipe, "DENSE", ()))
    write_program(model, limits, config["vocab_size"], weights, program, lambda step: print(name, step, flush=True))
    layout = {"config": config, "bits": BITS, "group": GROUP, "chunk": CHUNK, "context": CONTEXT}
    (folder / f"{name}.json").write_text(json.dumps(layout | {"constants": constants_of(program)}, indent=1))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[2:] or CONFIGS:
        model_name, _, count = each.partition(":")
        write(model_name, target, int(count) if count else None)
