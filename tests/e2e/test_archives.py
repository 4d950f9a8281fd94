"""Initial ramdisks that are archives: their contents appear in the guest; bad ones get one line and status 125."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.cpio_cases import BAD, CHARACTER, FIFO, FOLDER, LINK, REGULAR, Entry, pack
from tests.framework import boot_raw

PROGRAM = "bin/archive"


def fnv(data: bytes) -> str:
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return f"{value:08x}"


def boot(build_guest: Build, tmp_path: Path, entries: list[Entry], *paths: str) -> list[str]:
    """What archive.c, which is in the archive too, prints about the paths."""
    binary = build_guest("archive.c")
    archive = tmp_path / "archive.cpio"
    archive.write_bytes(pack([*entries, Entry(PROGRAM, REGULAR | 0o755, binary.read_bytes())]))
    outcome, console = boot_raw(binary, archive, append=f"quiet -- /{PROGRAM} {' '.join(paths)}")
    assert outcome.status == 0, console
    return console.decode().splitlines()


def at_any_time(lines: list[str]) -> list[str]:
    """Without the times of files that the kernel created itself."""
    return [re.sub(r"time (?!1000000000|1234567890|1600000000)\d+", "time TIME", line) for line in lines]


def test_kinds(build_guest: Build, tmp_path: Path) -> None:
    data = bytes(number * 7 % 251 for number in range(10_000))
    entries = [
        Entry(".", FOLDER | 0o711, owner=(1, 2)),
        Entry("folder", FOLDER | 0o1777, modified=1_000_000_000),
        Entry("folder/empty", REGULAR | 0o600),
        Entry("./folder/large", REGULAR | 0o4755, data, owner=(10, 20), modified=1_234_567_890),
        Entry("folder/link", LINK | 0o777, b"large"),
        Entry("no/folder/above", data=b"text\n"),
        Entry("fifo", FIFO | 0o644),
        Entry("null", CHARACTER | 0o666, device=(1, 3)),
        Entry("twice", REGULAR | 0o644, b"first"),
        Entry("twice", REGULAR | 0o600, b"second"),
        Entry("was-folder", FOLDER | 0o755),
        Entry("was-folder", REGULAR | 0o644, b"file now"),
    ]
    lines = boot(
        build_guest,
        tmp_path,
        entries,
        "/folder",
        "/folder/empty",
        "/folder/large",
        "/folder/link",
        "/no/folder",
        "/no/folder/above",
        "/fifo",
        "/null",
        "/twice",
        "/was-folder",
        "/missing",
        "/dev/null",
    )
    assert at_any_time(lines) == [
        "/folder: 41777 0.0 links 2 time 1000000000",
        f"/folder/empty: 100600 0.0 links 1 time 1600000000 size 0 hash {fnv(b'')}",
        f"/folder/large: 104755 10.20 links 1 time 1234567890 size 10000 hash {fnv(data)}",
        "/folder/link: 120777 0.0 links 1 time 1600000000 -> large",
        "/no/folder: 40755 0.0 links 2 time TIME",
        f"/no/folder/above: 100644 0.0 links 1 time 1600000000 size 5 hash {fnv(b'text' + bytes([10]))}",
        "/fifo: 10644 0.0 links 1 time 1600000000",
        "/null: 20666 0.0 links 1 time 1600000000 device 103",
        f"/twice: 100600 0.0 links 1 time 1600000000 size 6 hash {fnv(b'second')}",
        f"/was-folder: 100644 0.0 links 1 time 1600000000 size 8 hash {fnv(b'file now')}",
        "/missing: errno 2",
        "/dev/null: 20666 0.0 links 1 time TIME device 103",
    ]


def test_hard_links(build_guest: Build, tmp_path: Path) -> None:
    """The data comes with the last name, as GNU cpio writes it; another archive has the same inode number."""
    entries = [
        Entry("one", inode=5, links=3),
        Entry("two", inode=5, links=3),
        Entry("three", inode=5, links=3, data=b"shared"),
        Entry("other", inode=6, links=2, data=b"of its own"),
    ]
    shared = f"100644 0.0 links 3 time 1600000000 size 6 hash {fnv(b'shared')}"
    assert boot(build_guest, tmp_path, entries, "/one", "/two", "/three", "/other") == [
        f"/one: {shared}",
        f"/two: {shared}",
        f"/three: {shared}",
        f"/other: 100644 0.0 links 1 time 1600000000 size 10 hash {fnv(b'of its own')}",
    ]


def test_consecutive_archives(build_guest: Build, tmp_path: Path) -> None:
    """As Linux accepts them: early archives before the real one."""
    binary = build_guest("archive.c")
    archive = tmp_path / "archive.cpio"
    first = pack([Entry("file", data=b"first"), Entry("kept", data=b"kept")])
    second = pack([Entry("file", data=b"second"), Entry(PROGRAM, REGULAR | 0o755, binary.read_bytes())])
    archive.write_bytes(first + bytes(512 - len(first) % 512) + second + bytes(100))
    outcome, console = boot_raw(binary, archive, append=f"quiet -- /{PROGRAM} /file /kept")
    assert outcome.status == 0
    assert [line.split()[-1] for line in console.decode().splitlines()] == [fnv(b"second"), fnv(b"kept")]


@pytest.mark.parametrize("what", BAD)
def test_bad(hello: Path, tmp_path: Path, what: str) -> None:
    make, message = BAD[what]
    archive = tmp_path / "bad.cpio"
    archive.write_bytes(make())
    outcome, console = boot_raw(hello, archive)
    assert outcome.status == 125
    assert b"initial ramdisk: " in console
    assert message.encode() in console
    assert console.count(b"\n") == 1


def test_program_is_missing(hello: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.cpio"
    archive.write_bytes(pack([Entry("bin/plain", REGULAR | 0o644, hello.read_bytes())]))
    outcome, console = boot_raw(hello, archive, append="quiet -- /bin/hello")
    assert (outcome.status, console.count(b"\n")) == (127, 1)
    assert b"/bin/hello: no such file in the root file system" in console
    outcome, console = boot_raw(hello, archive, append="quiet -- /bin/plain")
    assert (outcome.status, console.count(b"\n")) == (126, 1)
    assert b"/bin/plain: not executable" in console


def test_too_large_for_memory(hello: Path, tmp_path: Path) -> None:
    """So many names that memory is exhausted: one line too."""
    archive = tmp_path / "archive.cpio"
    archive.write_bytes(pack([Entry(f"{number}", FOLDER | 0o755) for number in range(20_000)]))
    outcome, console = boot_raw(hello, archive, memory="8M")
    assert (outcome.status, console.count(b"\n")) == (125, 1)
    assert b"it does not fit into memory" in console
