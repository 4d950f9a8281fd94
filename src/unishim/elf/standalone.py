"""A standalone file: the image of the `linux` platform with an extra segment for a program and its parameters.

The segment is a section too, so that strip(1) and objcopy(1), which drop what follows the sections, keep it. It
starts with PAYLOAD, followed by texts, each ending with a NUL: the kernel's parameters, the environment, argv. The
initial ramdisk starts on the next page, padded with zeroes to a whole page: it is mapped in place. The C side
(kernel/plat/linux/standalone.c) is generated from this.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from unishim.channel.layout import lay_out
from unishim.elf.check import PAGE_SIZE
from unishim.errors import BuildError

MAGIC = 0x454E4F4C41534B55  # "UKSALONE", little-endian
VERSION = 1
# Where the segment is mapped: 1 GiB after the image's own (plat/linux/layout.h), and below the channel.
START = 0x7D4040000000
SECTION = b".standalone"

PAYLOAD = lay_out(
    "uk_standalone_payload",
    """
    u64:magic
    u32:version
    u32:variables
    u32:arguments
    u32:reserved
    u64:texts_size
    u64:memory
    u64:initrd_offset
    u64:initrd_size
    u64:size
    """,
)

# ELF-64 (System V gABI, chapters 4 and 5).
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
_PT_LOAD, _PF_R = 1, 4
_SHT_PROGBITS, _SHF_ALLOC = 1, 2


@dataclass(frozen=True, slots=True)
class Payload:
    """The parameters of the run: memory in bytes, and the size of the initial ramdisk in bytes (0: no ramdisk)."""

    parameters: str
    environment: Sequence[str]
    arguments: Sequence[str]
    memory: int
    initrd_size: int


def payload_head(payload: Payload) -> bytes:
    """The payload up to the initial ramdisk, which starts on a page."""
    words = (payload.parameters, *payload.environment, *payload.arguments)
    texts = b"".join(word.encode(errors="surrogateescape") + b"\0" for word in words)
    offset = _whole_pages(PAYLOAD.size + len(texts))
    values = {
        "magic": MAGIC,
        "version": VERSION,
        "variables": len(payload.environment),
        "arguments": len(payload.arguments),
        "texts_size": len(texts),
        "memory": payload.memory,
        "initrd_offset": offset,
        "initrd_size": payload.initrd_size,
        "size": payload_size(offset, payload.initrd_size),
    }
    header = b"".join(values.get(field.name, 0).to_bytes(field.size, "little") for field in PAYLOAD.fields)
    return (header + texts).ljust(offset, b"\0")


def payload_size(head_size: int, initrd_size: int) -> int:
    """The size of a whole payload in bytes."""
    return head_size + _whole_pages(initrd_size)


def with_payload(image: bytes, size: int) -> bytes:
    """The image, prepared for a payload of `size` bytes after it. Raises BuildError if it is not such an image."""
    try:
        fields = list(_HEADER.unpack_from(image))
        segments_offset, sections_offset = fields[5], fields[6]
        segment_count, section_count, names_index = fields[10], fields[12], fields[13]
        sections = [
            list(_SECTION_HEADER.unpack_from(image, sections_offset + index * _SECTION_HEADER.size))
            for index in range(section_count)
        ]
        names = sections[names_index]
        first_content = min(section[4] for section in sections[1:])
    except (struct.error, IndexError, ValueError):
        raise BuildError("the kernel is not an ELF file with sections; rebuild it with: unishim build") from None
    segment_end = segments_offset + (segment_count + 1) * _SEGMENT.size
    if segment_end > first_content:
        raise BuildError("the kernel has no room for one more segment; rebuild it with: unishim build")
    name_table = image[names[4] : names[4] + names[5]] + SECTION + b"\0"
    names_offset = len(image)
    sections_offset = -(-(names_offset + len(name_table)) // 8) * 8
    start = _whole_pages(sections_offset + (section_count + 1) * _SECTION_HEADER.size)
    name_offset = len(name_table) - len(SECTION) - 1
    names[4], names[5] = names_offset, len(name_table)
    sections.append([name_offset, _SHT_PROGBITS, _SHF_ALLOC, START, start, size, 0, 0, PAGE_SIZE, 0])
    fields[6], fields[10], fields[12] = sections_offset, segment_count + 1, section_count + 1
    segment = _SEGMENT.pack(_PT_LOAD, _PF_R, start, START, START, size, size, PAGE_SIZE)
    head = _HEADER.pack(*fields) + image[_HEADER.size : segment_end - _SEGMENT.size] + segment
    table = b"".join(_SECTION_HEADER.pack(*section) for section in sections)
    whole = (head + image[segment_end:] + name_table).ljust(sections_offset, b"\0") + table
    return whole.ljust(start, b"\0")


def _whole_pages(size: int) -> int:
    return -(-size // PAGE_SIZE) * PAGE_SIZE
