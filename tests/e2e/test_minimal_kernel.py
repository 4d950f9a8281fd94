"""Kernels configured by `unishim configure --for`: they are smaller, the program runs, left-out calls give ENOSYS."""

from __future__ import annotations

import errno
import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import ROOT, TIMEOUT, UNISHIM, run_guest, run_native
from unishim.platforms.choice import choose_platform
from unishim.syscalls.table import by_name

GETCPU = ROOT / "examples" / "getcpu"
# Calls of posix-system, posix-time and posix-signal, with arguments with which none of them fails.
LEFT_OUT = [str(by_name()[name].number) for name in ("getrandom", "gettimeofday", "rt_sigprocmask")]


def unishim(*arguments: str | Path) -> str:
    return subprocess.check_output([*UNISHIM, *arguments], text=True, timeout=TIMEOUT)


@pytest.fixture
def small(build_guest: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel for left_out.c, with musl, whose start needs few libraries, and one of our own; one per platform."""
    folder = tmp_path_factory.getbasetemp() / "small" / choose_platform()[0].name
    if not folder.exists():
        _configure(build_guest, folder)
    return Path(unishim("build", "-o", folder).strip())


def _configure(build_guest: Build, folder: Path) -> None:
    program = build_guest("left_out.c", "musl")
    command = [*UNISHIM, "configure", "--for", program, "--library", GETCPU, "--json", "-o", folder]
    facts = json.loads(subprocess.check_output(command, stderr=subprocess.DEVNULL, timeout=TIMEOUT))
    assert len(facts["unknown_sites"]) == 1
    assert {"posix-getcpu", "posix-system", "posix-time", "posix-signal"} <= set(facts["left_out"])
    before = (folder / ".config").read_text()
    unishim("build", "-o", folder)
    assert (folder / ".config").read_text() == before


def test_program_runs(build_guest: Build, small: Path) -> None:
    for program in (build_guest("left_out.c", "musl"), build_guest("hello.c", "musl")):
        assert run_guest([program], "--kernel", str(small)) == run_native([program])


def test_it_is_smaller(small: Path, kernel: Path) -> None:
    assert small.stat().st_size < 0.9 * kernel.stat().st_size


def test_what_was_left_out_gives_enosys(build_guest: Build, small: Path) -> None:
    program = build_guest("left_out.c", "musl")
    wanted = "".join(f"{number}: {{0}}\n" for number in LEFT_OUT)
    assert run_guest([program, *LEFT_OUT]).stdout.decode() == wanted.format(0)
    assert run_guest([program, *LEFT_OUT], "--kernel", str(small)).stdout.decode() == wanted.format(errno.ENOSYS)


def test_tracing_was_left_out(build_guest: Build, small: Path) -> None:
    command: list[str | Path] = [*UNISHIM, "trace", "--accel", "tcg", "--kernel", small, build_guest("hello.c", "musl")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 125
    assert "CONFIG_LIBCHANNEL=y" in done.stderr


def test_with_trace(build_guest: Build, tmp_path: Path, kernel: Path) -> None:
    program = build_guest("signals.c")
    unishim("configure", "--for", program, "--with-trace", "-o", tmp_path)
    image = unishim("build", "-o", tmp_path).strip()
    assert Path(image).stat().st_size <= kernel.stat().st_size
    native = run_native([program])
    assert run_guest([program], "--kernel", image) == native
    command = [*UNISHIM, "trace", "--accel", "tcg", "--kernel", image, "-e", "exit_group", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert "exit_group(0)" in done.stderr


def test_the_configured_library_is_built(build_guest: Build, small: Path) -> None:
    done = run_guest([build_guest("missing_syscall.c", "musl")], "--kernel", str(small))
    assert b"Getcpu returned: 0\n" in done.stdout
    facts = json.loads((small.parent / "include/uk/bits/provided_syscalls.json").read_text())
    assert facts["getcpu"]["library"] == "getcpu"
