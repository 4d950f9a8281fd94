"""Directories with everything that a file system can hold, and how they are compared."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.framework import TIMEOUT
from unishim.rootfs.cpio_writer import write_archive
from unishim.rootfs.entry import Entry
from unishim.rootfs.source import Packing, read_source

MEMORY = 1 << 30
Facts = dict[str, tuple[object, ...]]


def make_folder(top: Path) -> Path:
    """Files of all sizes around a page, all kinds of links, odd names and modes, empty and deep directories."""
    for name in ("a/b/c/d/e", "a-b", "empty", "long" * 50):
        (top / name).mkdir(parents=True)
    for size in (0, 1, 3, 4, 4095, 4096, 4097, 12289, 70000):
        (top / f"size-{size}").write_bytes(os.urandom(size))
    for number in range(60):  # headers and data at many offsets
        (top / "a" / ("n" * (number * 4 + 1))).write_bytes(bytes([number]) * (3000 + number * 100))
    os.link(top / "size-70000", top / "a" / "linked")
    os.link(top / "size-70000", top / "z-linked")
    os.link(top / "size-0", top / "empty-linked")
    (top / "link").symlink_to("a/b")
    (top / "dangling").symlink_to("/no/such/" + "x" * 200)
    Path(os.fsdecode(os.fsencode(top) + b"/\xff\xfe \n*")).write_bytes(b"odd name")
    with (top / "sparse").open("wb") as file:
        file.seek(1 << 20)
        file.write(b"middle")
        file.truncate(3 << 20)
    os.mkfifo(top / "fifo", 0o640)
    if os.geteuid() == 0:
        os.mknod(top / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(top / "disk", stat.S_IFBLK | 0o600, os.makedev(259, 70000))
    (top / "size-1").chmod(0o6751)
    (top / "empty").chmod(0o1777)
    (top / "a-b").chmod(0o500)
    return top


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.fspath(path))


def facts_of(top: Path) -> Facts:
    """What an archive has to keep: by name, mode and content, device or target, and the names of the same file."""
    facts: Facts = {}
    names: dict[int, list[str]] = {}
    found = sorted(Path(folder, name) for folder, *lists in os.walk(top) for part in lists for name in part)
    for path in [top, *found]:
        name, status = os.fspath(path.relative_to(top)), path.lstat()
        content: object = None
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
            names.setdefault(status.st_ino, []).append(name)
        elif stat.S_ISLNK(status.st_mode):
            content = os.fspath(path.readlink())
        elif stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            content = status.st_rdev
        facts[name] = status.st_mode, content
    for group in names.values():
        for name in group:
            facts[name] += (tuple(group),)
    return facts


def pack(path: Path, output: Path, packing: Packing | None = None) -> list[Entry]:
    """Writes what a path names as an archive, and returns its contents."""
    with ExitStack() as stack:
        entries = read_source(path, packing or Packing(MEMORY), stack).entries
        assert entries is not None
        write_to(output, entries)
        return entries


def write_to(output: Path, entries: Iterable[Entry]) -> Path:
    with output.open("wb") as file:
        size = write_archive(entries, file.fileno())
    assert size == output.stat().st_size
    return output


def extract(archive: Path, folder: Path, tool: str = "cpio") -> Path:
    """Unpacks an archive with another program, which must not print anything about it."""
    folder.mkdir()
    command = {"cpio": ["cpio", "-i", "-d", "-m", "--quiet"], "bsdtar": ["bsdtar", "-x", "-p", "-f", "-"]}[tool]
    with archive.open("rb") as file:
        done = subprocess.run(command, stdin=file, cwd=folder, check=False, capture_output=True, timeout=TIMEOUT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return folder
