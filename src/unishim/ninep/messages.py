"""9P2000.L on the wire: numbers and layouts of messages.

Sources: the manual's section 5 (intro(5), version(5), walk(5), ...) of Plan 9 for 9P2000; "9P2000.L Protocol" of diod
(protocol.md) and Linux' include/net/9p/9p.h for what `.L` adds. All numbers are little-endian. A message is

    size[4] type[1] tag[2] body

where size includes itself. A string is length[2] and that many bytes, without a zero at the end. Only the requests'
numbers are listed here: a reply's number is one higher.
"""

from __future__ import annotations

import re
from struct import Struct, error
from typing import Any

VERSION = b"9P2000.L"
UNKNOWN_VERSION = b"unknown"
NAMES_MAX = 16  # names in one Twalk: MAXWELEM of walk(5)

# 1 MiB of data for Tread and Twrite, and a page for what precedes it.
MESSAGE_SIZE_MAX = (1 << 20) + 4096
MESSAGE_SIZE_MIN = 4096  # QEMU's minimum too (hw/9pfs/9p.h, P9_MIN_MSIZE)

RLERROR = 7
TSTATFS = 8
TLOPEN = 12
TLCREATE = 14
TSYMLINK = 16
TMKNOD = 18
TRENAME = 20
TREADLINK = 22
TGETATTR = 24
TSETATTR = 26
TREADDIR = 40
TFSYNC = 50
TLOCK = 52
TGETLOCK = 54
TLINK = 70
TMKDIR = 72
TRENAMEAT = 74
TUNLINKAT = 76
TVERSION = 100
TATTACH = 104
TFLUSH = 108
TWALK = 110
TREAD = 116
TWRITE = 118
TCLUNK = 120
TREMOVE = 122

HEADER = Struct("<IBH")  # size, type, tag
BODY = HEADER.size  # where a body starts
ERROR = Struct("<I")
COUNT = Struct("<I")
DATA = BODY + COUNT.size  # where the data of Rread and Rreaddir start
WRITE = Struct("<IqI")  # fid, offset, count; the data follow
WRITE_DATA = BODY + WRITE.size
LENGTH = Struct("<H")  # of a string, of a list
WALK = Struct("<IIH")  # fid, new fid, number of names; the names follow
QID = Struct("<BIQ")  # type, version, path
OPENED = Struct("<BIQI")  # qid, maximum bytes for one read or write
ENTRY = Struct("<BIQqBH")  # of Rreaddir: qid, offset of the next entry, DT_ type, length of the name that follows
ATTRIBUTES = Struct("<QBIQIIIQQQQQqQqQqQQQQQ")  # Rgetattr: valid, qid, mode, uid, gid, nlink, rdev, ... data_version
FILE_SYSTEM = Struct("<IIQQQQQQI")  # Rstatfs: type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen
LOCK = Struct("<BqqI")  # Rgetlock: type, start, length, process; the client's name follows


class Layout:
    """The fields of a body that has strings: `s` is a string, other letters are struct's."""

    def __init__(self, fields: str) -> None:
        self._parts = [None if part == "s" else Struct("<" + part) for part in re.split("(s)", fields) if part]

    def unpack(self, body: memoryview) -> tuple[Any, ...]:
        """The fields' values, strings as bytes. Raises struct.error if the body's length does not match."""
        values: list[Any] = []
        at = 0
        for part in self._parts:
            if part is None:
                value, at = _string(body, at)
                values.append(value)
            else:
                values += part.unpack_from(body, at)
                at += part.size
        _expect(at == len(body))
        return tuple(values)


def unpack_walk(body: memoryview) -> tuple[int, int, list[bytes]]:
    """Twalk: fid, new fid, names. Raises struct.error."""
    fid, new_fid, count = WALK.unpack_from(body)
    _expect(count <= NAMES_MAX)
    at = WALK.size
    names = []
    for _ in range(count):
        name, at = _string(body, at)
        names.append(name)
    _expect(at == len(body))
    return fid, new_fid, names


def unpack_write(body: memoryview) -> tuple[int, int, memoryview]:
    """Twrite: fid, offset, data; the data is the body's own memory. Raises struct.error."""
    fid, offset, count = WRITE.unpack_from(body)
    data = body[WRITE.size :]
    _expect(count == len(data))
    return fid, offset, data


def _string(body: memoryview, at: int) -> tuple[bytes, int]:
    (length,) = LENGTH.unpack_from(body, at)
    end = at + LENGTH.size + length
    _expect(end <= len(body))
    return bytes(body[at + LENGTH.size : end]), end


def _expect(is_well_formed: bool) -> None:
    if not is_well_formed:
        raise error("the lengths in a message do not fit its size")
