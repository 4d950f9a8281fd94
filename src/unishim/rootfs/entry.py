"""A file of an archive: what the header says, and where its bytes are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from unishim.errors import BinaryError

_COPY_MAX = 1 << 30  # bytes a call: sendfile(2) moves at most 2 GiB - 4 KiB


class Content(Protocol):
    """The bytes of a regular file, which never pass through Python."""

    def copy_to(self, target: int, size: int) -> None:
        """Writes `size` bytes at the target's position. Raises BinaryError when they cannot be had."""


@dataclass(slots=True)
class Entry:
    """One name. `mode` has the file's type; `size` is in bytes; times are whole seconds since the epoch.

    Entries of regular files with the same `link` (not None) are one file. `target` is a symbolic link's.
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
        """Whether it has bytes."""
        return stat.S_ISREG(self.mode)

    @property
    def is_folder(self) -> bool:
        """Whether it holds others."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_device(self) -> bool:
        """Whether it has a device number."""
        return stat.S_ISBLK(self.mode) or stat.S_ISCHR(self.mode)

    @property
    def is_symlink(self) -> bool:
        """Whether it stands for another name."""
        return stat.S_ISLNK(self.mode)


def folder_entry(name: bytes, mtime: int) -> Entry:
    """A folder that nobody described."""
    return Entry(name, stat.S_IFDIR | 0o755, mtime)


class HostFile:
    """The bytes of a file of the host, opened only while they are copied. Holes stay holes."""

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
            raise BinaryError(f"{name}: cannot be read: {error.strerror}; change its permissions") from None
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
    """Copies what is there and leaves holes between; the target's file ends behind the last byte written."""
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
            raise BinaryError(f"{name}: cannot be copied: {error.strerror}") from None
        if count == 0:
            raise BinaryError(f"{name}: became shorter while it was packed; try again")
        offset += count
        size -= count


def _data_segments(source: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Where a sparse file has bytes (lseek(2), SEEK_DATA)."""
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
