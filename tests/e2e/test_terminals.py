"""Terminals, compared with Linux: /dev/tty while streams are pipes and files, modes, signals, no terminal."""

from __future__ import annotations

import fcntl
import itertools
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import UNISHIM
from tests.terminals import Session, Step, at_terminal
from unishim.build.image import ensure_image
from unishim.platforms.registry import PLATFORMS

KINDS = ("terminal", "pipe", "file")
STREAMS = [
    *itertools.product(KINDS, ("terminal", "pipe"), ("terminal", "pipe")),
    ("pipe", "file", "file"),
    ("file", "file", "terminal"),
]
RUN = [*UNISHIM, "run", "--quiet", "--accel", "tcg", "--timeout", "50"]
LINES: list[Step] = [
    (b"first> ", b"one\n"),
    (b"second> ", b"two\n"),
    (b"end> ", b"\x04"),
    (b"again> ", b"three\n"),
]
PIPED = b"piped\n"
OWN = ("terminal", "terminal", "terminal")  # the terminal becomes the machine's own
# As a shell with one job: says when it stops, and lets it continue.
SHELL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
def begin():
    os.setpgid(0, 0)
    os.tcsetpgrp(2, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
job = subprocess.Popen(sys.argv[1:], preexec_fn=begin)
while os.WIFSTOPPED(status := os.waitpid(job.pid, os.WUNTRACED)[1]):
    os.tcsetpgrp(2, os.getpid())
    os.write(2, b"stopped\\n")
    sys.stdin.readline()
    os.tcsetpgrp(2, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.fixture(scope="module")
def program(build_guest: Build) -> Path:
    for platform in PLATFORMS:  # otherwise, the progress of the build would be on the terminal
        ensure_image(platform)
    return build_guest("controlling_terminal.c")


def _both(
    program: Path, words: Sequence[str], steps: Sequence[Step] = (), **arrangement: object
) -> tuple[Session, Session]:
    """The native session, and ours."""
    native = at_terminal([program, *words], steps, **arrangement)  # type: ignore[arg-type]
    return native, at_terminal([*RUN, program, *words], steps, **arrangement)  # type: ignore[arg-type]


def _without_echoes(session: Session) -> Session:
    """A signal discards output that the terminal has not sent yet, so the echo of its key may be missing or late."""
    return replace(session, terminal=re.sub(rb"\^[CZ\\]", b"", session.terminal))


@pytest.mark.parametrize("streams", STREAMS, ids=" ".join)
@pytest.mark.parametrize("controlling", [True, False], ids=["controlling", "none"])
def test_every_arrangement(program: Path, streams: Sequence[str], controlling: bool) -> None:
    native, ours = _both(program, ["status"], streams=streams, stdin=PIPED, controlling=controlling)
    assert ours == native


@pytest.mark.parametrize("streams", [("pipe", "terminal", "terminal"), ("file", "pipe", "terminal")], ids=" ".join)
def test_lines(program: Path, streams: Sequence[str]) -> None:
    """The keyboard is read from /dev/tty, and the pipe or the file from stdin."""
    native, ours = _both(program, ["lines"], LINES, streams=streams, stdin=PIPED)
    assert ours == native
    assert b"stdin: 6 70" in ours.output + ours.terminal


def test_resize(program: Path) -> None:
    """The size of the host's terminal is the machine's, and SIGWINCH reports a change."""
    sizes = iter([(11, 22), (33, 44)])

    def resize(text: bytes, process: subprocess.Popen[bytes]) -> None:
        descriptor = os.open(f"/proc/{process.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)
        if text == b"resize> ":
            fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("4H", *next(sizes), 0, 0))
        os.close(descriptor)

    steps = [(b"resize> ", b""), (b"resize> ", b""), (b"end> ", b"\n")]
    native = at_terminal([program, "resized"], steps, on=resize)
    sizes = iter([(11, 22), (33, 44)])
    assert at_terminal([*RUN, program, "resized"], steps, on=resize) == native
    assert b"33 44" in native.terminal


def test_terminal_streams(program: Path) -> None:
    """Each stream that is a terminal can be read and written."""
    steps = [(b"stream> ", b"%d\n" % number) for number in range(3)]
    native, ours = _both(program, ["streams"], steps)
    assert ours == native


@pytest.mark.parametrize("streams", [("pipe", "pipe", "pipe"), OWN], ids=" ".join)
def test_password(program: Path, streams: Sequence[str]) -> None:
    """What is typed without echo does not appear."""
    native, ours = _both(program, ["password"], [(b"password: ", b"secret\n")], streams=streams)
    assert ours == native
    assert b"secret" not in ours.terminal


@pytest.mark.parametrize("streams", [("pipe", "pipe", "terminal"), OWN], ids=" ".join)
@pytest.mark.parametrize(
    ("part", "steps"),
    [
        ("raw", [(b"key> ", b"a\x03\x1b\r"), (b"three> ", b"x"), (b"", b"y"), (b"", b"z")]),
        ("events", [(b"epoll> ", b"1\n"), (b"poll> ", b"2\n"), (b"select> ", b"3\n"), (b"flush> ", b"4\n")]),
        ("requests", []),
    ],
)
def test_parts(program: Path, part: str, steps: Sequence[Step], streams: Sequence[str]) -> None:
    native, ours = _both(program, [part], steps, streams=streams)
    assert ours == native


def test_two_inputs(program: Path) -> None:
    """A wait for the terminal and for stdin, which is a pipe."""
    steps = [(b"poll> ", b"one\n"), (b"epoll> ", b"two\n")] * 3
    native, ours = _both(program, ["both"], steps, streams=("silent", "pipe", "pipe"))
    assert ours == native


@pytest.mark.parametrize("streams", [("pipe", "pipe", "pipe"), ("terminal", "terminal", "terminal")], ids=" ".join)
def test_signals(program: Path, streams: Sequence[str]) -> None:
    r"""Ctrl-C, Ctrl-\ and a change of size reach the program's handlers; then Ctrl-C ends it."""
    steps = [(b"interrupt> ", b"\x03"), (b"quit> ", b"\x1c"), (b"compute> ", b"\x03")]
    native, ours = _both(program, ["signals"], steps, streams=streams)
    assert _without_echoes(ours) == _without_echoes(native)
    assert ours.status == 128 + signal.SIGINT


def test_stop_and_continue(program: Path) -> None:
    """Ctrl-Z stops the run, with everything that belongs to it; then it continues where it was."""
    steps = [(b"first> ", b"\x1a"), (b"stopped\r\n", b"go on\n"), (b"", b"one\n"), (b"6e 65 0a\r\n", b"two\n")]
    steps += [(b"second> ", b"three\n"), (b"65 65 0a\r\n", b"four\n"), *LINES[2:]]
    shell = [sys.executable, "-c", SHELL]
    native = at_terminal([*shell, program, "lines"], steps)

    def continues(text: bytes, process: subprocess.Popen[bytes]) -> None:
        if not text:
            time.sleep(1)  # what is typed before the terminal is raw again would be echoed twice

    ours = at_terminal([*shell, *RUN, program, "lines"], steps, on=continues)
    assert ours.status == 0
    assert _without_echoes(ours) == _without_echoes(native)


def _nothing(text: bytes, process: subprocess.Popen[bytes]) -> None:
    pass


def _kill_run(text: bytes, process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGTERM)


def _kill_guest(text: bytes, process: subprocess.Popen[bytes]) -> None:
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize(
    ("words", "steps", "on", "status"),
    [
        (["none", "return"], [], _nothing, 0),
        (["none", "abort"], [], _nothing, 134),
        (["none", "wait"], [(b"raw> ", b"")], _kill_run, 143),
        (["none", "wait"], [(b"raw> ", b"")], _kill_guest, 125),
    ],
    ids=["return", "abort", "run killed", "guest killed"],
)
def test_the_mode_is_restored(
    program: Path,
    words: Sequence[str],
    steps: Sequence[Step],
    on: Callable[[bytes, subprocess.Popen[bytes]], None],
    status: int,
) -> None:
    ours = at_terminal([*RUN, program, *words], steps, on=on)
    assert ours.status == status
    assert ours.mode_kept
