"""Garbage for every system call, and a million random calls: errors, signals or an exit, but the kernel survives."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import GUESTS, TOOLCHAINS, run_guest, run_native
from unishim.syscalls.provided import provided_calls
from unishim.syscalls.table import by_name

COUNT = 500_000
SEEDS = (1, 2, 3, 4)  # COUNT calls each
# The results of these, or the data that they store, depend on the time.
TIMED = {
    *("alarm", "getitimer", "setitimer", "timer_gettime", "timer_settime", "timerfd_gettime", "timerfd_settime"),
    *("select", "pselect6", "ppoll", "poll", "epoll_wait", "epoll_pwait", "epoll_pwait2", "futex", "rt_sigtimedwait"),
    *("nanosleep", "clock_nanosleep", "stat", "lstat", "newfstatat", "statx", "fstat", "utimensat", "sched_yield"),
}
NAMES = re.findall(r'is\("([a-z0-9_-]+)"\)', (GUESTS / "single_calls.c").read_text())
SLEEPS = [
    "pause",
    "sleep",
    "sleep-until",
    "futex",
    "futex-long",
    "poll",
    "ppoll",
    "sigtimedwait",
    "sigsuspend",
    "flock",
    "pipe-read",
    "pipe-write",
    "fifo",
    "eventfd",
    "inotify",
    "select",
    "epoll",
]
SINGLES = [name for name in NAMES if name not in SLEEPS]


@pytest.fixture(scope="module")
def numbers() -> str:
    """All provided calls."""
    return ",".join(str(by_name()[name].number) for name in provided_calls())


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", ["call_numbers.c", "bad_values.c"])
def test_same_as_linux(build_guest: Build, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest(program, toolchain)]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.status == 0


@pytest.mark.parametrize("name", SINGLES)
def test_garbage_that_ends_the_program(build_guest: Build, name: str) -> None:
    argv: list[str | Path] = [build_guest("single_calls.c"), name]
    native, guest = run_native(argv), run_guest(argv)
    assert guest.status == native.status
    assert native.status != 125


def test_garbage_that_sleeps(build_guest: Build) -> None:
    """Without end: the kernel waits, and the timeout expires."""
    program = build_guest("single_calls.c")

    def run(name: str) -> int:
        return run_guest([program, name], "--timeout", "1").status

    with ThreadPoolExecutor(4) as pool:
        assert dict(zip(SLEEPS, pool.map(run, SLEEPS), strict=True)) == dict.fromkeys(SLEEPS, 124)


def test_every_call_with_garbage(build_guest: Build, numbers: str) -> None:
    done = run_guest([build_guest("garbage_calls.c"), numbers])
    assert done.status == 0, done.stderr
    assert re.search(rb"survived [0-9]+ calls\n$", done.stdout)


def fuzz(program: Path, numbers: str, seed: int, count: int, *options: str) -> bytes:
    """The hash of all results."""
    done = run_guest([program, numbers, str(seed), str(count)], *options)
    found = re.search(rb"survived, hash ([0-9a-f]{16})\n", done.stdout)
    assert done.status == 0 and found, (seed, done.stdout[-300:], done.stderr[-3000:])
    return found[1]


def test_random_calls(build_guest: Build, numbers: str) -> None:
    program = build_guest("random_calls.c")
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(lambda seed: fuzz(program, numbers, seed, COUNT, "--seed", str(seed)), SEEDS)
    assert len(set(hashes)) == len(SEEDS)


def test_random_calls_replay(build_guest: Build) -> None:
    """The same seeds give the same results, and each of the two seeds has an effect."""
    program = build_guest("random_calls.c")
    calls = set(provided_calls()) - TIMED
    numbers = ",".join(str(number) for number in sorted(by_name()[name].number for name in calls))
    first, again, kernel, other = (
        fuzz(program, numbers, seed, 50_000, "--seed", kernel)
        for seed, kernel in [(1, "1"), (1, "1"), (1, "2"), (2, "1")]
    )
    assert first == again
    assert len({first, kernel, other}) == 3
    argv: list[str | Path] = [program, numbers, "1", "50000", "49000", "49009"]
    replayed = run_guest(argv, "--seed", "1").stdout
    assert re.search(rb"^4900[0-9]: [0-9]+\(.*\) = -?[0-9]+\n", replayed, re.MULTILINE)
    assert first in replayed


def test_random_calls_in_little_memory(build_guest: Build, numbers: str) -> None:
    """With occasional allocation failures."""
    fuzz(build_guest("random_calls.c"), numbers, 1, 100_000, "--memory", "6M")
