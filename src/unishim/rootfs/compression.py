"""Compressed files: recognized by their first bytes, and unpacked into memory."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import IO, Protocol

from unishim.errors import BinaryError
from unishim.rootfs.cpio_writer import write_all

_CHUNK = 1 << 20  # bytes


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


# A decompressing stream over a file, and what reading it raises on damage, besides EOFError if the file is truncated.
Opened = tuple[_Stream, tuple[type[Exception], ...]]


def _gzip(file: IO[bytes]) -> Opened:
    import gzip
    import zlib

    return gzip.open(file), (OSError, zlib.error)


def _xz(file: IO[bytes]) -> Opened:
    import lzma

    return lzma.open(file), (lzma.LZMAError,)


def _bzip2(file: IO[bytes]) -> Opened:
    import bz2

    return bz2.open(file), (OSError, ValueError)


def _zstd(file: IO[bytes]) -> Opened:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    window = zstd.DecompressionParameter.window_log_max  # the largest, as with zstd --long=31
    return zstd.open(file, options={window: 31}), (zstd.ZstdError,)


_FORMATS: dict[bytes, tuple[str, Callable[[IO[bytes]], Opened]]] = {
    b"\x1f\x8b\x08": ("gzip", _gzip),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
    b"\xfd7zXZ\0": ("xz", _xz),
    b"BZh": ("bzip2", _bzip2),
}


def is_compressed(head: bytes) -> bool:
    """Whether a file that starts with these bytes has a compression that decompress() knows."""
    return head.startswith(tuple(_FORMATS))


def decompress(file: IO[bytes], head: bytes, target: int, limit: int, name: str) -> None:
    """Writes the decompressed content of a file, at most `limit` bytes. Raises BinaryError if it is larger or damaged.

    `name` is the file's name in messages.
    """
    words, opener = next(found for magic, found in _FORMATS.items() if head.startswith(magic))
    source, damage = opener(file)
    size = 0
    while True:
        try:
            data = source.read(_CHUNK)
        except EOFError:
            raise BinaryError(f"{name}: ends within its {words} data (truncated?); copy it again") from None
        except damage as error:
            raise BinaryError(f"{name}: damaged {words} data: {error}; recreate it or copy it again") from None
        if not data:
            return
        size += len(data)
        if size > limit:
            raise BinaryError(
                f"{name}: unpacked, it is larger than the guest's memory ({limit >> 20} MiB); set a larger --memory"
            )
        write_all(target, data)
