"""The memory of this process and of the machine."""

import ctypes
import gc
import math
import sys

import numpy as np
import torch

_MMAP_THRESHOLD = -3  # of malloc.h


def give_back() -> None:
    """Returns to the system what was freed: glibc keeps the room of small objects, gigabytes after a tokenizer's conversion."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; other C libraries return memory by themselves
        if trim is not None:
            trim(0)


def return_large_blocks() -> None:
    """glibc keeps freed blocks of up to 32 MB, a layer's matrices, for itself: from 1 MB on they go back to the system at once."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, 1 << 20)


def untouched_zeros(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Zeros that take memory only where they are written, for a context's caches are gigabytes of which lowering needs the shapes:
    PyTorch writes all of its own."""
    return torch.from_numpy(np.zeros(math.prod(shape) * dtype.itemsize, np.uint8)).view(dtype).view(shape)
