"""Hostile input to all parsers: a result or one line, and never a hang."""

from __future__ import annotations

import os
import random
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.framework import TIMEOUT
from tests.rootfs.programs import make_library
from tests.rootfs.trees import extract, facts_of, pack, write_to
from unishim.errors import BinaryError
from unishim.rootfs.cpio_reader import read_archive
from unishim.rootfs.entry import Entry, folder_entry
from unishim.rootfs.initrd import open_initrd
from unishim.rootfs.ld_so_cache import read_cache
from unishim.rootfs.linking import read_linking
from unishim.rootfs.room import Room
from unishim.rootfs.source import Packing

ROUNDS = 400
MEMORY = 1 << 20  # so that damaged input cannot make it write for long
INTERESTING = [
    b"\0",
    b"\xff",
    b"0",
    b"f",
    b"-",
    b"\n",
    b"/",
    b"..",
    b"\x80",
    b"ffffffff",
    b"00000000",
    b"=",
    b"99999999",
]


def damaged(data: bytes, seed: int, rounds: int = ROUNDS) -> Iterator[bytes]:
    """Bytes changed, pieces cut out, doubled or moved, and the end truncated; the same for the same seed."""
    source = random.Random(seed)
    for _ in range(rounds):
        changed = bytearray(data)
        for _ in range(source.randint(1, 4)):
            at, other = source.randrange(len(changed)), source.randrange(len(changed))
            length = source.choice([1, 2, 8, 64, 512])
            match source.randrange(5):
                case 0:
                    piece = source.choice(INTERESTING)
                    changed[at : at + len(piece)] = piece
                case 1:
                    changed[at] ^= 1 << source.randrange(8)
                case 2:
                    changed[at : at + length] = changed[other : other + length]
                case 3:
                    del changed[at : at + length]
                case _:
                    changed[at:at] = changed[other : other + length]
            changed = changed or bytearray(b"\0")
        if source.randrange(4) == 0:
            del changed[source.randrange(len(changed)) :]
        yield bytes(changed)


def open_all(data: Iterator[bytes], path: Path) -> tuple[int, int]:
    """How many were accepted and how many refused."""
    taken = refused = 0
    for piece in data:
        path.write_bytes(piece)
        with ExitStack() as stack:
            try:
                open_initrd(path, Packing(MEMORY), stack)
                taken += 1
            except BinaryError as error:
                refused += 1
                assert "\n" not in str(error), str(error)
                assert str(error).isprintable(), str(error)
    return taken, refused


def small_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "folder").mkdir()
    (folder / "file").write_bytes(b"content" * 100)
    os.link(folder / "file", folder / "linked")
    (folder / "link").symlink_to("file")
    (folder / ("long" * 40)).write_bytes(b"x")
    with (folder / "sparse").open("wb") as file:
        file.seek(100000)
        file.write(b"end")
    return folder


def test_damaged_cpio(tmp_path: Path) -> None:
    pack(small_folder(tmp_path / "folder"), tmp_path / "archive")
    data = (tmp_path / "archive").read_bytes()[:4096]  # mainly headers
    data += (tmp_path / "archive").read_bytes()[-1024:]
    open_all(damaged(data, 1), tmp_path / "damaged")
    whole = (tmp_path / "archive").read_bytes()
    taken, refused = open_all(damaged(whole, 2), tmp_path / "damaged")
    assert taken
    assert refused


@pytest.mark.parametrize("kind", ["gnu", "posix", "v7"])
def test_damaged_tar(tmp_path: Path, kind: str) -> None:
    folder = small_folder(tmp_path / "folder")
    if kind == "v7":
        (folder / ("long" * 40)).unlink()
    sparse = [] if kind == "v7" else ["-S"]
    command = ["tar", "-c", *sparse, "--format", kind, "."]
    data = subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=TIMEOUT).stdout
    taken, refused = open_all(damaged(data, 3), tmp_path / "damaged")
    assert taken
    assert refused
    open_all((_with_checksums(piece) for piece in damaged(data, 4)), tmp_path / "damaged")


