"""Directories as archives, which GNU cpio and bsdtar unpack to the same."""

from __future__ import annotations

import mmap
import os
import stat
import time
from pathlib import Path

import pytest

from tests.rootfs.trees import MEMORY, extract, facts_of, make_folder, make_socket, pack
from unishim.errors import BinaryError, UsageError
from unishim.rootfs.cpio_reader import read_archive
from unishim.rootfs.entry import FilePart
from unishim.rootfs.folder import FIXED_TIME
from unishim.rootfs.room import Room
from unishim.rootfs.source import Packing

PAGE = 4096


@pytest.mark.parametrize("tool", ["cpio", "bsdtar"])
def test_same_tree(tmp_path: Path, tool: str) -> None:
    folder = make_folder(tmp_path / "folder")
    pack(folder, tmp_path / "archive")
    assert facts_of(extract(tmp_path / "archive", tmp_path / "unpacked", tool)) == facts_of(folder)


def test_times_and_owners(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    if os.geteuid() == 0:
        os.chown(folder / "size-1", 1000, 1000)
    entries = pack(folder, tmp_path / "archive")
    assert {(entry.mtime, entry.uid, entry.gid) for entry in entries} == {(FIXED_TIME, 0, 0)}
    unpacked = extract(tmp_path / "archive", tmp_path / "unpacked")
    assert (unpacked / "size-4097").stat().st_mtime == FIXED_TIME


def test_reproducible(tmp_path: Path) -> None:
    """The archive depends neither on the order of creation, times, inode numbers nor the directory's location."""
    contents = {f"{number:03}": os.urandom(number * 50) for number in range(100)}
    archives = []
    for place, names in (("one", sorted(contents)), ("other", sorted(contents, reverse=True))):
        folder = tmp_path / place
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(contents[name])
            os.utime(folder / name, (1, hash(place) % 1000000))
        (folder / "link").symlink_to("000")
        os.link(folder / "010", folder / "linked")
        pack(folder, tmp_path / f"{place}.cpio")
        archives.append((tmp_path / f"{place}.cpio").read_bytes())
    assert archives[0] == archives[1]


def test_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a/x", "a-b", "a.b/y"):
        (tmp_path / "folder" / name).mkdir(parents=True)
    names = [entry.name for entry in pack(tmp_path / "folder", tmp_path / "archive")]
    assert names == [b".", b"a", b"a-b", b"a.b", b"a.b/y", b"a/x", b"b"]


def test_kept_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, seconds in (("old", 1_000_000_000.7), ("new", 1_700_000_000.2), ("before", -5)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (seconds, seconds))
    packing = Packing(MEMORY, keep_times=True)

    def times() -> dict[str, float]:
        pack(folder, tmp_path / "archive", packing)
        place = tmp_path / f"unpacked-{time.monotonic_ns()}"
        extract(tmp_path / "archive", place)
        return {path.name: path.stat().st_mtime for path in place.iterdir()}

    assert times() == {"old": 1_000_000_000, "new": 1_700_000_000, "before": 0}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
    assert times() == {"old": 1_000_000_000, "new": 1_500_000_000, "before": 0}
    packing = Packing(MEMORY)
    assert set(times().values()) == {1_500_000_000}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH=today"):
        times()


def test_large_files_lie_on_pages(tmp_path: Path) -> None:
    """Whatever the offset before them; small files cost no padding."""
    folder = make_folder(tmp_path / "folder")
    pack(folder, tmp_path / "archive")
    with (tmp_path / "archive").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        archive = read_archive(data, file.fileno(), "archive", Room(MEMORY, "archive"))
    assert archive.is_plain
    carriers = [entry for entry in archive.entries if isinstance(entry.content, FilePart) and entry.size >= PAGE]
    assert len(carriers) > 40
    for entry in carriers:
        assert isinstance(entry.content, FilePart)
        assert entry.content.segments[0][1] % PAGE == 0, entry.name
    size = (tmp_path / "archive").stat().st_size
    assert size < sum(entry.size for entry in pack(folder, tmp_path / "again")) + PAGE * (len(carriers) + 8)


def test_names_of_every_length(tmp_path: Path) -> None:
    """The directory's header is repeated if the padding does not fit after a name."""
    folder = tmp_path / "folder"
    deep = folder
    for _ in range(7):
        deep = deep / ("d" * 250)
    deep.mkdir(parents=True)
    for number in range(1, 252, 3):
        (deep / ("f" * number)).write_bytes(b"x" * (PAGE + number * 40))
    pack(folder, tmp_path / "archive")
    assert facts_of(extract(tmp_path / "archive", tmp_path / "unpacked")) == facts_of(folder)
    assert facts_of(extract(tmp_path / "archive", tmp_path / "bsd", "bsdtar")) == facts_of(folder)


def test_sockets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    make_socket(Path("socket"))
    notes: list[str] = []
    entries = pack(folder, tmp_path / "archive", Packing(MEMORY, note=notes.append))
    assert [entry.name for entry in entries] == [b"."]
    assert notes == [f"{folder}/socket: is a socket and was left out"]


def test_file_that_changes(tmp_path: Path) -> None:
    """It became shorter, or was removed, after it was examined."""
    from unishim.rootfs.cpio_writer import write_archive
    from unishim.rootfs.folder import Times, scan_folder

    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"x" * 10000)
    entries = scan_folder(folder, Times(keep=False), print)
    (folder / "file").write_bytes(b"x" * 5000)
    with (tmp_path / "archive").open("wb") as file, pytest.raises(BinaryError, match="became shorter"):
        write_archive(entries, file.fileno())
    (folder / "file").unlink()
    with (tmp_path / "archive").open("wb") as file, pytest.raises(BinaryError, match="file: cannot read it"):
        write_archive(entries, file.fileno())


def test_what_the_format_cannot_express(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with (folder / "huge").open("wb") as file:
        file.truncate(1 << 32)
    with pytest.raises(BinaryError, match=r"huge: has 4294967296 bytes; .* smaller than 4 GiB"):
        pack(folder, tmp_path / "archive")


def test_speed(tmp_path: Path) -> None:
    """50 MiB in well under a second; the limit is generous, because others use this machine too."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(800):
        (folder / f"{number}").write_bytes(b"x" * 65536)
    began = time.monotonic()
    pack(folder, tmp_path / "archive")
    assert time.monotonic() - began < 1.5
    assert stat.S_ISREG((tmp_path / "archive").stat().st_mode)
