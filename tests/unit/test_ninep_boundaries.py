"""The 9P server: what is outside the share stays unreachable, and a read-only share does not change."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ninep_client import ROOT, Client, connected, fails, names_in
from unishim.errors import UsageError
from unishim.ninep import Share, serving

SECRET = b"not for the guest"
RACE_ROUNDS = 1500


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_bytes(SECRET)
    return folder


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def assert_untouched(outside: Path) -> None:
    assert names_in(outside) == ["secret"]
    assert (outside / "secret").read_bytes() == SECRET


def test_links_are_not_followed(share: Path, outside: Path) -> None:
    for name, target in (("file", outside / "secret"), ("folder", outside), ("up", Path("../outside"))):
        (share / name).symlink_to(target)
    with connected(share) as client:
        client.symlink(ROOT, "guests", os.fspath(outside / "new"))
        for name in ("file", "folder", "up", "guests"):
            for flags in (os.O_RDONLY, os.O_RDWR | os.O_TRUNC):
                with fails("ELOOP"):
                    client.open_path(name, flags=flags)
                with fails("ELOOP"):
                    client.create(ROOT, name, flags)
            link = client.walk(name)
            assert stat.S_ISLNK(client.getattr(link).mode)
            with fails("EINVAL"):
                client.setattr(link, size=0)
            with fails("ENOTDIR"):
                client.mkdir(link, "new")
            with fails("ENOTDIR"):
                client.unlinkat(link, "secret")
            with fails("ENOTDIR"):
                client.renameat(link, "secret", ROOT, "stolen")
            with fails("EEXIST"):
                client.mkdir(ROOT, name)
            assert len(client.walk_to(ROOT, client.new_fid(), name, "secret")) == 1
        for name in ("file", "folder"):
            client.remove(client.walk(name))
    assert_untouched(outside)


def test_the_root_has_no_parent(share: Path, outside: Path) -> None:
    with connected(share) as client:
        number = share.stat().st_ino
        assert {qid.path for qid in client.walk_to(ROOT, 100, *[".."] * 16)} == {number}
        assert [qid.path for qid in client.walk_to(ROOT, 101, "..", ".", "..")] == [number] * 3
        assert len(client.walk_to(ROOT, 102, "..", "outside")) == 1
        entries = {entry.name: entry for entry in client.listing(client.open_path())}
        assert entries[".."].qid.path == entries["."].qid.path == number


def test_a_directory_moved_out_has_no_parent(share: Path, outside: Path) -> None:
    """Someone on the host moves it; a fid still refers to the same file, but its parents are not accessible."""
    (share / "folder" / "inner").mkdir(parents=True)
    with connected(share) as client:
        folder, inner = client.walk("folder"), client.walk("folder", "inner")
        (share / "folder").rename(outside / "folder")
        for fid in (folder, inner):
            with fails("ENOENT"):
                client.walk("..", fid=fid)
            with fails("ENOENT"):
                client.rename(fid, ROOT, "back")
        with fails("ENOENT"):
            client.remove(inner)
        (outside / "folder" / "inner").rmdir()
        (outside / "folder").rmdir()
    assert_untouched(outside)


def test_a_share_that_moves(share: Path, tmp_path: Path) -> None:
    (share / "folder").mkdir()
    with connected(share) as client:
        folder = client.walk("folder")
        share.rename(tmp_path / "elsewhere")
        assert client.walk_to(folder, 100, "..")[0] == client.getattr(ROOT).qid
        client.rename(folder, ROOT, "renamed")
    assert names_in(tmp_path / "elsewhere") == ["renamed"]


def race(share: Path, outside: Path, change: Callable[[int], None], use: Callable[[Client], None]) -> None:
    """Someone on the host changes the share while the client uses it."""
    is_over = threading.Event()

    def run() -> None:
        rounds = 0
        while not is_over.is_set():
            change(rounds)
            rounds += 1

    thread = threading.Thread(target=run)
    with connected(share) as client:
        thread.start()
        try:
            for _ in range(RACE_ROUNDS):
                use(client)
        finally:
            is_over.set()
            thread.join()
    assert_untouched(outside)


def quietly(call: Callable[[], object]) -> None:
    try:
        call()
    except OSError as error:
        assert not isinstance(error, ConnectionError | TimeoutError)


def test_race_of_a_folder_and_a_link(share: Path, outside: Path) -> None:
    """The name is alternately a directory and a link to a directory outside; both contain a `secret`."""
    (share / "real").mkdir()
    (share / "real" / "secret").write_bytes(b"the guest's own")
    (share / "link").symlink_to(outside)

    def change(_: int) -> None:
        for name in ("real", "link"):
            (share / name).rename(share / "name")
            (share / "name").rename(share / name)

    def use(client: Client) -> None:
        def read() -> None:
            fid = client.open_path("name", "secret")
            assert client.read(fid, 0, 100) == b"the guest's own"
            client.clunk(fid)

        quietly(read)
        folder = client.new_fid()
        quietly(lambda: client.walk_to(ROOT, folder, "name"))
        quietly(lambda: client.mkdir(folder, "made"))
        quietly(lambda: client.unlinkat(folder, "made", 0x200))
        quietly(lambda: client.clunk(folder))

    race(share, outside, change, use)


def test_race_of_a_file_and_a_link(share: Path, outside: Path) -> None:
    """Tlcreate finds nothing, a file, or a link to a file outside."""
    (share / "link").symlink_to(outside / "secret")

    def change(number: int) -> None:
        if number % 2:
            (share / "name").unlink(missing_ok=True)
        else:
            (share / "link").replace(share / "name")
            (share / "link").symlink_to(outside / "secret")

    def use(client: Client) -> None:
        fid = client.new_fid()
        client.walk_to(ROOT, fid)

        def write() -> None:
            body = fid.to_bytes(4, "little") + b"\4\0name" + (os.O_RDWR | os.O_TRUNC).to_bytes(4, "little") + bytes(8)
            client.call(14, body)
            client.write(fid, 0, b"written by the guest")
            client.setattr(fid, size=0, mode=0o777)

        quietly(write)
        client.clunk(fid)

    race(share, outside, change, use)


def test_race_of_a_directory_that_is_moved_out(share: Path, outside: Path) -> None:
    """The client walks to `..` while the directory is moved out of the share and back."""
    (share / "a" / "b").mkdir(parents=True)

    def change(_: int) -> None:
        (share / "a").rename(outside / "a")
        (outside / "a").rename(share / "a")

    numbers = {share.stat().st_ino, (share / "a").stat().st_ino}
    deep: dict[str, int] = {}

    def use(client: Client) -> None:
        if not deep:
            quietly(lambda: deep.update(fid=client.walk("a", "b")))
            return
        fid = client.new_fid()

        def walk() -> None:
            qids = client.walk_to(deep["fid"], fid, "..", "..", "..")
            assert {qid.path for qid in qids} <= numbers
            if len(qids) == 3:
                client.clunk(fid)

        quietly(walk)

    race(share, outside, change, use)


def test_the_kernels_file_systems_are_not_served() -> None:
    """Whoever can write to /proc/self/mem controls the server."""
    with connected(Path("/")) as client:
        assert stat.S_ISDIR(client.getattr(client.walk("usr")).mode)
        for name in ("proc", "sys"):
            with fails("EACCES"):
                client.walk(name)
            assert len(client.walk_to(ROOT, 500, "usr", "..", name)) == 2
    with pytest.raises(UsageError, match="/proc/self cannot be shared: "), serving(Share(Path("/proc/self"))):
        pass


@pytest.mark.parametrize("name", ["missing", "file"])
def test_what_cannot_be_shared(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    expected = pytest.raises(UsageError, match=f"{name} cannot be shared: .*; name a directory")
    with expected, serving(Share(tmp_path / name)):
        pass


def test_read_only(share: Path) -> None:
    (share / "folder").mkdir()
    (share / "file").write_bytes(b"data")
    (share / "link").symlink_to("file")
    before = {path.name: os.lstat(path) for path in (share, *share.iterdir())}
    with connected(share, read_only=True) as client:
        assert client.read(client.open_path("file"), 0, 10) == b"data"
        assert client.readlink(client.walk("link")) == b"file"
        assert len(list(client.listing(client.open_path()))) == 5
        file, folder, opened = client.walk("file"), client.walk("folder"), client.open_path("file")
        attempts: list[Callable[[], object]] = [
            lambda: client.open_path("file", flags=os.O_WRONLY),
            lambda: client.open_path("file", flags=os.O_RDWR),
            lambda: client.open_path("file", flags=os.O_RDONLY | os.O_TRUNC),
            lambda: client.create(ROOT, "new"),
            lambda: client.create(ROOT, "file", os.O_RDONLY),
            lambda: client.write(opened, 0, b"x"),
            lambda: client.setattr(file, mode=0o777),
            lambda: client.setattr(file, now=0x10),
            lambda: client.setattr(opened, size=0),
            lambda: client.mkdir(ROOT, "new"),
            lambda: client.mknod(ROOT, "new", stat.S_IFREG),
            lambda: client.symlink(ROOT, "new", "file"),
            lambda: client.link(ROOT, file, "new"),
            lambda: client.rename(file, folder, "new"),
            lambda: client.renameat(ROOT, "file", folder, "new"),
            lambda: client.unlinkat(ROOT, "file"),
            lambda: client.unlinkat(ROOT, "folder", 0x200),
            lambda: client.remove(file),
        ]
        for attempt in attempts:
            with fails("EROFS"):
                attempt()
    after = {path.name: os.lstat(path) for path in (share, *share.iterdir())}
    assert {name: (s.st_mode, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for name, s in before.items()} == {
        name: (s.st_mode, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for name, s in after.items()
    }