def _with_checksums(data: bytes) -> bytes:
    """Headers with corrected checksums, so that the damage in them has an effect."""
    blocks = bytearray(data)
    for at in range(0, len(blocks) - 511, 512):
        header = bytes(blocks[at : at + 512])
        if header[257:262] == b"ustar" or header[100:107].isdigit():
            blocks[at + 148 : at + 156] = b"%06o\0 " % tarfile.calc_chksums(header)[0]  # type: ignore[attr-defined]
    return bytes(blocks)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "xz", "bzip2"])
def test_damaged_compression(tmp_path: Path, compression: str) -> None:
    import bz2
    import gzip
    import lzma

    pack(small_folder(tmp_path / "folder"), tmp_path / "archive")
    data = (tmp_path / "archive").read_bytes()
    if compression == "zstd":
        data = subprocess.run(["zstd", "-c"], input=data, check=True, capture_output=True, timeout=TIMEOUT).stdout
    else:
        data = {"gzip": gzip, "bzip2": bz2, "xz": lzma}[compression].compress(data)
    _, refused = open_all(damaged(data, 5), tmp_path / "damaged")
    assert refused


def test_damaged_cache(tmp_path: Path) -> None:
    make_library(tmp_path / "lib" / "libfirst.so")
    (tmp_path / "conf").write_text(f"{tmp_path}/lib\n")
    for kind in ("new", "compat"):
        cache = tmp_path / kind
        command: list[str | Path] = ["/sbin/ldconfig", "-c", kind, "-X", "-f", tmp_path / "conf", "-C", cache]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
        data = cache.read_bytes()
        refused = 0
        for piece in damaged(data[:200] + data[-2000:], 6, 4 * ROUNDS):
            try:
                read_cache(piece)
            except ValueError:
                refused += 1
        assert refused


@given(st.binary(max_size=200))
def test_cache_of_anything(data: bytes) -> None:
    for start in (b"", b"glibc-ld.so.cache1.1", b"ld.so-1.7.0\0"):
        try:
            read_cache(start + data)
        except ValueError as error:
            assert str(error).isprintable()


def test_damaged_library(tmp_path: Path) -> None:
    library = make_library(tmp_path / "libfirst.so", "-Wl,-rpath,/x:$ORIGIN")
    path = tmp_path / "damaged"
    for piece in damaged(library.read_bytes()[:4096], 7):
        path.write_bytes(piece)
        try:
            read_linking(os.fspath(path))
        except BinaryError as error:
            assert "\n" not in str(error)


NAME = st.binary(min_size=1, max_size=255).filter(
    lambda name: b"\0" not in name and b"/" not in name and name[:1] != b"."
)
FILES = st.dictionaries(NAME, st.tuples(st.integers(0, 0o7777), st.binary(max_size=20), st.integers(0, 3)), max_size=20)


class Bytes:
    """Content for tests."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def copy_to(self, target: int, size: int) -> None:
        assert len(self._data) == size
        os.write(target, self._data)


@settings(max_examples=60, deadline=None)
@given(FILES)
def test_what_is_written_is_read(files: dict[bytes, tuple[int, bytes, int]]) -> None:
    import mmap
    import tempfile

    entries = [folder_entry(b".", 0)]
    for name, (mode, seed, kind) in sorted(files.items()):
        content = seed * (400 * kind + 1)
        entries.append(Entry(name, 0o100000 | mode, 7, len(content), Bytes(content)))
    with tempfile.TemporaryDirectory() as folder:
        path = write_to(Path(folder) / "archive", entries)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            read = read_archive(data, file.fileno(), "archive", Room(MEMORY, "archive")).entries
        assert [(e.name, e.mode, e.mtime, e.size) for e in read] == [(e.name, e.mode, e.mtime, e.size) for e in entries]
        found = facts_of(extract(path, Path(folder) / "root"))
        assert len(found) == len(entries)
