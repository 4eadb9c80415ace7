"""The memory of this process and of the machine."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Returns to the system what was freed: glibc keeps the room of small objects, gigabytes after a tokenizer's conversion."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; other C libraries return memory by themselves
        if trim is not None:
            trim(0)
