"""Sessions and job control, and programs that people use at a terminal, compared with Linux."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import UNISHIM, run_guest, run_native
from tests.terminals import Session, Step, at_terminal

WORDS = ["--quiet", "--accel", "tcg", "--timeout", "100", "--memory", "256M", "--share", "/", "--env", "PATH"]
SETTINGS = {"PS1": "$ ", "TERM": "xterm", "LANG": "C.UTF-8", "HOME": "/"}
BASH = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
STOPPED: list[Step] = [(b"$ ", b"cat\n"), (b"cat\r\n", b"ab\n"), (b"ab\r\nab\r\n", b"\x1a")]


def test_job_control(build_guest: Build) -> None:
    argv: list[str | Path] = [build_guest("job_control.c")]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.status == 0


def _both(command: Sequence[str | Path], steps: Sequence[Step]) -> tuple[Session, Session]:
    settings = [f"{name}={value}" for name, value in SETTINGS.items()]
    given = [word for setting in settings for word in ("--env", setting)]
    native = at_terminal(["env", *settings, *command], steps)
    return native, at_terminal([*UNISHIM, "run", *WORDS, *given, *command], steps)


def _without_numbers(session: Session) -> Session:
    """The pids of jobs differ."""
    return replace(session, terminal=re.sub(rb"\] \d+\r", b"] PID\r", session.terminal))


@pytest.mark.parametrize(
    "steps",
    [
        [*STOPPED, (b"$ ", b"jobs\n"), (b"$ ", b"fg\n"), (b"fg\r\ncat\r\n", b"cd\n"), (b"cd\r\ncd\r\n", b"\x03")],
        [(b"$ ", b"cat\n"), (b"cat\r\n", b"ab\n"), (b"ab\r\nab\r\n", b"\x04")],
        [(b"$ ", b"cat | tr a-z A-Z\n"), (b"A-Z\r\n", b"word\n"), (b"word\r\n", b"\x04")],
        [(b"$ ", b"p=pass; read -s -p ${p}word: x; echo $x\n"), (b"password:", b"secret\n")],
        [(b"$ ", b"stty size; tty -s; echo $?\n")],
    ],
    ids=["stop", "end", "pipeline", "password", "size"],
)
def test_bash(steps: Sequence[Step]) -> None:
    native, ours = _both(BASH, [*steps, (b"$ ", b"exit 5\n")])
    assert _without_numbers(ours) == _without_numbers(native)
    assert ours.status == 5


def test_python() -> None:
    steps = [(b">>> ", b"input('? ')\n"), (b"\r\n? ", b"abc\n"), (b">>> ", b"while 1: pass\n"), (b"... ", b"\n")]
    native, ours = _both(["python3", "-q"], [*steps, (b"\r\n", b"\x03"), (b"KeyboardInterrupt\r\n>>> ", b"exit(3)\n")])
    assert (ours.status, native.status) == (3, 3)
    assert b"'abc'" in ours.terminal
    assert ours.mode_kept


@pytest.mark.skipif(shutil.which("vim.basic") is None, reason="vim is not installed")
def test_vim(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("line\n")
    steps = [(b"line", b"ihello \x1b"), (b"hello", b":wq\n")]
    native, ours = _both(["vim.basic", "-u", "NONE", "-n", text], steps)
    assert (native.status, ours.status) == (0, 0)
    assert text.read_text() == "hello hello line\n"


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_less(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("".join(f"line {number}\n" for number in range(200)))
    native, ours = _both(["less", text], [(b"line 38\r\n", b" "), (b"line 77\r\n", b"q")])
    assert ours == native


def test_interrupt_of_a_group() -> None:
    """The terminal stays the host's, because stdin is a pipe: Ctrl-C ends the program and the one it waits for."""
    command = ["sh", "-c", "echo begun; sleep 50; echo not reached"]
    streams = ("pipe", "terminal", "terminal")
    steps: list[Step] = [(b"begun\r\n", b"\x03")]

    def pause(text: bytes, process: subprocess.Popen[bytes]) -> None:
        time.sleep(1)  # until sleep(1) runs

    native = at_terminal(command, steps, streams=streams, on=pause)
    ours = at_terminal([*UNISHIM, "run", *WORDS, *command], steps, streams=streams, on=pause)
    assert (ours.status, native.status) == (130, 130)
    assert b"not reached" not in ours.terminal


def test_signals_of_others() -> None:
    """What is sent to `unishim run` reaches the first process."""
    script = "trap 'echo hup' HUP; trap 'echo usr1' USR1; trap 'echo term; exit 7' TERM; echo ready; "
    script += "while :; do sleep 0.1; done"
    numbers = {b"ready\r\n": signal.SIGHUP, b"hup\r\n": signal.SIGUSR1, b"usr1\r\n": signal.SIGTERM}

    def send(text: bytes, process: subprocess.Popen[bytes]) -> None:
        os.kill(process.pid, numbers[text])

    steps: list[Step] = [(text, b"") for text in numbers]
    native = at_terminal(["sh", "-c", script], steps, on=send)
    assert at_terminal([*UNISHIM, "run", *WORDS, "sh", "-c", script], steps, on=send) == native
    assert native.status == 7
