"""The memory of this process and of the machine."""

import ctypes
import gc
import math
import sys

import numpy as np
import torch


def give_back() -> None:
    """Returns to the system what was freed: glibc keeps the room of small objects, gigabytes after a tokenizer's conversion."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; other C libraries return memory by themselves
        if trim is not None:
            trim(0)


def untouched_zeros(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Zeros that take memory only where they are written, for a context's caches are gigabytes of which lowering needs the shapes:
    PyTorch writes all of its own."""
    return torch.from_numpy(np.zeros(math.prod(shape) * dtype.itemsize, np.uint8)).view(dtype).view(shape)
