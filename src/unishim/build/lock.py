"""One build at a time in a folder."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Holds the folder's lock; gives its descriptor, and who inherits that holds the lock too.

    When another process has it, one line on stderr says so, and this one waits.
    """
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        acquire(descriptor, lambda: f"{folder}: waiting for {_holder(descriptor)}, which builds there")
        with suppress(OSError):  # a full disk: the lock holds without a name in it
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def acquire(descriptor: int, waiting: Callable[[], str]) -> None:
    """Takes the lock of an open file; when another process has it, says `waiting` on stderr, and waits."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"unishim: {waiting()}", file=sys.stderr, flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _holder(descriptor: int) -> str:
    """The process that the file names, and its command line when it runs still."""
    pid = os.pread(descriptor, 20, 0).decode(errors="replace")
    try:
        words = Path(f"/proc/{int(pid)}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (OSError, ValueError):
        return "another process"
    return f"process {pid} ({' '.join(words).strip()})"
