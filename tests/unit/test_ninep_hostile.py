"""The 9P server: a malicious client gets an errno or the end of its connection."""

from __future__ import annotations

import os
import resource
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ninep_client import NO_FID, ROOT, TIMEOUT, Client, connected, fails, names_in, request, text
from unishim.ninep import Share, serving
from unishim.ninep.fids import many_descriptors

BODIES_WITH_TEXT = {
    14: struct.pack("<I", ROOT) + text("name") + bytes(12),
    16: struct.pack("<I", ROOT) + text("name") + text("target") + bytes(4),
    18: struct.pack("<I", ROOT) + text("name") + bytes(16),
    20: struct.pack("<II", ROOT, ROOT) + text("name"),
    52: struct.pack("<IBIQQI", ROOT, 0, 0, 0, 0, 1) + text("client"),
    54: struct.pack("<IBQQI", ROOT, 0, 0, 0, 1) + text("client"),
    70: struct.pack("<II", ROOT, ROOT) + text("name"),
    72: struct.pack("<I", ROOT) + text("name") + bytes(8),
    74: struct.pack("<I", ROOT) + text("name") + struct.pack("<I", ROOT) + text("other"),
    76: struct.pack("<I", ROOT) + text("name") + bytes(4),
    100: struct.pack("<I", 8192) + text("9P2000.L"),
    104: struct.pack("<II", 5, NO_FID) + text("user") + text("share") + bytes(4),
    110: struct.pack("<IIH", ROOT, 5, 2) + text("a") + text("b"),
}
FIXED_SIZES = {8: 4, 12: 8, 22: 4, 24: 12, 26: 60, 40: 16, 50: 8, 108: 2, 116: 16, 118: 16, 120: 4, 122: 4}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with connected(tmp_path) as client:
        yield client


def assert_closed(client: Client) -> None:
    try:
        with pytest.raises(EOFError):
            client.receive()
    except ConnectionResetError:  # later messages were not read
        pass


def test_bodies_too_short_and_too_long(tmp_path: Path, client: Client) -> None:
    bodies = {**BODIES_WITH_TEXT, **{kind: b"\xfe" * size for kind, size in FIXED_SIZES.items()}}
    for kind, body in bodies.items():
        for length in range(len(body)):
            with fails("EINVAL"):
                client.call(kind, body[:length])
        with fails("EINVAL"):
            client.call(kind, body + b"\0")
    assert names_in(tmp_path) == []


def test_wrong_lengths_of_strings(tmp_path: Path, client: Client) -> None:
    for kind, body in BODIES_WITH_TEXT.items():
        for at in range(0, len(body) - 1):
            if body[at : at + 2] in (struct.pack("<H", len(word)) for word in (b"name", b"target", b"client", b"user")):
                for length in (0xFFFF, 0x8000, len(body)):
                    with fails("EINVAL"):
                        client.call(kind, body[:at] + struct.pack("<H", length) + body[at + 2 :])
    assert names_in(tmp_path) == []


def test_wrong_counts(client: Client) -> None:
    with fails("EINVAL"):
        client.walk_to(ROOT, 5, *["."] * 17)
    with fails("EINVAL"):
        client.call(110, struct.pack("<IIH", ROOT, 5, 0xFFFF) + text("a"))
    fid = client.create(ROOT, "file")
    for count in (0, 3, 5, 0x7FFFFFFF, 0xFFFFFFFF):
        with fails("EINVAL"):
            client.call(118, struct.pack("<IQI", fid, 0, count) + b"data")
    assert client.read(fid, 0, 0xFFFFFFFF) == b""


def test_unknown_types(client: Client) -> None:
    known = {*BODIES_WITH_TEXT, *FIXED_SIZES}
    for kind in set(range(256)) - known:
        for body in (b"", bytes(40)):
            with fails("EOPNOTSUPP"):
                client.call(kind, body)


def test_unknown_and_duplicate_fids(client: Client) -> None:
    for fid in (1, 77, NO_FID):
        for call in (client.getattr, client.clunk, client.open, client.readlink, client.statfs, client.remove):
            with fails("EBADF"):
                call(fid)
        with fails("EBADF"):
            client.read(fid, 0, 10)
    taken = client.walk()
    with fails("EINVAL"):
        client.attach(taken)
    with fails("EINVAL"):
        client.walk_to(ROOT, taken)
    with fails("EBADF"):
        client.walk_to(77, 77)
    client.clunk(taken)
    with fails("EBADF"):
        client.clunk(taken)


@pytest.mark.parametrize("size", [0, 1, 6, 65537, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF])
def test_sizes_that_no_message_has(client: Client, size: int) -> None:
    client.connection.sendall(struct.pack("<IBH", size, 120, 1) + b"x" * 100)
    assert_closed(client)


