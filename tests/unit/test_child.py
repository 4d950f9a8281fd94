"""Children started by posix_spawn: their streams, descriptors, signals and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.framework import TIMEOUT
from unishim.platforms.linux.child import Child

EXCHANGED = """
import os, sys
from unishim.platforms.linux.child import Child
child = Child(["sh", "-c", "echo out; echo err >&2"], (0, 2, 1), ())
sys.exit(child.wait())
"""


@contextmanager
def memory_file(content: bytes = b"") -> Iterator[int]:
    descriptor = os.memfd_create("stream")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def content(descriptor: int) -> bytes:
    return os.pread(descriptor, 4096, 0)


def test_streams_and_status() -> None:
    with memory_file(b"input") as given, memory_file() as out, memory_file() as err:
        child = Child(["sh", "-c", "cat; echo error >&2; exit 7"], (given, out, err), ())
        assert child.wait(TIMEOUT) == 7
        child.close()
        assert (content(out), content(err)) == (b"input", b"error\n")


def test_closed_streams_are_dev_null() -> None:
    with memory_file() as out:
        child = Child(["readlink", "/proc/self/fd/0", "/proc/self/fd/2"], (-1, out, -1), ())
        assert child.wait(TIMEOUT) == 0
        child.close()
        assert content(out) == b"/dev/null\n/dev/null\n"


def test_exchanged_streams() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EXCHANGED], check=False, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "err\n", "out\n")


def test_only_named_descriptors_are_inherited() -> None:
    with memory_file(b"mine") as inherited, memory_file() as other, memory_file() as out:
        words = ["sh", "-c", f"cat /proc/self/fd/{inherited}; test -e /proc/self/fd/{other} && echo leaked"]
        child = Child(words, (-1, out, -1), (inherited,))
        assert child.wait(TIMEOUT) == 1
        child.close()
        assert content(out) == b"mine"
        assert not os.get_inheritable(inherited)


def test_signals_ignored_by_python_are_not_inherited() -> None:
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    child = Child(["sh", "-c", "kill -PIPE $$; exit 1"], (-1, -1, -1), ())
    assert child.wait(TIMEOUT) == -signal.SIGPIPE
    child.close()


def test_signals_and_the_end() -> None:
    child = Child(["sleep", "1000"], (-1, -1, -1), ())
    assert child.wait(0) is None
    child.send_signal(signal.SIGTERM)
    assert child.wait(TIMEOUT) == -signal.SIGTERM
    child.send_signal(signal.SIGTERM)  # does nothing
    child.close()


def test_closing_ends_it() -> None:
    with memory_file() as out:
        child = Child(["sh", "-c", "echo $$; exec sleep 1000"], (-1, out, -1), ())
        while not content(out).endswith(b"\n"):
            assert child.wait(0.01) is None
        child.close()
        with pytest.raises(ProcessLookupError):
            os.kill(int(content(out)), 0)


def test_a_command_that_does_not_exist() -> None:
    with pytest.raises(FileNotFoundError, match="/nonexistent"):
        Child(["/nonexistent"], (-1, -1, -1), ())
