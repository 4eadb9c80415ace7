"""What an export holds in memory while it writes a program."""

import subprocess
import sys
import textwrap

import torch

from pteron_export.memory import untouched_zeros

_WRITE = """
    import resource, sys
    from pathlib import Path
    import torch
    from torch import nn
    from pteron_export.lowering import placed_weights

    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    model = nn.ModuleList(nn.Linear(2048, 4096, False, device="meta") for _ in range(24))
    torch.ones(4096, 2048).to(torch.bfloat16)
    before = peak()
    with placed_weights(model, lambda _: torch.ones(4096, 2048), torch.bfloat16, Path(sys.argv[1])):
        print(peak() - before, sum(p.nbytes for p in model.parameters()))
    assert model[23].weight[4095, 2047] == 1
"""


def test_weights_pass_through_memory_one_module_at_a_time(tmp_path):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(_WRITE), str(tmp_path / "p.pte")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    grown, written = map(int, done.stdout.split())
    assert written == 24 * 2048 * 4096 * 2 and grown < written / 4
    assert (tmp_path / "p.pte").stat().st_size > written


def test_untouched_zeros_are_zeros_that_can_be_written():
    zeros = untouched_zeros(torch.Size([2, 3]), torch.bfloat16)
    zeros[1, 2] = 5
    assert zeros.dtype == torch.bfloat16 and zeros.sum() == 5
