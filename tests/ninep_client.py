"""A small 9P2000.L client for tests, with numbers from the protocol, not from the server."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from unishim.ninep import Share, serving

ROOT = 0  # the fid of the root
NO_FID = 0xFFFFFFFF
TIMEOUT = 60  # seconds to wait for an answer


def text(value: bytes | str) -> bytes:
    data = os.fsencode(value)
    return struct.pack("<H", len(data)) + data


def request(kind: int, body: bytes = b"", tag: int = 1) -> bytes:
    return struct.pack("<IBH", 7 + len(body), kind, tag) + body


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@dataclass(frozen=True)
class Qid:
    type: int
    version: int
    path: int


@dataclass(frozen=True)
class Attributes:
    valid: int
    qid: Qid
    mode: int
    uid: int
    gid: int
    nlink: int
    rdev: int
    size: int
    blksize: int
    blocks: int
    atime_ns: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class Entry:
    qid: Qid
    offset: int
    type: int
    name: str


class Client:
    """Raises OSError with the server's number, and EOFError if the connection is closed."""

    def __init__(self, connection: socket.socket, message_size: int = 65536) -> None:
        self.connection = connection
        connection.settimeout(TIMEOUT)
        self.last_fid = ROOT
        self.message_size, version = self.version(message_size)
        assert version == b"9P2000.L"
        self.attach(ROOT)

    def call(self, kind: int, body: bytes = b"", tag: int = 1) -> bytes:
        """Sends a request; returns the body of its reply."""
        self.connection.sendall(request(kind, body, tag))
        answer, answered_tag, reply = self.receive()
        assert answered_tag == tag
        if answer == 7:
            (number,) = struct.unpack("<I", reply)
            raise OSError(number, os.strerror(number))
        assert answer == kind + 1, (answer, kind)
        return reply

    def receive(self) -> tuple[int, int, bytes]:
        size, kind, tag = struct.unpack("<IBH", self._exactly(7))
        return kind, tag, self._exactly(size - 7)

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self.connection.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def new_fid(self) -> int:
        self.last_fid += 1
        return self.last_fid

    def version(self, message_size: int, version: bytes = b"9P2000.L") -> tuple[int, bytes]:
        reply = self.call(100, struct.pack("<I", message_size) + text(version), tag=0xFFFF)
        (size,) = struct.unpack_from("<I", reply)
        return size, reply[6:]

    def attach(self, fid: int) -> Qid:
        body = struct.pack("<II", fid, NO_FID) + text("root") + text("") + struct.pack("<I", 0)
        return Qid(*struct.unpack("<BIQ", self.call(104, body)))

    def walk_to(self, fid: int, new_fid: int, *names: bytes | str) -> list[Qid]:
        body = struct.pack("<IIH", fid, new_fid, len(names)) + b"".join(map(text, names))
        reply = self.call(110, body)
        (count,) = struct.unpack_from("<H", reply)
        assert len(reply) == 2 + 13 * count
        return [Qid(*struct.unpack_from("<BIQ", reply, 2 + 13 * index)) for index in range(count)]

    def walk(self, *names: bytes | str, fid: int = ROOT) -> int:
        """A new fid; FileNotFoundError if the walk does not reach the end."""
        new_fid = self.new_fid()
        if len(self.walk_to(fid, new_fid, *names)) < len(names):
            raise FileNotFoundError(errno.ENOENT, "the names end early", names)
        return new_fid

    def clunk(self, fid: int) -> None:
        assert self.call(120, struct.pack("<I", fid)) == b""

    def open(self, fid: int, flags: int = os.O_RDONLY) -> Qid:
        *qid, _ = struct.unpack("<BIQI", self.call(12, struct.pack("<II", fid, flags)))
        return Qid(*qid)

    def open_path(self, *names: bytes | str, flags: int = os.O_RDONLY) -> int:
        fid = self.walk(*names)
        self.open(fid, flags)
        return fid

    def create(self, folder: int, name: bytes | str, flags: int = os.O_RDWR, mode: int = 0o644) -> int:
        """A new fid of a new, open file; the directory's fid stays."""
        fid = self.walk(fid=folder)
        self.call(14, struct.pack("<I", fid) + text(name) + struct.pack("<III", flags, mode, 0))
        return fid

    def read(self, fid: int, offset: int, count: int) -> bytes:
        reply = self.call(116, struct.pack("<IQI", fid, offset, count))
        assert struct.unpack_from("<I", reply)[0] == len(reply) - 4
        return reply[4:]

    def write(self, fid: int, offset: int, data: bytes) -> int:
        count: int = struct.unpack("<I", self.call(118, struct.pack("<IQI", fid, offset, len(data)) + data))[0]
        return count

    def fsync(self, fid: int, data_only: int = 0) -> None:
        assert self.call(50, struct.pack("<II", fid, data_only)) == b""

    def getattr(self, fid: int) -> Attributes:
        fields = struct.unpack("<QBIQIIIQQQQQqQqQqQqQQQ", self.call(24, struct.pack("<IQ", fid, 0x7FF)))
        assert fields[18:] == (0, 0, 0, 0)
        times = (fields[index] * 10**9 + fields[index + 1] for index in (12, 14, 16))
        return Attributes(fields[0], Qid(*fields[1:4]), *fields[4:12], *times)

    def setattr(self, fid: int, **values: int) -> None:
        """mode, uid, gid, size, atime, mtime (nanoseconds), and `now`: bits of times that the server's clock sets."""
        bits = {"mode": 1, "uid": 2, "gid": 4, "size": 8, "atime": 0x90, "mtime": 0x120}
        valid = values.pop("now", 0)
        for name in values:
            valid |= bits[name]
        times = [part for name in ("atime", "mtime") for part in divmod(values.get(name, 0), 10**9)]
        numbers = [values.get(name, 0) for name in ("mode", "uid", "gid", "size")]
        assert self.call(26, struct.pack("<IIIIIQqQqQ", fid, valid, *numbers, *times)) == b""

    def statfs(self, fid: int) -> tuple[int, ...]:
        return struct.unpack("<IIQQQQQQI", self.call(8, struct.pack("<I", fid)))

    def readdir(self, fid: int, offset: int = 0, count: int = 8192) -> list[Entry]:
        """The entries in one reply."""
        reply = self.call(40, struct.pack("<IQI", fid, offset, count))
        assert struct.unpack_from("<I", reply)[0] == len(reply) - 4 <= count
        entries, at = [], 4
        while at < len(reply):
            *qid, next_offset, kind, length = struct.unpack_from("<BIQQBH", reply, at)
            at += 24 + length
            entries.append(Entry(Qid(*qid), next_offset, kind, os.fsdecode(reply[at - length : at])))
        return entries

    def listing(self, fid: int, count: int = 8192) -> Iterator[Entry]:
        """All entries of an open directory."""
        offset = 0
        while entries := self.readdir(fid, offset, count):
            yield from entries
            offset = entries[-1].offset

    def mkdir(self, folder: int, name: bytes | str, mode: int = 0o755) -> Qid:
        return self._made(72, struct.pack("<I", folder) + text(name) + struct.pack("<II", mode, 0))

    def symlink(self, folder: int, name: bytes | str, target: bytes | str) -> Qid:
        return self._made(16, struct.pack("<I", folder) + text(name) + text(target) + struct.pack("<I", 0))

    def mknod(self, folder: int, name: bytes | str, mode: int, major: int = 0, minor: int = 0) -> Qid:
        return self._made(18, struct.pack("<I", folder) + text(name) + struct.pack("<IIII", mode, major, minor, 0))

    def _made(self, kind: int, body: bytes) -> Qid:
        return Qid(*struct.unpack("<BIQ", self.call(kind, body)))

    def readlink(self, fid: int) -> bytes:
        reply = self.call(22, struct.pack("<I", fid))
        assert struct.unpack_from("<H", reply)[0] == len(reply) - 2
        return reply[2:]

    def link(self, folder: int, fid: int, name: bytes | str) -> None:
        assert self.call(70, struct.pack("<II", folder, fid) + text(name)) == b""

    def rename(self, fid: int, folder: int, name: bytes | str) -> None:
        assert self.call(20, struct.pack("<II", fid, folder) + text(name)) == b""

    def renameat(self, old: int, old_name: bytes | str, new: int, new_name: bytes | str) -> None:
        body = struct.pack("<I", old) + text(old_name) + struct.pack("<I", new) + text(new_name)
        assert self.call(74, body) == b""

    def unlinkat(self, folder: int, name: bytes | str, flags: int = 0) -> None:
        assert self.call(76, struct.pack("<I", folder) + text(name) + struct.pack("<I", flags)) == b""

    def remove(self, fid: int) -> None:
        assert self.call(122, struct.pack("<I", fid)) == b""

    def lock(self, fid: int, kind: int, start: int, length: int, process: int = 1, flags: int = 0) -> int:
        body = struct.pack("<IBIQQI", fid, kind, flags, start, length, process) + text("guest")
        return self.call(52, body)[0]

    def getlock(self, fid: int, kind: int, start: int, length: int, process: int = 1) -> tuple[int, int, int, int]:
        reply = self.call(54, struct.pack("<IBQQI", fid, kind, start, length, process) + text("guest"))
        answer: Any = struct.unpack_from("<BQQI", reply)
        assert reply[21:] == text("guest")
        return tuple(answer)


@contextmanager
def connected(root: Path, *, read_only: bool = False, message_size: int = 65536) -> Iterator[Client]:
    """A client with a server of its own."""
    with serving(Share(root, read_only)) as connection:
        yield Client(connection, message_size)


@contextmanager
def fails(name: str) -> Iterator[None]:
    """The block must end with this error, by its name in errno(3)."""
    with pytest.raises(OSError) as caught:
        yield
    assert caught.value.errno == getattr(errno, name), caught.value
