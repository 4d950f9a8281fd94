"""Attacks of a program on the cage that has a terminal: its descriptors are allowed, but only for what is needed."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.e2e.test_cage import LIBRARY, MEMORY, REFUSED, started
from tests.framework import TIMEOUT, UNISHIM
from tests.terminals import at_terminal
from unishim.build.image import ensure_image
from unishim.syscalls.table import by_name

pytestmark = pytest.mark.platforms("linux")

# At a terminal, its descriptors can be read, written and controlled; {terminal} is that of /dev/tty.
TERMINAL_CALLS = {
    "ioctl": "0 0x5412 {address}",  # TIOCSTI
    "ioctl ": "{terminal} 0x5412 {address}",
    "ioctl  ": "0 0x541d {address}",  # TIOCCONS
    "ioctl   ": "0 0x540e 1",  # TIOCSCTTY
    "ioctl    ": "0 0x5423 {address}",  # TIOCSETD
    "ioctl     ": f"{MEMORY} 0x5401 {{address}}",
    "read": f"{MEMORY} {{address}} 1",
    "write": f"{MEMORY} text:x 1",
    "ppoll": "{address} 2 0 0 8",
}


def _by_hand(cage: Path, *words: str) -> list[str | Path]:
    return [ensure_image("linux"), "-p", "quiet tty=15", "-i", cage, "--", "cage", *words]


@pytest.mark.parametrize("name", TERMINAL_CALLS)
def test_refused_calls_at_a_terminal(build_guest: Build, name: str) -> None:
    call = by_name()[name.strip()].number
    # By hand, the descriptors are those of the memory, of the program, and of the terminal.
    words = TERMINAL_CALLS[name].format(address=LIBRARY, terminal=MEMORY + 2)
    done = at_terminal(_by_hand(build_guest("cage.c"), "call", str(call), *words.split()))
    assert done.status == REFUSED
    assert f"The program tried the host's system call {call} and was ended".encode() in done.terminal
    allowed = "call", str(by_name()["ioctl"].number), str(MEMORY + 2), "0x5413", LIBRARY
    assert at_terminal(_by_hand(build_guest("cage.c"), *allowed)).status != REFUSED


def test_launcher_is_killed_on_a_terminal(build_guest: Build) -> None:
    primary, secondary = pty.openpty()
    before = termios.tcgetattr(secondary)
    command = [*UNISHIM, "run", "--quiet", build_guest("endless_loop.c")]
    launcher = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=secondary)
    child = started(launcher)
    launcher.kill()
    launcher.wait(TIMEOUT)
    for _ in range(TIMEOUT * 100):
        path = Path(f"/proc/{child}/stat")
        if not path.exists() or ") Z " in path.read_text():
            break
        time.sleep(0.01)
    else:
        raise AssertionError("the image runs on")
    deadline = time.monotonic() + TIMEOUT
    while termios.tcgetattr(secondary) != before and time.monotonic() < deadline:  # the guard restores it
        time.sleep(0.01)
    assert termios.tcgetattr(secondary) == before
    os.close(primary)
    os.close(secondary)
