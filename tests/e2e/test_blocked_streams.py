"""Output that nobody takes, or that no disk has room for: the run ends as asked, and says why."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM

COMMAND = [*UNISHIM, "run", "-q", "--accel", "tcg"]


@contextmanager
def blocked(kind: str) -> Iterator[int]:
    """The writing end of a stream that nobody reads."""
    if kind == "pipe":
        source, target = os.pipe()
    else:
        ours, other = socket.socketpair()
        source, target = ours.detach(), other.detach()
    try:
        yield target
    finally:
        os.close(source)
        os.close(target)


@pytest.fixture
def endless(build_guest: Build) -> Path:
    """A program that writes without end."""
    return build_guest("endless_output.c")


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_timeout(endless: Path, kind: str) -> None:
    with blocked(kind) as target:
        done = subprocess.run([*COMMAND, "--timeout", "2", endless], check=False, stdout=target, timeout=TIMEOUT)
    assert done.returncode == 124


@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(endless: Path, kind: str, number: signal.Signals) -> None:
    """Once the stream is full, which is when no more bytes fit."""
    with blocked(kind) as target, subprocess.Popen([*COMMAND, endless], stdout=target) as run:
        wait_until_full(target)
        run.send_signal(number)
        assert run.wait(TIMEOUT) == 128 + number


def wait_until_full(target: int) -> None:
    """Returns when a write would wait, twice in a row."""
    import select
    import time

    poll = select.poll()
    poll.register(target, select.POLLOUT)
    full = 0
    for _ in range(int(TIMEOUT / 0.1)):
        full = 0 if poll.poll(0) else full + 1
        if full == 3:
            return
        time.sleep(0.1)
    raise AssertionError("nothing is written")


@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.parametrize("command", ["trace", "run"])
def test_trace_and_handlers(endless: Path, tmp_path: Path, kind: str, command: str) -> None:
    """The channel's thread waits for the reader of stderr; the run does not."""
    handlers = tmp_path / "handlers.py"
    handlers.write_text(
        "import sys\nfrom unishim.handlers import syscall_wrap\n@syscall_wrap\n"
        "def write(k, call, *arguments):\n    print('x' * 1000, file=sys.stderr)\n    return call()\n"
    )
    words = [*UNISHIM, command, *(["-T"] if command == "trace" else []), "--accel", "tcg", "--timeout", "3"]
    words += ["--handlers", str(handlers)] if command == "run" else []
    with blocked(kind) as target:
        done = subprocess.run([*words, endless], check=False, stdout=subprocess.DEVNULL, stderr=target, timeout=TIMEOUT)
    assert done.returncode == 124


def full_disk(
    program: Sequence[str | Path], stdout: int | None, stderr: int | None, **how: object
) -> tuple[int, bytes]:
    done = subprocess.run(  # type: ignore[call-overload]
        [*COMMAND, "--timeout", "60", *program], check=False, stdout=stdout, stderr=stderr, timeout=TIMEOUT, **how
    )
    return done.returncode, done.stderr or b""


@pytest.mark.platforms("qemu")
def test_file_that_ends_early(endless: Path, tmp_path: Path) -> None:
    """A limit of the file's size, and what fits is in the file."""
    import resource

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 20, 256 << 20))

    path = tmp_path / "output"
    with path.open("wb") as file:
        file.truncate((256 << 20) - 5000)
        file.seek(0, 2)
        status, message = full_disk([endless], file.fileno(), subprocess.PIPE, preexec_fn=limit)
    assert (status, message.count(b"\n")) == (125, 1)
    assert b"File too large" in message
    assert path.stat().st_size == 256 << 20
