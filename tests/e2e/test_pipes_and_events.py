"""Pipes, splicing, and event files: the same natively and on the unikernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TOOLCHAINS, run_guest, run_native

PROGRAMS = ["pipes.c", "fifos.c", "splice.c", "inotify.c", "event_files.c", "epoll.c", "waits.c"]


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_same_as_linux(build_guest: Build, tmp_path: Path, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest(program, toolchain)]
    native = run_native(argv, cwd=tmp_path)
    assert run_guest(argv) == native
    assert native.status == 0
    assert native.stdout


def test_watches_of_an_unmounted_file_system(build_guest: Build) -> None:
    output = run_guest([build_guest("inotify.c"), "unmount"]).stdout.decode()
    events = [line.split() for line in output.partition("unmounted:\n")[2].splitlines()]
    assert sorted(events) == [["1", "IGNORED"], ["1", "UNMOUNT"], ["2", "IGNORED"], ["2", "UNMOUNT"]], output


SEEDS = [str(seed) for seed in range(1, 41)]


def test_random_operations(build_guest: Build) -> None:
    """The events of epoll, poll and select, and their order."""
    argv: list[str | Path] = [build_guest("epoll_random.c"), *SEEDS]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.stdout.count(b"\n") > 1000 * len(SEEDS)
