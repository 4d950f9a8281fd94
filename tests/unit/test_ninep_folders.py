"""The 9P server: directories, and names in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ninep_client import ROOT, Client, connected, fails, names_in

REMOVE_FOLDER = 0x200


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with connected(tmp_path) as client:
        yield client


def test_walk(tmp_path: Path, client: Client) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"data")
    numbers = [tmp_path.joinpath(*parts).stat().st_ino for parts in (["a"], ["a", "b"], ["a", "b", "c"])]
    qids = client.walk_to(ROOT, 100, "a", "b", "c", "file")
    assert [qid.path for qid in qids] == [*numbers, (deep / "file").stat().st_ino]
    assert [qid.type for qid in qids] == [0x80, 0x80, 0x80, 0]
    assert [qid.path for qid in client.walk_to(ROOT, 101, "a", ".", "b", "..", "b")][-1] == numbers[1]
    assert client.walk_to(ROOT, 102) == []
    assert client.getattr(102).qid.path == tmp_path.stat().st_ino
    assert client.walk_to(102, 102, "a")[0].path == client.getattr(102).qid.path == numbers[0]


def test_incomplete_walk(tmp_path: Path, client: Client) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("a")
    assert len(client.walk_to(ROOT, 100, "a", "missing", "more")) == 1
    assert len(client.walk_to(ROOT, 100, "file", "..")) == 1
    assert len(client.walk_to(ROOT, 100, "link", "..")) == 1
    assert [qid.type for qid in client.walk_to(ROOT, 101, "link")] == [0x02]
    with fails("EBADF"):
        client.getattr(100)
    for names in (("missing",), ("missing", "a"), ("",), ("a/..",), ("/",), ("../a",), (b"a\0",), ("a/",)):
        with fails("ENOENT"):
            client.walk_to(ROOT, 100, *names)
    with fails("ENAMETOOLONG"):
        client.walk_to(ROOT, 100, "x" * 256)
    with fails("ENOTDIR"):
        client.walk_to(client.walk("file"), 100, ".")
    with fails("ENOTDIR"):
        client.walk_to(client.walk("link"), 100, "..")
    own = client.walk("a")
    assert len(client.walk_to(own, own, "..", "missing")) == 1
    assert client.getattr(own).qid.path == (tmp_path / "a").stat().st_ino


def test_names_are_bytes(tmp_path: Path, client: Client) -> None:
    names = [b"\xff\xfe", b"new\nline", b"space \t", "ä".encode(), b"x" * 255, b"(deleted)", b"a (deleted)", b"..."]
    for name in names:
        client.mkdir(ROOT, name)
    assert [os.fsencode(name) for name in names_in(tmp_path)] == sorted(names)
    listed = [os.fsencode(entry.name) for entry in client.listing(client.open_path())]
    assert sorted(listed) == sorted([*names, b".", b".."])
    for name in names:
        assert client.getattr(client.walk(name, "..")).qid.path == tmp_path.stat().st_ino
        client.remove(client.walk(name))
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("count", [330, 1000, 65000])
def test_listing(tmp_path: Path, client: Client, count: int) -> None:
    kinds = {"folder": stat.S_IFDIR, "link": stat.S_IFLNK, "fifo": stat.S_IFIFO}
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("x")
    os.mkfifo(tmp_path / "fifo")
    names = {f"{index}-{'x' * (index % 240)}" for index in range(700)}
    for name in names:
        (tmp_path / name).write_bytes(b"")
    fid = client.open_path()
    entries = list(client.listing(fid, count))
    assert len(entries) == len(names) + 5
    assert {entry.name for entry in entries} == names | {".", "..", *kinds}
    for entry in entries:
        if entry.name != "..":
            status = os.lstat(tmp_path / entry.name)
            assert (entry.qid.path, entry.type << 12) == (status.st_ino, stat.S_IFMT(status.st_mode))
    assert [entry.name for entry in client.listing(fid, count)] == [entry.name for entry in entries], "from 0 again"
    middle = len(entries) // 2
    rest = client.readdir(fid, entries[middle].offset, count)
    assert [entry.name for entry in rest] == [entry.name for entry in entries[middle + 1 :][: len(rest)]]
    assert rest


def test_listing_while_names_are_removed(tmp_path: Path, client: Client) -> None:
    """`rm -r`: each reply's entries are removed before the next request; none is missed, none appears twice."""
    names = {f"file-{index}" for index in range(1000)}
    for name in names:
        (tmp_path / name).write_bytes(b"")
    seen = []
    for entry in client.listing(client.open_path(), 700):
        if entry.name not in (".", ".."):
            seen.append(entry.name)
            client.unlinkat(ROOT, entry.name)
    assert len(seen) == len(names)
    assert set(seen) == names
    assert names_in(tmp_path) == []


