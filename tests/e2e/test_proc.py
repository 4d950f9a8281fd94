"""/proc and /sys: their contents are true, and in Linux's format."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import run_guest, run_native

BUSYBOX = shutil.which("busybox") or "busybox"

# What an applet prints on a machine with one process. Its file has the same name as on the host.
APPLETS = {
    ("ps",): r"PID +USER.*COMMAND\n +1 0 .*busybox ps\n",
    ("free",): r" +total .*\nMem: +\d+ +\d+ +\d+ .*\nSwap: +0 +0 +0\n",
    ("uptime",): r" \d\d:\d\d:\d\d up 0 min, .*load average: 0.00, 0.00, 0.00\n",
    (
        "top",
        "-b",
        "-n1",
    ): r"Mem: \d+K used, \d+K free,.*\nCPU: .* idle .*\n(.*\n)*  PID .*\n +1 +0 0 +R .* top -b -n1\n\n?",
    ("mount",): r"(.*\n)*proc on /proc type proc \(rw,relatime\)\n(.*\n)*",
    ("df", "/dev"): r"Filesystem .*\ndevtmpfs +\d+ +\d+ +\d+ +\d+% /dev\n",
    ("pidof", "busybox"): r"1\n",
    ("nproc",): r"1\n",
    ("pwd",): r"/\n",
    ("cat", "/proc/self/task/1/comm"): r"busybox\n",
    ("find", "/sys", "-type", "f"): r"(/sys/devices/system/cpu/(online|possible|present)\n){3}",
    ("readlink", "-f", "/proc/self/cwd/dev/fd"): r"/proc/1/fd\n",
}


@pytest.mark.parametrize("toolchain", ["gcc", "musl"])
@pytest.mark.parametrize("program", ["proc_files.c", "proc_descriptors.c", "proc_machine.c", "proc_threads.c"])
def test_same_as_linux(build_guest: Build, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest(program, toolchain), "plain", "", "with space", "last"]
    environment = {"NAME": "value", "EMPTY": "", "LONG": "x" * 20000}
    stdin = b"some input\n"
    native = run_native(argv, stdin=stdin, env=environment)
    assert run_guest(argv, stdin=stdin, env=environment) == native
    assert (native.status, native.stderr) == (0, b"")
    assert b": no\n" not in native.stdout


@pytest.mark.parametrize("applet", APPLETS, ids=lambda applet: applet[0])
def test_busybox(applet: tuple[str, ...]) -> None:
    done = run_guest([BUSYBOX, *applet])
    assert (done.status, done.stderr) == (0, b"")
    assert re.fullmatch(APPLETS[applet], done.stdout.decode()), done.stdout.decode()


def test_every_file_can_be_read() -> None:
    found = run_guest([BUSYBOX, "find", "/proc", "/sys", "-type", "f"]).stdout.decode().split()
    names = [name for name in found if "/fdinfo/" not in name]
    assert len(names) > 60
    done = run_guest([BUSYBOX, "wc", "-c", *names])
    assert (done.status, done.stderr) == (0, b"")
    sizes = {name: size for size, name in (line.split() for line in done.stdout.decode().splitlines())}
    assert {name for name in names if sizes[name] == "0"} == {"/proc/1/environ", "/proc/1/task/1/environ"}
