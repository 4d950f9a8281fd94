"""Whether another file runs a file: the interpreter of a script, or the loader of a dynamic program."""

from __future__ import annotations

import os
import struct
from io import FileIO

from unishim.elf.check import HEADERS_SIZE_MAX, PT_INTERP

_SCRIPT = b"#!"
_MAGIC = b"\x7fELF\x02\x01"  # 64-bit, little-endian
_TABLE = struct.Struct("<32xQ14xHH")  # e_phoff, e_phentsize, e_phnum
_HEADER_SIZE = 64
_TYPE = struct.Struct("<I")


def is_program(path: str | os.PathLike[str]) -> bool:
    """Whether it is an ELF file or a script, or cannot be read; the check of executables reports the latter."""
    try:
        with _open(path) as file:
            return file.read(4).startswith((_MAGIC[:4], _SCRIPT))
    except IsADirectoryError:
        return False
    except OSError:
        return True


def is_interpreted(path: str | os.PathLike[str]) -> bool:
    """False also for unreadable files and other kinds of files; the check of executables reports those."""
    try:
        with _open(path) as file:
            head = file.read(_HEADER_SIZE)
            if head.startswith(_SCRIPT):
                return True
            if not head.startswith(_MAGIC) or len(head) < _HEADER_SIZE:
                return False
            offset, size, count = _TABLE.unpack_from(head)
            if size < _TYPE.size or size * count > HEADERS_SIZE_MAX:
                return False
            table = os.pread(file.fileno(), size * count, offset)
    except (OSError, OverflowError):
        return False
    starts = range(0, len(table) - _TYPE.size + 1, size)
    return any(_TYPE.unpack_from(table, start)[0] == PT_INTERP for start in starts)


def _open(path: str | os.PathLike[str]) -> FileIO:
    """Opens a file without blocking, because it could be a FIFO without a writer."""
    return FileIO(path, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))
