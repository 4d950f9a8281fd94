"""A file of an archive: what its header says, and where its bytes are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from unishim.errors import BinaryError

_COPY_MAX = 1 << 30  # bytes per call: sendfile(2) moves at most 2 GiB - 4 KiB


class Content(Protocol):
    """The bytes of a regular file; they never pass through Python."""

    def copy_to(self, target: int, size: int) -> None:
        """Writes `size` bytes at the target's position. Raises BinaryError if they cannot be read."""


@dataclass(slots=True)
class Entry:
    """One name in an archive. `mode` includes the file type; `size` is in bytes; times are in whole seconds since 1970.

    Entries of regular files with the same `link` (not None) are the same file. `target` is that of a symbolic link.
    """

    name: bytes  # without a slash at either end; the root is b"."
    mode: int
    mtime: int = 0
    size: int = 0
    content: Content | None = None
    target: bytes = b""
    link: object = None
    uid: int = 0
    gid: int = 0
    device: tuple[int, int] = (0, 0)  # major and minor of a device node

    @property
    def is_regular(self) -> bool:
        """Whether it is a regular file, which has content."""
        return stat.S_ISREG(self.mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_device(self) -> bool:
        """Whether it has a device number."""
        return stat.S_ISBLK(self.mode) or stat.S_ISCHR(self.mode)

    @property
    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)


def folder_entry(name: bytes, mtime: int) -> Entry:
    """A directory that the source does not describe."""
    return Entry(name, stat.S_IFDIR | 0o755, mtime)


class HostFile:
    """The bytes of a file of the host, which is open only while they are copied. Holes stay holes."""

    __slots__ = ("has_holes", "path")

    def __init__(self, path: bytes, has_holes: bool) -> None:
        self.path = path
        self.has_holes = has_holes

    def copy_to(self, target: int, size: int) -> None:
        """See Content."""
        name = os.fsdecode(self.path)
        try:
            source = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise BinaryError(f"{name}: cannot read it: {error.strerror}; change its permissions") from None
        try:
            if self.has_holes:
                copy_segments(source, target, list(_data_segments(source, size)), size, name)
            else:
                _copy(source, target, 0, size, name)
        finally:
            os.close(source)


class FilePart:
    """Bytes of an open file: segments of (offset in the content, offset in the file, bytes), zeros between them."""

    __slots__ = ("_descriptor", "_name", "segments")

    def __init__(self, descriptor: int, segments: list[tuple[int, int, int]], name: str) -> None:
        self._descriptor = descriptor
        self.segments = segments
        self._name = name

    def copy_to(self, target: int, size: int) -> None:
        """See Content."""
        copy_segments(self._descriptor, target, self.segments, size, self._name)


def copy_segments(source: int, target: int, segments: list[tuple[int, int, int]], size: int, name: str) -> None:
    """Copies data and keeps holes; the target file ends after the last byte written."""
    start = os.lseek(target, 0, os.SEEK_CUR)
    for offset, at, count in segments:
        os.lseek(target, start + offset, os.SEEK_SET)
        _copy(source, target, at, count, name)
    os.lseek(target, start + size, os.SEEK_SET)


def _copy(source: int, target: int, offset: int, size: int, name: str) -> None:
    while size:
        try:
            count = os.sendfile(target, source, offset, min(size, _COPY_MAX))
        except OSError as error:
            raise BinaryError(f"{name}: cannot copy it: {error.strerror}") from None
        if count == 0:
            raise BinaryError(f"{name}: became shorter while it was packed; try again")
        offset += count
        size -= count


def _data_segments(source: int, size: int) -> Iterator[tuple[int, int, int]]:
    """The data segments of a sparse file (lseek(2), SEEK_DATA)."""
    at = 0
    while at < size:
        try:
            start = os.lseek(source, at, os.SEEK_DATA)
        except OSError:  # ENXIO: a hole up to the end
            return
        if start >= size:
            return
        at = min(os.lseek(source, start, os.SEEK_HOLE), size)
        yield start, start, at - start
