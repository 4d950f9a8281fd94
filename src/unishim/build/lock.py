"""Allows only one build at a time in a directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unishim.printable import say


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Holds the directory's lock and returns its descriptor; a child process that inherits it holds the lock too.

    If another process has the lock, prints one line to stderr and waits.
    """
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        acquire(descriptor, lambda: f"{folder}: waiting for {_holder(descriptor)}, which builds there")
        with suppress(OSError):  # disk full: the lock works without the process ID in it
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def acquire(descriptor: int, waiting: Callable[[], str]) -> None:
    """Takes the lock of an open file; if another process has it, prints `waiting` to stderr and waits."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"unishim: {waiting()}")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _holder(descriptor: int) -> str:
    """The process that the file names, with its command line if it is still running."""
    pid = os.pread(descriptor, 20, 0).decode(errors="replace")
    try:
        words = Path(f"/proc/{int(pid)}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (OSError, ValueError):
        return "another process"
    return f"process {pid} ({' '.join(words).strip()})"
