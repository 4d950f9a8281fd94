"""Stores of files by name that any number of builds read and write at once: a directory, or a wheel's archive."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Archive(Protocol):
    """A store of files by name; it may have lost or damaged any of them."""

    def read(self, name: str) -> bytes | None:
        """The file's content; None if it does not exist."""

    def write(self, name: str, data: bytes) -> bool:
        """Adds or replaces a file; returns False if that is impossible."""


class ZipArchive:
    """A read-only archive."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def read(self, name: str) -> bytes | None:
        """The file's content; None if it does not exist or is damaged."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, OSError):
            return None

    def write(self, name: str, data: bytes) -> bool:
        """Always False: a wheel does not change."""
        return False


class FolderArchive:
    """A directory that drops the least recently used files when it grows above `limit` bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit

    def read(self, name: str) -> bytes | None:
        """The file's content; None if it does not exist. Marks the file as used now."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):  # a read-only directory
            os.utime(path)
        return data

    def write(self, name: str, data: bytes) -> bool:
        """Adds or replaces a file, completely or not at all; returns False if the disk is full or read-only."""
        path = self._path(name)
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(data)
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink()
            return False
        return True

    def shrink(self) -> None:
        """If the limit is exceeded, removes the least recently used files until a fifth of it is free."""
        files = []
        for parent, _, names in os.walk(self._folder):
            for name in names:
                with suppress(OSError):  # another build removed it
                    path = Path(parent, name)
                    status = path.stat()
                    files.append((status.st_mtime_ns, status.st_size, path))
        size = sum(size for _, size, _ in files)
        if size <= self._limit:
            return
        for _, own, path in sorted(files):
            if size <= self._limit * 4 // 5:
                return
            with suppress(OSError):
                path.unlink()
            size -= own

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
