"""Files and paths: the same natively, on a tmpfs, and on the unikernel's root."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TOOLCHAINS, run_guest, run_native

PROGRAMS = [
    "file_calls.c",
    "directories.c",
    "links.c",
    "rename.c",
    "times_of_files.c",
    "locks.c",
    "memfd.c",
    "bad_paths.c",
    "mounts.c",
]


@pytest.fixture
def tmpfs() -> Iterator[Path]:
    """An empty directory on a tmpfs of the host, the closest equivalent of the unikernel's file system."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_same_as_linux(build_guest: Build, tmpfs: Path, program: str, toolchain: str) -> None:
    binary = build_guest(program, toolchain)
    native = run_native([binary, tmpfs])
    assert native.status == 0
    assert native.stdout.count(b"\n") > 40
    guest = run_guest([binary, "/tmp"])
    assert guest.stdout.decode().splitlines() == native.stdout.decode().splitlines()
    assert guest.status == 0


def test_full_memory(build_guest: Build) -> None:
    """A file that takes all memory gets ENOSPC; written data stays, and the program continues."""
    done = run_guest([build_guest("full.c"), "/tmp"], "--memory", "16M")
    assert done.status == 0, done.stderr
    assert done.stdout == b"full, and goes on\n"
