"""The GPU's memory bandwidth as a plain read sees it, bytes a second: the best of ten sums of 2 GiB."""

import torch

data = torch.ones(1 << 30, dtype=torch.bfloat16, device="cuda")
best = 0.0
for _ in range(10):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    data.sum()
    end.record()
    torch.cuda.synchronize()
    best = max(best, data.nbytes / start.elapsed_time(end) * 1e3)
print(int(best))
