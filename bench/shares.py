"""Measures shared directories on both platforms: compared with native access, and by message size."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.figures import TIMEOUT, in_turns, spread, table
from bench.files import TMPFS
from bench.linux import LINUX, NATIVE, read_lines
from tests.framework import ROOT, UNISHIM, compile_guest

TURNS = 5
QEMU = "qemu"
LARGE, SMALL_FILES, SMALL = 64 << 20, 4000, 1024
MESSAGE_KIB = (16, 64, 128, 256, 512, 1024)
_HEADERS = 4096  # space in a message in addition to its data
_MIB_PER_NS = 1e9


def measure_shares(folder: Path) -> str:
    """The section on shared directories."""
    program = compile_guest(ROOT / "bench" / "guest" / "shared_files.c", folder / "shared_files", "gcc")
    with tempfile.TemporaryDirectory(dir=TMPFS) as name:
        _fill(Path(name))
        run = partial(_run, program, name)
        calls = in_turns({NATIVE: partial(_native, program, name), LINUX: run(LINUX), QEMU: run(QEMU)}, TURNS)
        options = [f"msize={(kib << 10) + _HEADERS}" for kib in MESSAGE_KIB]
        sizes = in_turns({LINUX: run(LINUX, options), QEMU: run(QEMU, options)}, TURNS)
    rows = [
        [mix, *(spread([turn[mix] / 1000 for turn in results]).text() for results in calls.values())]
        for mix in calls[NATIVE][0]
    ]
    speeds = [
        [f"{kib} KiB", *(_speed([turn[option] for turn in results]) for results in sizes.values())]
        for kib, option in zip(MESSAGE_KIB, options, strict=True)
    ]
    return f"""## Shared directories

Microseconds for files in a directory on tmpfs, measured by the program itself; medians of {TURNS} runs in turns,
quartiles in brackets. There are {SMALL_FILES} small files, so no run on the unikernel uses a file twice.

{table(["calls", *calls], rows)}

MiB per second when a large file is read in pieces of 1 MiB, by the data in one message (docs/how-to/shared-folders.md).

{table(["data", *sizes], speeds)}
"""


def _speed(nanoseconds: Sequence[float]) -> str:
    return spread([_MIB_PER_NS / value for value in nanoseconds]).text(0)


def _fill(folder: Path) -> None:
    (folder / "large").write_bytes(os.urandom(1 << 20) * (LARGE >> 20))
    for number in range(SMALL_FILES):
        (folder / str(number)).write_bytes(bytes(SMALL))


def _native(program: Path, folder: str) -> dict[str, float]:
    return _lines([program, folder])


def _run(program: Path, folder: str, platform: str, options: Sequence[str] = ()) -> partial[dict[str, float]]:
    command = [*UNISHIM, "run", "--quiet", "--platform", platform, "--mount", f"{folder}:/mnt", program, "/mnt"]
    return partial(_lines, [*command, *options])


def _lines(command: Sequence[str | Path]) -> dict[str, float]:
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=TIMEOUT)
    return read_lines(done.stdout)
