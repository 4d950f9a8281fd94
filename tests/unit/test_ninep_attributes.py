"""The 9P server: attributes, owners, locks."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import stat
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ninep_client import ROOT, Attributes, Client, Qid, connected, fails
from unishim.ninep import Share, serve

NOBODY = 65534


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with connected(tmp_path) as client:
        yield client


def same(attributes: Attributes, status: os.stat_result) -> bool:
    names = ("mode", "nlink", "rdev", "size", "blksize", "blocks", "atime_ns", "mtime_ns", "ctime_ns")
    return all(getattr(attributes, name) == getattr(status, f"st_{name}") for name in names)


def test_getattr_is_stat(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"x" * 5000)
    (tmp_path / "folder").mkdir(mode=0o1777)
    (tmp_path / "link").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo", 0o640)
    os.utime(tmp_path / "file", ns=(-1_500_000_001, 4_000_000_000_123_456_789))
    paths = set()
    for name, kind in (("file", 0), ("folder", 0x80), ("link", 0x02), ("fifo", 0)):
        status = os.lstat(tmp_path / name)
        attributes = client.getattr(client.walk(name))
        assert attributes.valid == 0x7FF
        assert same(attributes, status)
        assert (attributes.qid.type, attributes.qid.path) == (kind, status.st_ino)
        paths.add(attributes.qid.path)
    assert len(paths) == 4


def test_version_changes_with_the_data(client: Client) -> None:
    fid = client.create(ROOT, "file")
    before = client.getattr(fid).qid
    client.write(fid, 0, b"data")
    after = client.getattr(fid).qid
    assert (before.path, before.type) == (after.path, after.type)
    assert before.version != after.version


def test_setattr(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    fid = client.walk("file")
    client.setattr(fid, mode=0o106751)
    assert file.stat().st_mode == stat.S_IFREG | 0o6751
    client.setattr(fid, size=3)
    assert file.read_bytes() == b"012"
    client.setattr(fid, size=5)
    assert file.read_bytes() == b"012\0\0"
    client.setattr(fid, atime=1_000_000_007, mtime=-5)
    assert (file.stat().st_atime_ns, file.stat().st_mtime_ns) == (1_000_000_007, -5)
    client.setattr(fid, mtime=77)
    assert (file.stat().st_atime_ns, file.stat().st_mtime_ns) == (1_000_000_007, 77)
    before = time.time_ns()
    client.setattr(fid, now=0x10)
    assert file.stat().st_mtime_ns == 77
    assert abs(file.stat().st_atime_ns - before) < 20 * 10**9
    client.setattr(fid, now=0x40)
    client.setattr(fid, mode=0o4711, uid=0, gid=0)
    assert file.stat().st_mode == stat.S_IFREG | 0o4711, "the mode stays when the owner is set with it"
    client.setattr(fid, uid=0xFFFFFFFF, gid=0xFFFFFFFF)


def test_setattr_of_wrong_values(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"data")
    before = (tmp_path / "file").stat()
    fid = client.walk("file")
    for size in (1 << 63, (1 << 64) - 1):
        with fails("EINVAL"):
            client.setattr(fid, size=size)
    with fails("EISDIR"):
        client.setattr(ROOT, size=0)
    for nanoseconds in (10**9, (1 << 30) - 1, (1 << 30) - 2, (1 << 64) - 1):
        with fails("EINVAL"):
            client.call(26, struct.pack("<IIIIIQqQqQ", fid, 0x1B0, 0, 0, 0, 0, 0, nanoseconds, 0, 0))
    assert (tmp_path / "file").stat() == before


def test_setattr_of_what_is_open(tmp_path: Path, client: Client) -> None:
    fid = client.create(ROOT, "file", os.O_RDWR, 0o400)
    client.write(fid, 0, b"0123456789")
    client.setattr(fid, size=4, mode=0o440, mtime=5)
    status = (tmp_path / "file").stat()
    assert (status.st_size, status.st_mode, status.st_mtime_ns) == (4, stat.S_IFREG | 0o440, 5)


def test_setattr_of_a_link_leaves_its_target(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"data")
    (tmp_path / "link").symlink_to("file")
    before = (tmp_path / "file").stat()
    fid = client.walk("link")
    client.setattr(fid, mtime=77, uid=0)
    with fails("EOPNOTSUPP"):
        client.setattr(fid, mode=0o777)
    with fails("EINVAL"):
        client.setattr(fid, size=0)
    assert (tmp_path / "file").stat() == before
    assert os.lstat(tmp_path / "link").st_mtime_ns == 77


def test_statfs(tmp_path: Path, client: Client) -> None:
    kind, size, blocks, _, _, files, _, _, longest = client.statfs(ROOT)
    host = os.statvfs(tmp_path)
    assert kind != 0
    assert (size, blocks, files, longest) == (host.f_bsize, host.f_blocks, host.f_files, host.f_namemax)


def as_nobody(connection: socket.socket, root: Path) -> None:
    """Serves as another user if possible: credentials belong to a thread (nptl(7))."""
    library = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        for number in (119, 117):  # setresgid, setresuid: the raw calls, because the C library's affect all threads
            assert library.syscall(number, NOBODY, NOBODY, NOBODY) == 0
    serve(connection, Share(root))


@contextmanager
def nobody_serves() -> Iterator[tuple[Path, Client]]:
    root = Path(tempfile.mkdtemp())
    ours, theirs = socket.socketpair()
    try:
        if os.geteuid() == 0:
            os.chown(root, NOBODY, NOBODY)
        thread = threading.Thread(target=as_nobody, args=(theirs, root))
        thread.start()
        with ours:
            yield root, Client(ours)
        thread.join(20)
        assert not thread.is_alive()
    finally:
        shutil.rmtree(root)


def test_the_serving_user_is_root() -> None:
    with nobody_serves() as (root, client):
        fid = client.create(ROOT, "file")
        host = (root / "file").stat()
        assert host.st_uid == (NOBODY if os.geteuid() == 0 else os.geteuid())
        assert (client.getattr(fid).uid, client.getattr(fid).gid) == (0, 0)
        client.setattr(fid, uid=0, gid=0)
        assert (host.st_uid, host.st_gid) == ((root / "file").stat().st_uid, (root / "file").stat().st_gid)
        with fails("EPERM"):
            client.setattr(fid, uid=12345)
        with fails("EPERM"):
            client.setattr(fid, gid=12345)
        secret = root / "secret"
        secret.write_bytes(b"")
        secret.chmod(0)
        if os.geteuid() == 0:
            with fails("EACCES"):
                client.open_path("secret")


def test_root_gives_files_away(tmp_path: Path, client: Client) -> None:
    fid = client.create(ROOT, "file")
    if os.geteuid() == 0:
        client.setattr(fid, uid=12345, gid=54321)
        assert (client.getattr(fid).uid, client.getattr(fid).gid) == (12345, 54321)
    else:
        with fails("EPERM"):
            client.setattr(fid, uid=12345)


def host_lock(path: Path, kind: int, start: int, length: int) -> int:
    descriptor = os.open(path, os.O_RDWR)
    flock = struct.pack("@hhqqi4x", kind, os.SEEK_SET, start, length, 0)
    fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, flock)
    return descriptor


def test_locks_hold_against_the_host(tmp_path: Path, client: Client) -> None:
    fid = client.create(ROOT, "file")
    assert client.lock(fid, fcntl.F_WRLCK, 10, 10) == 0
    with fails("EAGAIN"):
        host_lock(tmp_path / "file", fcntl.F_RDLCK, 15, 1)
    holder = host_lock(tmp_path / "file", fcntl.F_RDLCK, 100, 50)
    assert client.lock(fid, fcntl.F_WRLCK, 0, 0, flags=1) == 1
    assert client.lock(fid, fcntl.F_RDLCK, 120, 10) == 0
    assert client.getlock(fid, fcntl.F_WRLCK, 0, 0) == (fcntl.F_RDLCK, 100, 50, 0)
    assert client.getlock(fid, fcntl.F_RDLCK, 0, 0)[0] == fcntl.F_UNLCK
    assert client.lock(fid, fcntl.F_RDLCK, 0, 0) == 0
    assert client.getlock(fid, fcntl.F_UNLCK, 5, 6, process=9) == (fcntl.F_UNLCK, 5, 6, 9)
    os.close(holder)
    assert client.lock(fid, fcntl.F_WRLCK, 0, 0) == 0


def test_the_owner_of_a_lock_is_a_process(tmp_path: Path, client: Client) -> None:
    first = client.create(ROOT, "file")
    second = client.open_path("file", flags=os.O_RDWR)
    assert client.lock(first, fcntl.F_WRLCK, 0, 0, process=1) == 0
    assert client.lock(second, fcntl.F_WRLCK, 0, 0, process=1) == 0
    assert client.lock(second, fcntl.F_WRLCK, 5, 1, process=2) == 1
    assert client.getlock(second, fcntl.F_RDLCK, 5, 1, process=2)[:3] == (fcntl.F_WRLCK, 0, 0)
    assert client.lock(second, fcntl.F_UNLCK, 0, 0, process=1) == 0
    assert client.lock(second, fcntl.F_WRLCK, 5, 1, process=2) == 0
    client.clunk(second)
    assert client.lock(first, fcntl.F_WRLCK, 0, 0, process=1) == 0
    client.clunk(first)
    os.close(host_lock(tmp_path / "file", fcntl.F_WRLCK, 0, 0))


def test_wrong_locks(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"")
    with fails("EBADF"):
        client.lock(client.walk("file"), fcntl.F_RDLCK, 0, 0)
    fid = client.open_path("file", flags=os.O_RDWR)
    for arguments in ((3, 0, 0), (0, 1 << 63, 0), (0, 0, 1 << 63)):
        with fails("EINVAL"):
            client.lock(fid, *arguments)
        with fails("EINVAL"):
            client.getlock(fid, *arguments)
    with fails("EINVAL"):
        client.lock(fid, 0, 0, 0, flags=2)
    with connected(tmp_path, read_only=True) as reader:
        fid = reader.open_path("file")
        assert reader.lock(fid, fcntl.F_RDLCK, 0, 0) == 0
        with fails("EBADF"):
            reader.lock(fid, fcntl.F_WRLCK, 0, 0)


def test_qids_are_those_of_listings(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    found = {entry.name: entry.qid for entry in client.listing(client.open_path())}
    for name in ("file", "folder", "link", ".", ".."):
        qid: Qid = client.getattr(client.walk(name)).qid
        assert (qid.type, qid.path) == (found[name].type, found[name].path), name


def test_read_only_shares_lock_nothing_on_the_host(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("data")
    with connected(tmp_path, read_only=True) as client, (tmp_path / "file").open("r+") as host:
        fid = client.open_path("file")
        assert client.lock(fid, fcntl.F_RDLCK, 0, 0) == 0
        fcntl.lockf(host, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert client.lock(fid, fcntl.F_RDLCK, 0, 0, process=2) == 0
        assert client.getlock(fid, fcntl.F_WRLCK, 0, 0)[0] == fcntl.F_UNLCK


def test_read_only_shares_keep_times(tmp_path: Path) -> None:
    """Reading a file or a directory does not change when the host last read it, however old that is."""
    paths = (tmp_path / "folder" / "file", tmp_path / "folder")
    paths[1].mkdir()
    paths[0].write_text("data")
    for path in paths:
        os.utime(path, (1000, 1000))
    with connected(tmp_path, read_only=True) as client:
        assert client.read(client.open_path("folder", "file"), 0, 10) == b"data"
        folder = client.open_path("folder", flags=os.O_DIRECTORY)
        assert client.call(40, struct.pack("<IQI", folder, 0, 4096))
    assert [path.stat().st_atime for path in paths] == [1000, 1000]