def test_wrong_listings(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = client.open_path()
    with fails("EINVAL"):
        client.readdir(folder, 0, 0)
    with fails("EINVAL"):
        client.readdir(folder, 0, 20)
    with fails("EINVAL"):
        client.readdir(folder, 1 << 63)
    assert len(list(client.listing(folder))) == 3
    with fails("ENOTDIR"):
        client.readdir(client.open_path("file"))
    with fails("EBADF"):
        client.readdir(client.walk())


def test_make(tmp_path: Path, client: Client) -> None:
    old = os.umask(0o077)
    try:
        made = client.mkdir(ROOT, "folder", 0o1777)
        client.mknod(ROOT, "fifo", stat.S_IFIFO | 0o622)
        client.mknod(ROOT, "file", stat.S_IFREG | 0o606)
        client.mknod(ROOT, "socket", stat.S_IFSOCK | 0o666)
        link = client.symlink(ROOT, "link", "/etc/../nowhere")
    finally:
        os.umask(old)
    modes = {name: os.lstat(tmp_path / name).st_mode for name in names_in(tmp_path)}
    assert modes.pop("link") == stat.S_IFLNK | 0o777
    assert modes == {
        "folder": stat.S_IFDIR | 0o1777,
        "fifo": stat.S_IFIFO | 0o622,
        "file": stat.S_IFREG | 0o606,
        "socket": stat.S_IFSOCK | 0o666,
    }
    assert (made.type, made.path) == (0x80, (tmp_path / "folder").stat().st_ino)
    assert (link.type, link.path) == (0x02, os.lstat(tmp_path / "link").st_ino)
    assert client.readlink(client.walk("link")) == b"/etc/../nowhere"
    with fails("EINVAL"):
        client.readlink(client.walk("file"))
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        with fails("EPERM"):
            client.mknod(ROOT, "device", kind | 0o666, 1, 3)
    with fails("EPERM"):
        client.mknod(ROOT, "folder-2", stat.S_IFDIR | 0o777)
    with fails("EEXIST"):
        client.mkdir(ROOT, "folder")
    with fails("EINVAL"):
        client.symlink(ROOT, "zero", b"a\0b")
    with fails("ENOENT"):
        client.symlink(ROOT, "empty", "")


def test_invalid_names(tmp_path: Path, client: Client) -> None:
    """In every operation that takes a name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"data")
    folder, file = client.walk("folder"), client.walk("file")
    uses: list[Callable[[bytes], object]] = [
        lambda name: client.mkdir(folder, name),
        lambda name: client.mknod(folder, name, stat.S_IFREG),
        lambda name: client.symlink(folder, name, "target"),
        lambda name: client.link(folder, file, name),
        lambda name: client.create(folder, name),
        lambda name: client.rename(file, folder, name),
        lambda name: client.renameat(ROOT, "file", folder, name),
        lambda name: client.renameat(folder, name, ROOT, "new"),
        lambda name: client.unlinkat(folder, name),
        lambda name: client.unlinkat(folder, name, REMOVE_FOLDER),
    ]
    for use in uses:
        for name in (b"", b"/", b"a/b", b"../file", b"/etc", b"a\0b", b"\0"):
            with fails("ENOENT"):
                use(name)
    for name in (b"..", b"."):
        for number, use in enumerate(uses):
            with fails("EEXIST" if number < 5 else "EBUSY" if number < 8 else "EINVAL"):
                use(name)
    assert names_in(tmp_path) == ["file", "folder"]
    assert names_in(tmp_path / "folder") == []


def test_link(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_bytes(b"data")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    client.link(client.walk("folder"), client.walk("file"), "second")
    assert (tmp_path / "folder" / "second").samefile(tmp_path / "file")
    client.link(ROOT, client.walk("link"), "link-2")
    assert (tmp_path / "link-2").readlink() == Path("file")
    with fails("EEXIST"):
        client.link(ROOT, client.walk("file"), "link")
    with fails("EPERM"):
        client.link(ROOT, client.walk("folder"), "folder-2")


def test_rename(tmp_path: Path, client: Client) -> None:
    for name in ("a", "b", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "file").write_bytes(b"data")
    (tmp_path / "full" / "x").write_bytes(b"")
    a, b, file = client.walk("a"), client.walk("b"), client.walk("a", "file")
    client.renameat(a, "file", b, "moved")
    assert (tmp_path / "b" / "moved").read_bytes() == b"data"
    client.rename(file, ROOT, "again")
    assert (tmp_path / "again").read_bytes() == b"data"
    client.rename(file, ROOT, "again")
    with fails("ENOENT"):
        client.renameat(a, "file", b, "moved")
    with fails("EINVAL"):
        client.renameat(ROOT, "a", a, "inside")
    with fails("ENOTEMPTY"):
        client.renameat(ROOT, "a", ROOT, "full")
    with fails("EBUSY"):
        client.rename(ROOT, a, "root")
    client.unlinkat(ROOT, "again")
    with fails("ENOENT"):
        client.rename(file, ROOT, "risen")
    assert names_in(tmp_path) == ["a", "b", "full"]


def test_remove(tmp_path: Path, client: Client) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("file")
    with fails("EISDIR"):
        client.unlinkat(ROOT, "folder")
    with fails("ENOTDIR"):
        client.unlinkat(ROOT, "file", REMOVE_FOLDER)
    with fails("ENOTEMPTY"):
        client.unlinkat(ROOT, "folder", REMOVE_FOLDER)
    with fails("EINVAL"):
        client.unlinkat(ROOT, "file", 1)
    client.unlinkat(client.walk("folder"), "inner", REMOVE_FOLDER)
    folder = client.walk("folder")
    client.remove(folder)
    with fails("EBADF"):
        client.getattr(folder)
    link = client.walk("link")
    client.remove(link)
    assert names_in(tmp_path) == ["file"]
    file = client.walk("file")
    client.unlinkat(ROOT, "file")
    (tmp_path / "file").write_bytes(b"another")
    with fails("ENOENT"):
        client.remove(file)
    with fails("EBADF"):
        client.getattr(file)
    assert (tmp_path / "file").read_bytes() == b"another"
    root = client.walk()
    with fails("EBUSY"):
        client.remove(root)


def test_deeper_than_a_path_can_express(tmp_path: Path, client: Client) -> None:
    """Beyond PATH_MAX the host has no path for a descriptor; names still work."""
    fid, depth = client.walk(), 30
    for _ in range(depth):
        client.mkdir(fid, "x" * 200)
        child = client.walk("x" * 200, fid=fid)
        client.clunk(fid)
        fid = child
    client.create(fid, "file")
    client.unlinkat(fid, "file")
    with fails("ENAMETOOLONG"):
        client.walk("..", fid=fid)
    for level in range(depth - 1, -1, -1):
        parent = client.walk()
        for _ in range(level):
            client.walk_to(parent, parent, "x" * 200)
        client.unlinkat(parent, "x" * 200, REMOVE_FOLDER)
    assert names_in(tmp_path) == []
