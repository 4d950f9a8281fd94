"""The 9P server with malformed and random messages.

Whatever is sent, each message gets one well-formed answer or ends the connection, nothing outside the share changes,
and the next client is served. A traceback in the server's thread fails the test: pytest turns it into a warning, and
the project's configuration turns that into an error.
"""

from __future__ import annotations

import os
import random
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.ninep_client import NO_FID, ROOT, Client, connected, names_in, request, text
from unishim.ninep import Share, serving

SEEDS = range(4)
MESSAGES = 3000  # per seed
KINDS = (8, 12, 14, 16, 18, 20, 22, 24, 26, 40, 50, 52, 54, 70, 72, 74, 76, 104, 108, 110, 116, 118, 120, 122)
NAMES = [
    b"a",
    b"b",
    b"c",
    b"link",
    b"up",
    b"d",
    b".",
    b"..",
    b"",
    b"/",
    b"../outside",
    b"a/b",
    b"a\0b",
    b"x" * 255,
    b"x" * 300,
]
TARGETS = [b"a", b"..", b"../outside", b"../outside/secret", b"/proc/self/mem", b"", b"a\0b", b"x" * 5000]
NUMBERS = [0, 1, 2, 7, 255, 4096, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
LONG_NUMBERS = [*NUMBERS, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


@pytest.fixture
def share(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    folder = tmp_path / "share"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "file").write_bytes(b"data" * 3000)
    (folder / "link").symlink_to("../outside")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "c")
    return folder


@contextmanager
def nothing_outside_changes(share: Path) -> Iterator[None]:
    outside = share.parent / "outside"

    def look() -> list[object]:
        states = [path.stat() for path in (share.parent, outside, outside / "secret")]
        # ctime shows any change; only this test may read the file, which atime shows.
        return [names_in(share.parent), names_in(outside), *((state.st_mode, state.st_ctime_ns) for state in states)]

    before, read = look(), (outside / "secret").stat().st_atime_ns
    yield
    assert look() == before
    assert (outside / "secret").stat().st_atime_ns == read
    with connected(share) as client:
        assert stat.S_ISDIR(client.getattr(client.walk()).mode)


class Fuzzer:
    """Creates random messages, mostly with existing fids and names."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def fid(self) -> bytes:
        choice = self.random.randrange(12)
        return struct.pack("<I", choice if choice < 11 else self.random.choice([77, NO_FID]))

    def number(self) -> bytes:
        flags = self.random.getrandbits(32) & self.random.getrandbits(32)
        return struct.pack("<I", self.random.choice([*NUMBERS, 0o777, 0o100644, os.O_RDWR, 0o2, 0x200, flags]))

    def long(self) -> bytes:
        return struct.pack("<Q", self.random.choice(LONG_NUMBERS))

    def name(self) -> bytes:
        return text(self.random.choice(NAMES[:6] if self.random.random() < 0.7 else NAMES))

    def names(self) -> bytes:
        count = self.random.choice([0, 0, 1, 1, 1, 2, 3, 16, 17])
        return struct.pack("<H", count) + b"".join(self.name() for _ in range(count))

    def data(self) -> bytes:
        data = self.random.randbytes(self.random.choice([0, 1, 100, 5000]))
        return struct.pack("<I", len(data)) + data

    def operation(self) -> tuple[int, bytes]:
        """A well-formed request."""
        kind = self.random.choice(KINDS)
        fields = {
            12: "fn", 14: "fsnnn", 16: "fstn", 18: "fsnnnn", 20: "ffs", 24: "fl", 26: "fnnnnlllll", 40: "fln", 50: "fn",
            52: "fbnllns", 54: "fbllns", 70: "ffs", 72: "fsnn", 74: "fsfs", 76: "fsn", 104: "ffssn", 108: "h",
            110: "ffw", 116: "fln", 118: "fld",
        }.get(kind, "f")  # fmt: skip
        makers: dict[str, Callable[[], bytes]] = {
            "f": self.fid, "n": self.number, "l": self.long, "s": self.name, "w": self.names, "d": self.data,
            "t": lambda: text(self.random.choice(TARGETS)), "b": lambda: bytes([self.random.choice([0, 1, 2, 3, 255])]),
            "h": lambda: b"\1\0",
        }  # fmt: skip
        return kind, b"".join(makers[field]() for field in fields)

    def mutated(self, message: bytes) -> bytes:
        """A message with parts changed, removed or doubled; often with a matching size."""
        changed = bytearray(message)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(changed))
            match self.random.randrange(4):
                case 0:
                    changed[at] = self.random.choice([0, 1, 0x7F, 0x80, 0xFF, self.random.randrange(256)])
                case 1:
                    changed[at : at + self.random.randint(1, 8)] = b""
                case 2:
                    changed[at:at] = changed[at : at + self.random.randint(1, 8)]
                case 3:
                    changed[at : at + 4] = self.number()
            changed = changed or bytearray(1)
        if self.random.random() < 0.97:
            changed[0:4] = struct.pack("<I", len(changed))
        return bytes(changed)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_operations(share: Path, seed: int) -> None:
    fuzzer = Fuzzer(seed)
    answered = set()
    with nothing_outside_changes(share), connected(share, message_size=8192) as client:
        for _ in range(MESSAGES):
            kind, body = fuzzer.operation()
            # `call` checks the answer's type, tag and size.
            with suppress(OSError):
                client.call(kind, body, tag=fuzzer.random.randrange(65536))
                answered.add(kind)
            if fuzzer.random.random() < 0.01:
                with suppress(OSError):
                    client.attach(ROOT)
    assert len(answered) > len(KINDS) - 5, "most operations succeed now and then"


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_messages(share: Path, seed: int) -> None:
    fuzzer = Fuzzer(1000 + seed)
    left = MESSAGES
    with nothing_outside_changes(share):
        while left > 0:
            with connected(share, message_size=8192) as client:
                left -= converse(client, fuzzer, left)


def converse(client: Client, fuzzer: Fuzzer, most: int) -> int:
    """Sends messages, good and bad, until the server ends the connection; returns how many."""
    for count in range(1, most + 1):
        message = request(*fuzzer.operation())
        if fuzzer.random.random() < 0.7:
            message = fuzzer.mutated(message)
        if len(message) < 7 or struct.unpack_from("<I", message)[0] != len(message):
            # The server waits for more, or the rest is another message: let it read everything and the end.
            with suppress(ConnectionError):
                client.connection.sendall(message)
                client.connection.shutdown(1)
                while client.connection.recv(65536):
                    pass
            return count
        try:
            client.connection.sendall(message)
            kind, tag, _ = client.receive()
        except (EOFError, ConnectionError):
            assert len(message) > 8192, "a message whose size fits has an answer"
            return count
        assert kind in (7, message[4] + 1)
        assert tag == struct.unpack_from("<H", message, 5)[0]
    return most


@pytest.mark.parametrize("seed", SEEDS)
def test_random_bytes(share: Path, seed: int) -> None:
    generator = random.Random(2000 + seed)
    with nothing_outside_changes(share):
        for _ in range(100):
            with serving(Share(share)) as connection, suppress(ConnectionError):
                if generator.random() < 0.5:
                    Client(connection)
                connection.sendall(generator.randbytes(generator.choice([1, 7, 50, 5000])))
                connection.shutdown(1)
                while connection.recv(65536):
                    pass
