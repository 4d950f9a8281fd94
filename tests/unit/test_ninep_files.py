"""The 9P server: open files."""

from __future__ import annotations

import os
import random
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ninep_client import ROOT, Client, connected, fails, names_in, text
from unishim.ninep.messages import MESSAGE_SIZE_MAX

SIZES = (4096, 65536, 1 << 20, MESSAGE_SIZE_MAX)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with connected(tmp_path) as client:
        yield client


@pytest.mark.parametrize("message_size", SIZES)
def test_reads_what_is_there(tmp_path: Path, message_size: int) -> None:
    """At any offset and size, over both paths of the data, up to the end and beyond it."""
    data = random.Random(message_size).randbytes(3 << 20)
    (tmp_path / "file").write_bytes(data)
    with connected(tmp_path, message_size=message_size) as client:
        fid = client.open_path("file")
        most = message_size - 11
        for offset in (0, 1, 4095, 4096, 12345, len(data) - 5, len(data), len(data) + 5, 1 << 40):
            for count in (0, 1, 100, 4096, 32767, 32768, 100_000, 1 << 20, MESSAGE_SIZE_MAX, 0xFFFFFFFF):
                assert client.read(fid, offset, count) == data[offset : offset + min(count, most)]


def test_reads_holes_and_small_files(tmp_path: Path, client: Client) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 20)
        file.seek(50_000)
        file.write(b"data")
    fid = client.open_path("sparse")
    content = client.read(fid, 0, 60_000)
    assert content == bytes(50_000) + b"data" + bytes(9_996)
    (tmp_path / "empty").write_bytes(b"")
    assert client.read(client.open_path("empty"), 0, 60_000) == b""


@pytest.mark.parametrize("message_size", SIZES)
def test_writes_what_is_sent(tmp_path: Path, message_size: int) -> None:
    data = random.Random(message_size).randbytes(message_size - 23)
    with connected(tmp_path, message_size=message_size) as client:
        fid = client.create(ROOT, "file", os.O_RDWR)
        assert client.write(fid, 0, data) == len(data)
        assert client.write(fid, len(data) + 100, b"end") == 3
        assert client.write(fid, 2, b"") == 0
        client.fsync(fid)
        client.fsync(fid, data_only=1)
        assert (tmp_path / "file").read_bytes() == data + bytes(100) + b"end"
        assert client.read(fid, 1, 50) == data[1:51]


def test_access_modes(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"old")
    reading, writing = client.open_path("file"), client.open_path("file", flags=os.O_WRONLY)
    with fails("EBADF"):
        client.write(reading, 0, b"x")
    for count in (1, 40_000):
        with fails("EBADF"):
            client.read(writing, 0, count)
    with fails("EBADF"):
        client.read(client.walk("file"), 0, 1)
    with fails("EBADF"):
        client.write(client.walk("file"), 0, b"x")
    with fails("EBADF"):
        client.fsync(client.walk("file"))
    with fails("EINVAL"):
        client.open_path("file", flags=os.O_ACCMODE)
    with fails("EINVAL"):
        client.open(reading)
    for count in (1, 40_000):
        with fails("EISDIR"):
            client.read(client.open_path(), 0, count)
    with fails("EINVAL"):
        client.read(reading, 1 << 63, 1)
    with fails("EINVAL"):
        client.write(writing, 1 << 63, b"x")