def test_versions(tmp_path: Path) -> None:
    with serving(Share(tmp_path)) as connection:
        client = Client(connection)
        client.walk_to(ROOT, 5)
        for size in (0, 1, 4095):
            with fails("EMSGSIZE"):
                client.version(size)
        with fails("EBADF"):
            client.getattr(5)
        assert client.version(8192, b"9P2000.u") == (8192, b"unknown")
        for call in (client.attach, client.clunk):
            with fails("EOPNOTSUPP"):
                call(ROOT)
        assert client.version(0xFFFFFFFF)[0] == (1 << 20) + 4096
        assert client.version(4096) == (4096, b"9P2000.L")
        client.attach(ROOT)
        fid = client.create(ROOT, "file")
        assert client.write(fid, 0, bytes(4096 - 23)) == 4096 - 23
        client.setattr(fid, size=8192)
        assert len(client.read(fid, 0, 1 << 20)) == 4096 - 11


def test_attach_before_a_version(tmp_path: Path) -> None:
    with serving(Share(tmp_path)) as connection:
        connection.settimeout(TIMEOUT)
        connection.sendall(request(104, BODIES_WITH_TEXT[104]))
        assert connection.recv(100) == request(7, struct.pack("<I", 95))


@pytest.mark.parametrize("cut", [1, 6, 7, 20])
def test_half_a_message(tmp_path: Path, cut: int) -> None:
    with serving(Share(tmp_path)) as connection:
        client = Client(connection)
        connection.sendall(request(76, BODIES_WITH_TEXT[76])[:cut])
        connection.shutdown(socket.SHUT_WR)
        assert_closed(client)


def test_a_message_byte_by_byte_and_many_at_once(client: Client) -> None:
    client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    getattr_root = struct.pack("<IQ", ROOT, 0)
    for byte in request(24, getattr_root, 7):
        client.connection.sendall(bytes([byte]))
    assert client.receive()[:2] == (25, 7)
    fid = client.create(ROOT, "file")
    # More than the server's buffer holds, so that a message crosses its end.
    body = struct.pack("<IQI", fid, 0, 60_000) + b"x" * 60_000
    sender = threading.Thread(
        target=client.connection.sendall, args=(b"".join(request(118, body, tag) for tag in range(40)),)
    )
    sender.start()
    for tag in range(40):
        assert client.receive() == (119, tag, struct.pack("<I", 60_000))
    sender.join()


def test_a_client_that_never_reads(tmp_path: Path) -> None:
    """The server waits with what it has received; the end of the block ends it."""
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    with serving(Share(tmp_path)) as connection:
        client = Client(connection, 1 << 20)
        fid = client.open_path("file")
        connection.setblocking(False)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        wanted = request(116, struct.pack("<IQI", fid, 0, 1 << 19)) * 1000
        with pytest.raises(BlockingIOError):
            for _ in range(100_000):
                connection.send(wanted)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 32 << 10
        started = time.monotonic()
    assert time.monotonic() - started < 4, "less than the time after which the thread is left alone"


def test_a_client_that_closes_before_its_reply(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    for count in (1, 1 << 19):
        with serving(Share(tmp_path)) as connection:
            client = Client(connection, 1 << 20)
            fid = client.open_path("file")
            connection.sendall(request(116, struct.pack("<IQI", fid, 0, count)) * 10)
            connection.close()


def test_too_many_fids(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = set(names_in(Path("/proc/self/fd")))
    with serving(Share(tmp_path)) as connection:
        client = Client(connection)
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        with fails("EMFILE"):
            for _ in range(1 << 20):
                client.walk()
        assert len(client_fds := names_in(Path("/proc/self/fd"))) <= raised - 32, len(client_fds)
        with fails("EMFILE"):
            client.attach(NO_FID)
        client.clunk(client.last_fid - 1)
        fid = client.walk()
        client.open(fid)
        with fails("EMFILE"):
            client.lock(fid, 0, 0, 0)
        assert client.version(8192)[0] == 8192
        client.attach(ROOT)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)
    assert len(set(names_in(Path("/proc/self/fd"))) - before) <= 1, "nothing is left open"


def test_too_many_descriptors_of_the_host(client: Client) -> None:
    """The host's own limit is an errno too, and the connection continues once descriptors are available again."""
    with many_descriptors():
        held = []
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            while True:
                held.append(os.open("/", os.O_PATH))
        except OSError:
            with fails("EMFILE"):
                client.walk()
            with fails("EMFILE"):
                client.create(ROOT, "file")
            with fails("EMFILE"):
                client.walk_to(ROOT, ROOT, ".")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for descriptor in held:
                os.close(descriptor)
    assert client.getattr(client.walk()).qid.type == 0x80


def test_files_handed_over_are_dropped(client: Client) -> None:
    """The server would have to close descriptors that come with a message."""
    before = len(names_in(Path("/proc/self/fd")))
    with Path("/dev/null").open("rb") as null:
        for _ in range(20):
            socket.send_fds(client.connection, [request(24, struct.pack("<IQ", ROOT, 0))], [null.fileno()] * 50)
            assert client.receive()[0] == 25
    assert len(names_in(Path("/proc/self/fd"))) <= before + 1
