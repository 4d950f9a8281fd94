"""System calls that Python's os module lacks or only partly supports, through the C library."""

from __future__ import annotations

import ctypes
import os
from struct import Struct

UTIME_NOW = (1 << 30) - 1  # utimensat(2)
UTIME_OMIT = (1 << 30) - 2

_TIMES = Struct("@qqqq")  # two struct timespec of a 64-bit machine: seconds, nanoseconds
_STATFS = Struct("@qqQQQQQQq")  # struct statfs, as far as needed: type, block size, blocks, ..., id, length of names
_STATFS_SIZE = 120

_library = ctypes.CDLL(None, use_errno=True)
_library.getdents64.restype = ctypes.c_ssize_t
_library.getdents64.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def read_entries(descriptor: int, buffer: ctypes.Array[ctypes.c_char], size: int) -> int:
    """getdents64(2): returns how many bytes it wrote to the buffer. Python's scandir does not expose d_off."""
    return _checked(_library.getdents64(descriptor, buffer, size))


def set_times(folder: int, name: bytes, accessed: tuple[int, int], modified: tuple[int, int]) -> None:
    """utimensat(2), following links; os.utime supports neither UTIME_NOW for only one of the times nor UTIME_OMIT."""
    _checked(_library.utimensat(folder, name, _TIMES.pack(*accessed, *modified), 0))


def file_system(descriptor: int) -> tuple[int, int, int, int, int, int, int, int, int]:
    """fstatfs(2): type, block size, blocks, free, available, files, free files, id, longest name.

    os.fstatvfs does not return the type.
    """
    buffer = ctypes.create_string_buffer(_STATFS_SIZE)
    _checked(_library.fstatfs(descriptor, buffer))
    return _STATFS.unpack_from(buffer)
