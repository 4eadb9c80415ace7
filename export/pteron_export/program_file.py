"""A `.pte` written front to back with its large constants first, so that no more than one of them is ever in memory.

A program's table of constants is known only once it is lowered, and lowering needs the constants' shapes. So room is left for
the table at the file's beginning, each constant goes to its final place as it is made, and a tensor mapped from there stands
for it in the model: lowering hands it through untouched, and `finish` writes the table with the places it has.
Source of the format: executorch/exir/_serialize/_program.py.
"""

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from executorch.exir._serialize import _program as pte
from executorch.exir._serialize._cord import Cord, FileBackedData
from executorch.exir._serialize.padding import aligned_size, pad_to
from executorch.exir.tensor import ALIGNMENT
from torch import nn

from .errors import ExportError
from .memory import give_back

PAGE = 16_384  # Apple Silicon's: Metal wraps memory without a copy only at page borders
LARGE = 65_536
_SMALL_ALIGNMENT = 128
_RETURN = 1 << 26  # bytes placed before freed memory is given back
_BLOCK = 1 << 20
_HEAD, _HEAD_PER_CONSTANT = 32_768, 192  # an entry of the table takes about 90 bytes


class _Placed(FileBackedData):
    """Bytes that already lie in the file. executorch compares constants by length, prefix and hash: each is only itself."""

    def __init__(self, path: Path, offset: int, size: int):
        self._path, self.offset, self._size = str(path), offset, size
        self._finalizer = None

    def prefix(self, size: int) -> bytes:
        return f"{self.offset:032x}".encode()[:size]

    def sha256(self) -> bytes:
        return self.prefix(32)


@dataclass(frozen=True)
class _Segment:
    """A segment of the program as executorch serialized it: placed before, or bytes."""

    placed: _Placed | None
    data: bytes


class ProgramFile:
    """Use as a context manager; `path` is a whole program after `finish`, and nothing of use before."""

    def __init__(self, path: Path, constants: int):
        """constants: at most how many the program has; room is left for their names and places."""
        self._path = path
        self._base = aligned_size(_HEAD + _HEAD_PER_CONSTANT * constants, PAGE)
        self._end = self._base
        self._placed: dict[tuple[int, int], _Placed] = {}
        self._maps: list[mmap.mmap] = []
        self._since_returned = 0

    def __enter__(self) -> "ProgramFile":
        self._file = self._path.open("w+b")
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def place_constants_of(self, module: nn.Module) -> None:
        """Writes the large tensors that `module` itself holds and lets it hold the file's bytes instead."""
        for tensors in (module._parameters, module._buffers):
            for name, tensor in tensors.items():
                if tensor is not None and tensor.nbytes >= LARGE:
                    placed = self.place(tensor.detach())
                    tensors[name] = nn.Parameter(placed, requires_grad=False) if tensors is module._parameters else placed

    def place(self, tensor: torch.Tensor) -> torch.Tensor:
        """Appends a constant at a page border. Returns it mapped from the file."""
        offset, size = aligned_size(self._end, PAGE), tensor.nbytes
        self._file.seek(offset)
        self._write_sparsely(tensor.contiguous().reshape(-1).view(torch.uint8).numpy())
        self._file.flush()
        self._file.truncate(offset + size)
        self._end = offset + size
        self._since_returned += size
        if self._since_returned > _RETURN:  # glibc and reference cycles hold on to the weights that went to the file
            self._since_returned = 0
            give_back()
        mapped = mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_COPY, offset=offset)
        self._maps.append(mapped)
        constant = torch.frombuffer(mapped, dtype=tensor.dtype).view(tensor.shape)
        self._placed[constant.data_ptr(), size] = _Placed(self._path, offset, size)
        return constant

    def _write_sparsely(self, data: np.ndarray) -> None:
        """Blocks of zeros become holes: programs whose weights come later take no room (bench/gpu/programs.py)."""
        for block in np.split(data, range(_BLOCK, len(data), _BLOCK)):
            if block.any():
                self._file.write(block.data)
            else:
                self._file.seek(len(block), os.SEEK_CUR)

    def find(self, tensor: torch.Tensor) -> FileBackedData | None:
        """What stands for the bytes of a tensor that was placed (or of another dtype's view of all of it)."""
        return self._placed.get((tensor.data_ptr(), tensor.nbytes)) if tensor.is_contiguous() else None

    def forget(self) -> None:
        """Gives back the memory that reading mapped constants took; the next read fetches them from the file again."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def finish(self, program: Cord) -> None:
        """Writes what of the serialized program is not in the file yet: small segments behind, the program itself in front."""
        head = program._buffers[0]
        header = pte._get_extended_header(head)
        if header is None:
            raise ExportError("internal", "The serialized program lacks its extended header.")
        description = pte._flatbuffer_to_program(head[: header.program_size])
        for segment in description.segments:
            segment.offset = self._offset_of(_cut(program, header.segment_base_offset + segment.offset, segment.size))
        front = self._front(pte._program_to_flatbuffer(description, constant_tensor_alignment=ALIGNMENT))
        self._file.seek(0)
        self._file.write(front)
        self._file.flush()

    def _offset_of(self, segment: _Segment) -> int:
        """The segment's offset from the base; appends it if it is not in the file."""
        if segment.placed is not None:
            return segment.placed.offset - self._base
        offset = aligned_size(self._end, PAGE if len(segment.data) >= LARGE else _SMALL_ALIGNMENT)
        self._file.seek(offset)
        self._file.write(segment.data)
        self._end = offset + len(segment.data)
        return offset - self._base

    def _front(self, flatbuffer) -> bytes:
        length = aligned_size(pte._ExtendedHeader.EXPECTED_LENGTH, flatbuffer.max_alignment)
        size = length + len(flatbuffer.data)
        if size > self._base:
            raise ExportError("internal", f"The program's description needs {size} bytes, but {self._base} were left for it.")
        header = pte._ExtendedHeader(size, self._base, self._end - self._base).to_bytes()
        return pte._insert_flatbuffer_header(flatbuffer.data, "ET[0-9a-zA-Z]{2}", pad_to(header, length))


def _cut(cord: Cord, start: int, size: int) -> _Segment:
    """Bytes `start` … `start + size` of a cord, whose pieces end where segments end."""
    pieces, at = [], 0
    for piece in cord._buffers:
        if start <= at and at + len(piece) <= start + size and len(piece):
            if isinstance(piece, _Placed):
                return _Segment(piece, b"")
            pieces.append(piece)
        at += len(piece)
    data = b"".join(pieces)
    if len(data) != size:
        raise ExportError("internal", "The serialized program's segments do not lie as expected.")
    return _Segment(None, data)
