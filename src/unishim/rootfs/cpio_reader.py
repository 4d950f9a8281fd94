"""Reads and checks newc archives: cpio(5), "New ASCII Format" and "New CRC Format".

Accepted is what Linux unpacks (init/initramfs.c): several archives in a row, with zeros between them, and a NUL inside
the name field. Unlike Linux, which ignores it silently, damage is refused.
"""

from __future__ import annotations

import mmap
import re
import stat
import struct
from binascii import Error, unhexlify
from collections.abc import Iterator
from dataclasses import dataclass

from unishim.errors import BinaryError
from unishim.rootfs.cpio_writer import HEADER_SIZE, MAGIC, TRAILER
from unishim.rootfs.entry import Entry, FilePart
from unishim.rootfs.names import member_name, printable
from unishim.rootfs.room import PATH_MAX, Room

MAGIC_CRC = b"070702"
_FIELDS = struct.Struct(">13I")
_OTHER_FORMATS = {
    b"070707": "the old character format",
    b"\xc7\x71": "the old binary format",
    b"\x71\xc7": "the old binary format",
}
_NOT_ZERO = re.compile(rb"[^\0]")
_TYPES = (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK)

_PART = 1 << 16  # bytes

Data = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Archive:
    """The result of reading. `is_plain`: every header has the format that the kernel accepts."""

    entries: list[Entry]  # the last one for each name
    is_plain: bool


def is_cpio(head: bytes) -> bool:
    """Whether a file that starts with these bytes is a cpio archive of any format."""
    return head.startswith((MAGIC, MAGIC_CRC, *_OTHER_FORMATS))


def read_archive(data: Data, descriptor: int, archive: str, room: Room) -> Archive:
    """The entries of the archive in an open file.

    `archive` names it in messages. Raises BinaryError for everything that violates the format.
    """
    entries: list[Entry] = []
    is_plain = True
    offset = number = 0
    while True:
        for magic, entry in _read_members(data, offset, descriptor, archive, number):
            is_plain = is_plain and magic == MAGIC
            if isinstance(entry, int):
                offset = entry
            else:
                room.take_entry(entry.name, entry.target)
                entries.append(entry)
        following = _NOT_ZERO.search(data, offset)
        if following is None:
            _share_data(entries)
            return Archive(list({entry.name: entry for entry in entries}.values()), is_plain)
        offset, number = following.start(), number + 1


def _share_data(entries: list[Entry]) -> None:
    """Gives all names of a file its data. Any of them may carry the data; the last one that does wins."""
    carriers = {entry.link: entry for entry in entries if entry.link is not None and entry.size}
    for entry in entries:
        carrier = carriers.get(entry.link)
        if carrier is not None:
            entry.size, entry.content = carrier.size, carrier.content


def _read_members(
    data: Data, offset: int, descriptor: int, archive: str, number: int
) -> Iterator[tuple[bytes, Entry | int]]:
    """Each member up to the trailer, then the offset after the trailer."""
    size = len(data)
    start = offset
    while True:
        magic = data[offset : offset + 6]
        if magic not in (MAGIC, MAGIC_CRC):
            raise BinaryError(f"{archive}: {_wrong_magic(magic, offset, size)}")
        header = data[offset + 6 : offset + HEADER_SIZE]
        try:
            fields = _FIELDS.unpack(unhexlify(header))
        except (Error, struct.error):
            where = "ends within" if len(header) < HEADER_SIZE - 6 else "has no hexadecimal numbers in"
            raise BinaryError(f"{archive}: {where} the header at byte {offset}; recreate it or copy it again") from None
        inode, mode, uid, gid, links, mtime, length, major, minor, *device, name_size, checksum = fields
        name_end = offset + HEADER_SIZE + name_size
        if not 1 < name_size <= PATH_MAX:
            raise BinaryError(
                f"{archive}: the name at byte {offset} has {name_size} bytes; 2 to {PATH_MAX} are allowed"
            )
        field = data[offset + HEADER_SIZE : name_end]
        at = name_end + (start - name_end) % 4
        if len(field) < name_size or length > max(size - at, 0):
            raise BinaryError(f"{archive}: ends within the member at byte {offset} (truncated?); copy it again")
        if field[-1]:
            raise BinaryError(f"{archive}: the name at byte {offset} is not terminated; recreate it")
        raw = field[: field.index(0)]
        offset = at + length + (start - at - length) % 4
        if raw == TRAILER:
            yield magic, min(offset, size)
            return
        name = member_name(raw, archive)
        if stat.S_IFMT(mode) not in _TYPES:
            raise BinaryError(f"{archive}: {printable(raw)} has an unknown file type (mode {mode:o}); recreate it")
        if magic == MAGIC_CRC and stat.S_ISREG(mode) and checksum != _sum(data, at, length):
            raise BinaryError(f"{archive}: {printable(raw)} is damaged: its checksum is wrong; copy the archive again")
        entry = Entry(name, mode, mtime, uid=uid, gid=gid, device=(device[0], device[1]))
        if entry.is_regular:
            entry.size = length
            entry.content = FilePart(descriptor, [(0, at, length)], archive)
            entry.link = (number, major, minor, inode) if links > 1 else None
        elif entry.is_symlink:
            entry.target = data[at : at + min(length, PATH_MAX)]
            if not 0 < length < PATH_MAX or b"\0" in entry.target:
                raise BinaryError(f"{archive}: the symbolic link {printable(raw)} has an invalid target; recreate it")
        yield magic, entry


def _sum(data: Data, at: int, length: int) -> int:
    """The checksum of a member: the sum of its bytes."""
    parts = (data[start : min(start + _PART, at + length)] for start in range(at, at + length, _PART))
    return sum(map(sum, parts)) & 0xFFFF_FFFF


def _wrong_magic(magic: bytes, offset: int, size: int) -> str:
    other = next((name for start, name in _OTHER_FORMATS.items() if magic.startswith(start)), None)
    if other is not None:
        return f"a cpio archive in {other}; create it with: cpio -o -H newc"
    if offset >= size - 6:
        return "ends without the trailer (truncated?); copy it again"
    return f"no header at byte {offset}, where one must be; recreate it or copy it again"
