"""The clock of a machine, compared with the host's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.clocks import measure_drift
from tests.conftest import Build
from tests.framework import UNISHIM

DRIFT_MAX = 100  # parts per million; the goal
SECONDS = 3  # bench/clocks.py measures a minute


@pytest.fixture
def busy_host() -> Iterator[None]:
    """More processes that compute than the host has processors."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    yield
    for loop in loops:
        loop.kill()
        loop.wait()


@pytest.mark.usefixtures("busy_host")
def test_the_clock_keeps_time_under_load(build_guest: Build) -> None:
    """Threads, short timers and a busy host used to make the clock of qemu run fast."""
    command = [*UNISHIM, "run", "-q", "--accel", "tcg", build_guest("clock_under_load.c"), "load"]
    least, most = measure_drift(command, SECONDS)
    assert least <= DRIFT_MAX
    assert most >= -DRIFT_MAX
