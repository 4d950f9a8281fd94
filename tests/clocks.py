"""Compares a guest's clock with the host's over an interval: load widens the result's range, but does not move it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

EXCHANGES = 30  # at each end of the interval


def measure_drift(command: Sequence[str | Path], seconds: float) -> tuple[float, float]:
    """Runs clock_under_load.c; returns the least and the largest possible drift of its clock, in parts per million."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            least, most = _offset(process)
            started = time.monotonic_ns()
            time.sleep(seconds)
            passed = time.monotonic_ns() - started
            later_least, later_most = _offset(process)
        finally:
            process.kill()
    return (later_least - most) / passed * 1e6, (later_most - least) / passed * 1e6


def _offset(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """What the guest's clock minus the host's can be: every exchange narrows the range."""
    assert process.stdin is not None
    assert process.stdout is not None
    least, most = -(1 << 63), 1 << 63
    for _ in range(EXCHANGES):
        before = time.monotonic_ns()
        process.stdin.write(b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        after = time.monotonic_ns()
        first, second = map(int, line.split())
        assert first <= second
        least, most = max(least, second - after), min(most, first - before)
    return least, most
