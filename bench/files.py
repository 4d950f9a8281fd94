"""Measures calls on files of the process platform's ramfs against Linux's tmpfs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from bench.figures import TIMEOUT, at_least, in_turns, ratios, spread, table
from bench.process import NATIVE, PROCESS, Runtimes, read_lines
from tests.framework import ROOT, compile_guest

TURNS = 7
FACTOR = 2  # times faster than native
TMPFS = Path("/dev/shm")


def measure_files(runtimes: Runtimes, folder: Path) -> str:
    """The section on files."""
    program = compile_guest(ROOT / "bench" / "guest" / "files.c", folder / "files", "gcc")
    results = in_turns({NATIVE: partial(_native, program), PROCESS: partial(_process, runtimes, program)}, TURNS)
    rows = []
    for mix in results[NATIVE][0]:
        native, process = ([turn[mix] for turn in results[name]] for name in (NATIVE, PROCESS))
        faster = ratios(native, process)
        target = at_least(faster.median, FACTOR, " times")
        rows.append([mix, spread(native).text(), spread(process).text(), faster.text(2), target])
    return f"""## Process: files

Nanoseconds in a program that times itself, medians of {TURNS} runs in turns, quartiles in brackets; natively on tmpfs,
on the unikernel in its root file system.

{table(["calls", "native", "process", "times faster than native", "target"], rows)}
"""


def _run(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=TIMEOUT)
    return read_lines(done.stdout)


def _native(program: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=TMPFS) as folder:
        return _run([os.fspath(program), folder])


def _process(runtimes: Runtimes, program: Path) -> dict[str, float]:
    return _run(runtimes.command(PROCESS, program, "/tmp"))
