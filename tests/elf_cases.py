"""For each reason to refuse a program, a change that gives a good one (musl's hello) exactly that fault."""

from __future__ import annotations

import struct
from collections.abc import Callable

from unishim.elf.reasons import ElfReason

MEMORY = 64 << 20

FIELDS = {
    name: index for index, name in enumerate(("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align"))
}
SEGMENT = struct.Struct("<IIQQQQQQ")


def with_segment(image: bytes, number: int, **fields: int) -> bytes:
    """The image with fields of its n-th PT_LOAD changed."""
    changed = bytearray(image)
    count = struct.unpack_from("<H", image, 56)[0]
    loads = [64 + 56 * index for index in range(count) if struct.unpack_from("<I", image, 64 + 56 * index)[0] == 1]
    values = list(SEGMENT.unpack_from(image, loads[number]))
    for name, value in fields.items():
        values[FIELDS[name]] = value
    SEGMENT.pack_into(changed, loads[number], *values)
    return bytes(changed)


def with_interpreter(image: bytes, path: bytes) -> bytes:
    """The image with its fifth program header changed to PT_INTERP, and the path appended."""
    header = SEGMENT.pack(3, 4, len(image), 0, 0, len(path), len(path), 1)
    return patched(image, 64 + 56 * 4, header) + path


def patched(image: bytes, offset: int, data: bytes) -> bytes:
    return image[:offset] + data + image[offset + len(data) :]


CASES: dict[ElfReason, Callable[[bytes], bytes]] = {
    ElfReason.EMPTY: lambda image: b"",
    ElfReason.NOT_ELF: lambda image: b"no program\n",
    ElfReason.TRUNCATED_HEADER: lambda image: image[:63],
    ElfReason.NOT_64_BIT: lambda image: patched(image, 4, b"\1"),
    ElfReason.NOT_LITTLE_ENDIAN: lambda image: patched(image, 5, b"\2"),
    ElfReason.BAD_VERSION: lambda image: patched(image, 6, b"\0"),
    ElfReason.BAD_OS_ABI: lambda image: patched(image, 7, b"\x09"),
    ElfReason.BAD_MACHINE: lambda image: patched(image, 18, b"\xb7\0"),
    ElfReason.RELOCATABLE: lambda image: patched(image, 16, b"\1\0"),
    ElfReason.CORE: lambda image: patched(image, 16, b"\4\0"),
    ElfReason.BAD_TYPE: lambda image: patched(image, 16, b"\0\0"),
    ElfReason.BAD_HEADER_ENTRY_SIZE: lambda image: patched(image, 54, b"\x20\0"),
    ElfReason.BAD_HEADER_COUNT: lambda image: patched(image, 56, b"\xff\xff"),
    ElfReason.HEADERS_BEYOND_FILE: lambda image: patched(image, 32, b"\xff" * 8),
    ElfReason.BAD_INTERPRETER: lambda image: with_interpreter(image, b"/lib/ld.so"),
    ElfReason.NO_LOAD_SEGMENT: lambda image: patched(patched(image, 56, b"\1\0"), 64, b"\4\0\0\0"),
    ElfReason.FILE_SIZE_ABOVE_MEMORY_SIZE: lambda image: with_segment(image, 1, memsz=1),
    ElfReason.SEGMENT_BEYOND_FILE: lambda image: with_segment(image, 3, offset=2**64 - 4096 + 0xE48),
    ElfReason.SEGMENT_BEYOND_ADDRESS_SPACE: lambda image: with_segment(image, 3, memsz=2**64 - 4096),
    ElfReason.SEGMENT_TOO_LOW: lambda image: patched(image, 16, b"\2\0"),
    ElfReason.SEGMENT_NOT_CONGRUENT: lambda image: with_segment(image, 1, vaddr=0x1010),
    ElfReason.SEGMENTS_OVERLAP: lambda image: with_segment(image, 2, vaddr=0x2000),
    ElfReason.TOO_LARGE: lambda image: with_segment(image, 3, memsz=MEMORY),
    ElfReason.ENTRY_OUTSIDE: lambda image: patched(image, 24, b"\0" * 8),
}
