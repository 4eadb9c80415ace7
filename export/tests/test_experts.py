"""Mixtures of experts: the operators against a plain computation, which layers are sparse, and how checkpoints hold experts."""

import pytest
import torch
import torch.nn.functional as F
from transformers import AutoConfig
from transformers.models.qwen3_moe.modeling_qwen3_moe import Qwen3MoeDecoderLayer, Qwen3MoeSparseMoeBlock

from pteron_export.checkpoints.stored_names import read_stored
from pteron_export.models import qwen3_moe
from pteron_export.models.switch import SwitchLinear
from pteron_export.quantization import quantize

EXPERTS, INPUTS, INNER = 6, 32, 64


@pytest.fixture
def random():
    return torch.Generator().manual_seed(5)


def test_a_route_takes_the_largest_probabilities(random):
    logits = torch.randn(9, EXPERTS, generator=random)
    every = F.softmax(logits, dim=-1)
    for normalize in (True, False):
        weights, indices = torch.ops.pteron.route(logits, 3, normalize)
        expected, chosen = torch.topk(every, 3)
        assert torch.equal(chosen.sort().values, indices.long().sort().values)
        if normalize:
            expected = expected / expected.sum(-1, keepdim=True)
        torch.testing.assert_close(weights.sort().values, expected.sort().values)


@pytest.mark.parametrize("bits", [None, 4, 8, "nvfp4"])
def test_experts_mix_what_each_gives(random, bits):
    up = torch.randn(EXPERTS * 2 * INNER, INPUTS, generator=random)
    down = torch.randn(EXPERTS * INPUTS, INNER, generator=random)
    modules = SwitchLinear(EXPERTS, INPUTS, 2 * INNER), SwitchLinear(EXPERTS, INNER, INPUTS)
    if bits:
        packed = [quantize(up, bits, 32), quantize(down, bits, 32)]
        up, down = (each.dequantize() for each in packed)
        modules = [m.quantized(p) for m, p in zip(modules, packed, strict=True)]
        assert all(torch.equal(m.packed.dequantize(), p.dequantize()) for m, p in zip(modules, packed, strict=True))
    else:
        modules[0].weight, modules[1].weight = torch.nn.Parameter(up), torch.nn.Parameter(down)
    x, weights = torch.randn(5, INPUTS, generator=random), torch.rand(5, 2, generator=random)
    indices = torch.tensor([[0, 5], [1, 2], [5, 0], [3, 4], [2, 3]], dtype=torch.int32)
    got = torch.ops.pteron.experts(x, weights, indices, *modules[0].operands(), *modules[1].operands())
    for row in range(5):
        expected = torch.zeros(INPUTS)
        for weight, expert in zip(weights[row], indices[row].tolist(), strict=True):
            gate, up_of = (up.view(EXPERTS, -1, INPUTS)[expert] @ x[row]).chunk(2)
            expected += weight * (down.view(EXPERTS, INPUTS, INNER)[expert] @ (F.silu(gate) * up_of))
        torch.testing.assert_close(got[row], expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("change", [{}, {"mlp_only_layers": [0, 2]}, {"decoder_sparse_step": 2}, {"num_experts": 0}])
def test_sparse_layers_are_transformers(change):
    sizes = {"hidden_size": 8, "intermediate_size": 8, "moe_intermediate_size": 8, "num_attention_heads": 1, "head_dim": 8}
    config = AutoConfig.for_model("qwen3_moe", num_hidden_layers=4, num_key_value_heads=1, **sizes, **{"num_experts": 4} | change)
    theirs = [isinstance(Qwen3MoeDecoderLayer(config, i).mlp, Qwen3MoeSparseMoeBlock) for i in range(4)]
    assert [qwen3_moe.is_sparse(config.to_dict(), i) for i in range(4)] == theirs


def test_experts_are_found_fused_and_one_by_one():
    gate, up, down = torch.randn(3, 4, 2), torch.randn(3, 4, 2), torch.randn(3, 2, 4)
    fused = {"l.experts.gate_up_proj": torch.cat((gate, up), 1), "l.experts.down_proj": down}
    single = {f"l.experts.{e}.{name}.weight": t[e] for e in range(3)
              for name, t in (("gate_proj", gate), ("up_proj", up), ("down_proj", down))}  # fmt: skip
    for held in (fused, single):
        find = lambda name: read_stored(name, held.__contains__, held.__getitem__)  # noqa: B023, E731
        assert torch.equal(find("l.experts.gate_up_proj.weight"), torch.cat((gate, up), 1).flatten(0, 1))
        assert torch.equal(find("l.experts.down_proj.weight"), down.flatten(0, 1))
    del single["l.experts.1.up_proj.weight"]
    assert read_stored("l.experts.gate_up_proj.weight", single.__contains__, single.__getitem__) is None
    assert read_stored("l.experts.down_proj.weight", {}.__contains__, {}.__getitem__) is None
