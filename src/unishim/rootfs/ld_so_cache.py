"""Reads glibc's ld.so.cache; glibc sysdeps/generic/dl-cache.h and elf/cache.c define the format.

Since glibc 2.32 ldconfig writes only the new format; before, it followed the old one.
"""

from __future__ import annotations

import struct

_OLD_MAGIC = b"ld.so-1.7.0\0"
_OLD_HEADER = struct.Struct("<12sI")  # padded to 4: magic, number of entries
_OLD_ENTRY_SIZE = 12
_MAGIC = b"glibc-ld.so.cache1.1"
_HEADER = struct.Struct("<20sIIB3xI12x")  # magic, number of entries, size of strings, flags, offset of extensions
_ENTRY = struct.Struct("<iIIIQ")  # flags, offsets of name and path, (osversion), hwcap
_FLAGS_MASK = 0xFFFF
_FLAGS_X86_64 = 0x0303  # FLAG_X8664_LIB64 | FLAG_ELF_LIBC6
_ENDIAN_MASK, _ENDIAN_LITTLE = 3, 2  # 0: unspecified


def read_cache(data: bytes) -> dict[str, list[str]]:
    """The paths of each library for x86-64, in the cache's order: hwcaps variants before the plain one.

    Raises ValueError for a file that is not a cache or is damaged.
    """
    base = 0
    if data.startswith(_OLD_MAGIC):
        if len(data) < _OLD_HEADER.size:
            raise ValueError("the header is truncated")
        base = _OLD_HEADER.size + _OLD_HEADER.unpack_from(data)[1] * _OLD_ENTRY_SIZE
        base = -(-base // 8) * 8  # ALIGN_CACHE
    if data[base : base + len(_MAGIC)] != _MAGIC:
        raise ValueError("not a cache of glibc 2.2 or later")
    if len(data) < base + _HEADER.size:
        raise ValueError("the header is truncated")
    _, count, _, flags, _ = _HEADER.unpack_from(data, base)
    if flags & _ENDIAN_MASK not in (0, _ENDIAN_LITTLE):
        raise ValueError("made on a big-endian machine")
    if count * _ENTRY.size > len(data) - base - _HEADER.size:
        raise ValueError("the entries are truncated")
    found: dict[str, list[str]] = {}
    for index in range(count):
        entry_flags, name, path, _, _ = _ENTRY.unpack_from(data, base + _HEADER.size + index * _ENTRY.size)
        if entry_flags & _FLAGS_MASK == _FLAGS_X86_64:
            paths = found.setdefault(_string(data, base + name), [])
            paths.append(_string(data, base + path))
    return found


def _string(data: bytes, offset: int) -> str:
    end = data.find(b"\0", offset)
    if end < 0:
        raise ValueError("a string is truncated")
    return data[offset:end].decode(errors="surrogateescape")