def test_open_flags(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    fid = client.open_path("file", flags=os.O_WRONLY | os.O_APPEND)
    client.write(fid, 0, b"end")
    assert file.read_bytes() == b"0123456789end"
    client.open_path("file", flags=os.O_WRONLY | os.O_TRUNC | os.O_SYNC | os.O_DIRECT | os.O_NONBLOCK | os.O_NOFOLLOW)
    assert file.read_bytes() == b""
    with fails("ENOTDIR"):
        client.open_path("file", flags=os.O_DIRECTORY)
    client.open_path(flags=os.O_DIRECTORY)
    with fails("EISDIR"):
        client.open_path(flags=os.O_RDWR)
    assert client.open_path("file", flags=os.O_CREAT | os.O_EXCL), "Tlopen does not create"


def test_create(tmp_path: Path, client: Client) -> None:
    old = os.umask(0o077)
    try:
        fid = client.create(ROOT, "new", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o100666)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666, "the server's umask is not the guest's"
    client.write(fid, 0, b"data")
    with fails("EEXIST"):
        client.create(ROOT, "new", os.O_RDWR | os.O_EXCL)
    again = client.create(ROOT, "new", os.O_RDONLY, 0o600)
    assert client.read(again, 0, 10) == b"data"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666
    client.create(ROOT, "new", os.O_WRONLY | os.O_TRUNC)
    assert (tmp_path / "new").read_bytes() == b""
    read_only = client.create(ROOT, "mode-0", os.O_RDWR, 0)
    client.write(read_only, 0, b"x")
    assert client.getattr(read_only).mode == stat.S_IFREG
    (tmp_path / "link").symlink_to("new")
    with fails("EEXIST"):
        client.create(ROOT, "link", os.O_RDWR | os.O_EXCL)
    with fails("ELOOP"):
        client.create(ROOT, "link", os.O_RDWR)
    with fails("EISDIR"):
        (tmp_path / "folder").mkdir()
        client.create(ROOT, "folder", os.O_RDWR)
    with fails("ENOTDIR"):
        client.create(client.walk("new"), "name")
    with fails("EINVAL"):
        client.call(14, struct.pack("<I", fid) + text("name") + struct.pack("<III", 0, 0, 0))


def test_no_special_file_opens(tmp_path: Path, client: Client) -> None:
    """A FIFO without a writer would block the server; then the test's time limit would expire."""
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.fspath(tmp_path / "socket"))
        for name, kind in (("fifo", stat.S_IFIFO), ("socket", stat.S_IFSOCK)):
            assert stat.S_IFMT(client.getattr(client.walk(name)).mode) == kind
            for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_NONBLOCK):
                with fails("ENXIO"):
                    client.open_path(name, flags=flags)
                with fails("ENXIO"):
                    client.create(ROOT, name, flags)


def test_no_device_opens() -> None:
    with connected(Path("/dev")) as client:
        null = client.getattr(client.walk("null"))
        assert (null.mode, null.rdev) == (Path("/dev/null").stat().st_mode, Path("/dev/null").stat().st_rdev)
        for name in ("null", "zero", "tty"):
            with fails("EACCES"):
                client.open_path(name, flags=os.O_RDWR)


def test_unlinked_file_stays_usable(tmp_path: Path, client: Client) -> None:
    fid = client.create(ROOT, "file", os.O_RDWR)
    other = client.walk("file")
    client.write(fid, 0, b"before")
    client.unlinkat(ROOT, "file")
    assert names_in(tmp_path) == []
    client.write(fid, 6, b" and after")
    assert client.read(fid, 0, 100) == b"before and after"
    assert (client.getattr(fid).nlink, client.getattr(fid).size) == (0, 16)
    client.setattr(fid, size=6, mode=0o600)
    assert (client.getattr(other).mode, client.getattr(other).size) == (stat.S_IFREG | 0o600, 6)
    client.open(other)
    assert client.read(other, 0, 100) == b"before"


def test_rename_keeps_fids(tmp_path: Path, client: Client) -> None:
    (tmp_path / "from" / "deep").mkdir(parents=True)
    (tmp_path / "to").mkdir()
    (tmp_path / "from" / "deep" / "file").write_bytes(b"data")
    deep, file = client.walk("from", "deep"), client.walk("from", "deep", "file")
    client.renameat(ROOT, "from", client.walk("to"), "there")
    client.open(file)
    assert client.read(file, 0, 10) == b"data"
    client.create(deep, "new")
    assert (tmp_path / "to" / "there" / "deep" / "new").exists()
    assert client.getattr(client.walk("..", "..", fid=deep)).qid == client.getattr(client.walk("to")).qid


def test_walk_from_an_open_fid(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"data")
    folder = client.open_path()
    assert client.read(client.open_path("file"), 0, 9) == b"data"
    copy = client.walk(fid=folder)
    client.open(copy)
    assert client.getattr(client.walk("file", fid=folder)).size == 4
    with fails("EINVAL"):
        client.walk_to(folder, folder, "file")
    assert {entry.name for entry in client.listing(copy)} == {".", "..", "file"}
