"""Writes newc archives in which file data is page-aligned, so that the kernel need not copy it.

Format: cpio(5), "New ASCII Format", and Linux Documentation/driver-api/early-userspace/buffer-format.rst. NUL bytes
after the name move a file's data to the start of a page: `namesize` counts them, and readers accept that as long as it
is at most PATH_MAX. A hard link's data is stored with its first name; readers accept it with any.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from unishim.errors import BinaryError
from unishim.rootfs.entry import Entry, folder_entry
from unishim.rootfs.names import printable
from unishim.rootfs.room import PATH_MAX

PAGE_SIZE = 4096
HEADER_SIZE = 110
FIELD_MAX = 0xFFFF_FFFF
MAGIC = b"070701"
TRAILER = b"TRAILER!!!"
_HEADER = MAGIC + b"%08x" * 13


def write_archive(entries: Iterable[Entry], target: int) -> int:
    """Writes an archive at the start of an empty file, in the order of the entries; returns its size in bytes.

    Directories precede their contents. Raises BinaryError for what the format cannot represent.
    """
    writer = _Writer(target)
    for entry in _with_link_counts(entries):
        writer.add(*entry)
    return writer.finish()


def _with_link_counts(entries: Iterable[Entry]) -> Iterable[tuple[Entry, int]]:
    entries = list(entries)
    counts: dict[object, int] = {}
    for entry in entries:
        if entry.link is not None:
            counts[entry.link] = counts.get(entry.link, 0) + 1
    for entry in entries:
        yield entry, 1 if entry.link is None else counts[entry.link]


class _Writer:
    def __init__(self, target: int) -> None:
        self._target = target
        self._offset = 0
        self._pending = bytearray()
        self._last_number = 0
        self._numbers: dict[object, int] = {}  # of files with several names
        self._folders: dict[bytes, Entry] = {}

    def add(self, entry: Entry, links: int) -> None:
        if entry.size > FIELD_MAX:
            raise BinaryError(
                f"{printable(entry.name)}: has {entry.size} bytes; files in an archive must be smaller than 4 GiB"
            )
        if len(entry.name) >= PATH_MAX:
            raise BinaryError(
                f"{printable(entry.name[:64])}...: the name has {len(entry.name)} bytes; the maximum is {PATH_MAX - 1}"
            )
        if entry.name == TRAILER:  # avoid that a file of this name ends the archive
            entry = replace(entry, name=b"./" + TRAILER)
        if entry.is_folder:
            self._folders[entry.name] = entry
        number = self._numbers.get(entry.link) if links > 1 else None
        if number is not None:
            self._put_header(entry, number, links, 0, len(entry.name) + 1)
            return
        self._last_number += 1
        number = self._last_number
        if links > 1:
            self._numbers[entry.link] = number
        name_size = len(entry.name) + 1
        if entry.is_regular and entry.size >= PAGE_SIZE:
            name_size = self._aligning_name_size(entry.name)
        self._put_header(entry, number, links, entry.size or len(entry.target), name_size)
        if entry.content is not None and entry.size:
            self._flush()
            entry.content.copy_to(self._target, entry.size)
            self._offset += entry.size
        self._put(entry.target)
        self._align()

    def _aligning_name_size(self, name: bytes) -> int:
        """The size of the name field that makes the data start on a page."""
        room = -(self._offset + HEADER_SIZE) % PAGE_SIZE
        if room <= len(name):
            # The next page is too close, and the page after it is too far for the name field: repeat the directory's
            # header as a filler up to that page.
            parent = name.rpartition(b"/")[0] or b"."
            folder = self._folders.get(parent) or folder_entry(parent, 0)
            self._last_number += 1
            self._put_header(folder, self._last_number, 2, 0, max(len(parent), room - HEADER_SIZE) + 1)
            room = -(self._offset + HEADER_SIZE) % PAGE_SIZE
        return room if len(name) < room <= PATH_MAX else len(name) + 1

    def _put_header(self, entry: Entry, number: int, links: int, size: int, name_size: int) -> None:
        links = 2 if entry.is_folder else links
        mtime = min(max(entry.mtime, 0), FIELD_MAX)
        fields = (number, entry.mode, entry.uid, entry.gid, links, mtime, size, 0, 0, *entry.device, name_size, 0)
        self._put(_HEADER % fields)
        self._put(entry.name.ljust(name_size, b"\0"))
        self._align()

    def _align(self) -> None:
        self._put(bytes(-self._offset % 4))

    def _put(self, data: bytes) -> None:
        self._pending += data
        self._offset += len(data)

    def _flush(self) -> None:
        write_all(self._target, self._pending)
        self._pending.clear()

    def finish(self) -> int:
        """Ends the archive."""
        self._put_header(Entry(TRAILER, 0), 0, 1, 0, len(TRAILER) + 1)
        self._flush()
        return self._offset


def write_all(target: int, data: bytes | bytearray) -> None:
    """Writes all bytes to a file or a pipe."""
    with memoryview(data) as rest:
        at = 0
        while at < len(rest):
            at += os.write(target, rest[at:])
