"""Output that cannot be written, or is not read: the run ends, with the program's answer or one line."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, run_native
from unishim.contract import STATUS_TIMEOUT
from unishim.platforms.choice import choose_platform


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_full_disk(build_guest: Build, stream: str) -> None:
    """On `linux` the program gets ENOSPC, as natively; on `qemu` the run ends with one line."""
    program = build_guest("write_until_error.c")
    alone: list[str | Path] = [program, {"stdout": "1", "stderr": "2"}[stream]]
    command = [*UNISHIM, "run", "--quiet", "--accel", "tcg", *alone]
    with Path("/dev/full").open("wb") as full:
        stdout, stderr = (full, subprocess.PIPE) if stream == "stdout" else (subprocess.PIPE, full)
        done, native = (
            subprocess.run(argv, check=False, timeout=TIMEOUT, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
            for argv in (command, alone)
        )
    if choose_platform()[0].name == "linux":
        assert (done.returncode, done.stdout, done.stderr) == (native.returncode, native.stdout, native.stderr)
        assert native.returncode == 28  # ENOSPC
    else:
        assert done.returncode == 125
        if stream == "stdout":
            message = f"unishim: the program's {stream}: No space left on device".encode()
            assert done.stderr.splitlines()[-1].startswith(message)


def test_timeout_while_nobody_reads(build_guest: Build) -> None:
    """The reader of stdout neither reads nor goes away."""
    command = [*UNISHIM, "run", "-q", "--accel", "tcg", "--timeout", "3", build_guest("endless_output.c")]
    source, target = os.pipe()
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.PIPE)
        assert process.communicate(timeout=TIMEOUT)[1] == b""
        assert process.returncode == STATUS_TIMEOUT
    finally:
        os.close(source)
        os.close(target)


def test_interrupt_while_nobody_reads(build_guest: Build) -> None:
    command = [*UNISHIM, "run", "-q", "--accel", "tcg", "--timeout", "60", build_guest("endless_output.c")]
    source, target = os.pipe()
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.PIPE)
        os.read(source, 1)  # it runs
        time.sleep(0.3)  # most likely the pipe is full now
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
        assert process.returncode == 128 + signal.SIGINT
    finally:
        os.close(source)
        os.close(target)


def test_both_streams_in_one_file(build_guest: Build, tmp_path: Path) -> None:
    program = build_guest("write_in_turns.c")
    path = tmp_path / "output"
    with path.open("wb") as file:
        subprocess.run(
            [*UNISHIM, "run", "-q", "--accel", "tcg", program],
            check=True,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    assert run_native([program]).status == 0
    assert path.read_text() == "".join(f"line {number} of {1 + number % 2}\n" for number in range(200))
