"""Timers interrupt a program, on both platforms as on Linux."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, TOOLCHAINS, UNISHIM, run_guest

RUN: list[str | Path] = [*UNISHIM, "run", "--quiet", "--accel", "tcg", "--timeout", str(TIMEOUT / 2)]


def run_with_silent_input(command: Sequence[str | Path]) -> tuple[int, str]:
    """The status and the output of a command whose input stays open and empty."""
    source, target = os.pipe()
    try:
        done = subprocess.run(command, check=False, stdin=source, stdout=subprocess.PIPE, timeout=TIMEOUT)
    finally:
        os.close(source)
        os.close(target)
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_same_as_linux(build_guest: Build, toolchain: str) -> None:
    program = build_guest("timers.c", toolchain)
    native = run_with_silent_input([program])
    assert run_with_silent_input([*RUN, program]) == native
    assert native[0] == 0


def test_alarm_ends_the_program(build_guest: Build) -> None:
    assert run_guest([build_guest("timers.c"), "end"]).status == 128 + 14


def test_storm(build_guest: Build) -> None:
    run = run_guest([build_guest("timers.c"), "storm"])
    assert (run.status, run.stdout) == (0, b"storm: many 1, rounds 1, wrong 0\n")


@pytest.mark.platforms("linux")
def test_unread_output(build_guest: Build) -> None:
    """A virtual machine's device has accepted the output before the host's pipe is full."""
    source, target = os.pipe()
    try:
        done = subprocess.run(
            [*RUN, build_guest("timers.c"), "write"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT,
        )
    finally:
        os.close(source)
        os.close(target)
    assert (done.returncode, done.stderr) == (0, b"wrote 65536, then -1 errno 4\n")


def test_while_a_handler_answers(build_guest: Build, tmp_path: Path) -> None:
    """The program's timer does not disturb a Python handler."""
    handlers = tmp_path / "handlers.py"
    handlers.write_text(
        "import time\n"
        "from unishim.handlers import Guest, syscall_r_define\n\n\n"
        "@syscall_r_define\n"
        "def getppid(k: Guest) -> int:\n"
        "    time.sleep(0.02)\n"
        "    return 0\n"
    )
    run = run_guest([build_guest("timers.c"), "storm"], "--handlers", os.fspath(handlers))
    assert run.status == 0
    assert b"wrong 0" in run.stdout
