"""SIGSTOP and SIGCONT for the host process of a run: Ctrl-Z and fg, an attaching debugger."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM

pytestmark = pytest.mark.platforms("linux")

FUTEX = "202"  # the number of futex(2)


def test_stop_and_continue(build_guest: Build) -> None:
    """A wait with a timeout is continued by restart_syscall(2), here that for a handler's answer."""
    command = [*UNISHIM, "run", "-q", "--delay", "getppid:2s:times=1", os.fspath(build_guest("faulty.c"))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        guest = _child_in_futex(run)
        os.kill(guest, signal.SIGSTOP)
        while Path(f"/proc/{guest}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.01)
        os.kill(guest, signal.SIGCONT)
        _, stderr = run.communicate(timeout=TIMEOUT)
    assert run.returncode == 3, stderr  # it took more than a second, as the delay demands


def _child_in_futex(run: subprocess.Popen[bytes]) -> int:
    """The only child of a run, once it waits for the host's answer."""
    for _ in range(int(TIMEOUT / 0.01)):
        for child in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split():
            if Path(f"/proc/{child}/syscall").read_text().split()[0] == FUTEX:
                return int(child)
        time.sleep(0.01)
    raise AssertionError("no child waits")
