"""Measures how far a clock drifts from the host's in a minute of threads and short timers on a busy host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.figures import table
from tests.clocks import measure_drift
from tests.framework import GUESTS, UNISHIM, compile_guest

SECONDS = 60
TARGET = 100  # parts per million


def measure_clocks(folder: Path) -> str:
    """The section of the page."""
    program = compile_guest(GUESTS / "clock_under_load.c", folder / "clock", "gcc")
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        rows = [_row(platform, program) for platform in ("linux", "qemu")]
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    return f"""## Clock under load

CLOCK_MONOTONIC of the program against the host's, over {SECONDS} seconds in which two threads compute, two sleep for a
millisecond at a time, a timer sends a signal every millisecond, and four processes of the host compute. The drift lies
between two bounds, because the host's clock is read before and after the program's. Target: at most {TARGET} parts per
million.

{table(["platform", "drift in parts per million"], rows)}
"""


def _row(platform: str, program: Path) -> list[str]:
    command = [*UNISHIM, "run", "-q", "--platform", platform, "--accel", "tcg", program, "load"]
    least, most = measure_drift(command, SECONDS)
    missed = " (missed)" if least > TARGET or most < -TARGET else ""
    return [f"`{platform}`", f"{least:.1f} to {most:.1f}{missed}"]
