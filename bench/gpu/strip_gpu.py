"""Blanks the GPU code of a CUDA library that is for other architectures than one, so that the library packs small.

Usage: python strip_gpu.py LIBRARY OUTPUT [ARCHITECTURE, default 90]
"""

import struct
import subprocess
import sys

MAGIC, ELF = 0xBA55ED50, 2  # of a fat binary; its entries hold PTX (1) or machine code (2)


def section(library: str) -> tuple[int, int]:
    """Offset and size of .nv_fatbin in the file, bytes."""
    for line in subprocess.check_output(["readelf", "-SW", library], text=True).splitlines():
        fields = line.replace("[ ", "[").split()
        if ".nv_fatbin" in fields:
            return int(fields[4], 16), int(fields[5], 16)
    raise SystemExit(f"{library} has no GPU code")


def blank_others(data: bytearray, start: int, size: int, architecture: int) -> None:
    position = start
    while position < start + size:
        if struct.unpack_from("<I", data, position)[0] != MAGIC:
            position += 8
            continue
        header, length = struct.unpack_from("<HQ", data, position + 6)
        entry, end = position + header, position + header + length
        while entry < end:
            kind, _, entry_header, payload = struct.unpack_from("<HHIQ", data, entry)
            if (kind, struct.unpack_from("<I", data, entry + 28)[0]) != (ELF, architecture):
                data[entry + entry_header : entry + entry_header + payload] = bytes(payload)
            entry += entry_header + payload
        position = end


def main(library: str, output: str, architecture: str = "90") -> None:
    with open(library, "rb") as file:
        data = bytearray(file.read())
    blank_others(data, *section(library), int(architecture))
    with open(output, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
