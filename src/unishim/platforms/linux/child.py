"""Starts a process with posix_spawn; importing subprocess would take longer than the start of the image."""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Child:
    """A running process. Signals go through its descriptor, which no later process can have."""

    def __init__(self, command: list[str], streams: Sequence[int], inherited: Sequence[int]) -> None:
        """Starts it with these descriptors as its stdin, stdout and stderr (-1: /dev/null).

        The other descriptors keep their numbers. Those that this process has inherited itself stay open, too: the image
        closes them (close_others in plat/linux/cage.c), and gdbserver may know them. Raises OSError.
        """
        with ExitStack() as stack:
            sources = [_opened(stream, stack) for stream in streams]
            if any(source in range(3) and source != number for number, source in enumerate(sources)):
                sources = [_copied(source, stack) for source in sources]  # an action would overwrite the next one's
            copies = [*enumerate(sources), *((descriptor, descriptor) for descriptor in inherited)]
            pid = os.posix_spawnp(
                command[0],
                command,
                os.environ,
                # From a descriptor to itself, it clears FD_CLOEXEC.
                file_actions=[(os.POSIX_SPAWN_DUP2, source, target) for target, source in copies],
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # Python ignores them
            )
        try:
            self._descriptor = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        self._pid = pid
        self._status: int | None = None

    def send_signal(self, number: int) -> None:
        """Sends a signal, unless it has ended."""
        if self._status is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """Ends it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def wait(
        self, seconds: float | None = None, other: int = -1, on_other: Callable[[], None] = lambda: None
    ) -> int | None:
        """Waits for its end, at most that long; returns its status, minus the signal that ended it. None: it runs.

        Returns early, after a call of `on_other`, if there is something to read from the descriptor `other`.
        """
        if self._status is None:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if other >= 0:
                poll.register(other, select.POLLIN)
            timeout = None if seconds is None else seconds * 1000
            events = dict(poll.poll(timeout))
            if events.get(other) == select.POLLHUP:  # nothing will come any more
                poll.unregister(other)
                events = dict(poll.poll(timeout))
            if self._descriptor not in events:
                if other in events:
                    on_other()
                return None
            try:
                self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            except ChildProcessError:  # if SIGCHLD is ignored, nobody needs to wait
                self._status = 0
        return self._status

    def close(self) -> None:
        """Ends it, unless it has ended, and frees what it takes here."""
        self.kill()
        self.wait()
        os.close(self._descriptor)


def _opened(stream: int, stack: ExitStack) -> int:
    """The descriptor of a stream, or of /dev/null for -1."""
    if stream >= 0:
        return stream
    nowhere = os.open(os.devnull, os.O_RDWR)
    stack.callback(os.close, nowhere)
    return nowhere


def _copied(descriptor: int, stack: ExitStack) -> int:
    """A copy with a number above those of the streams."""
    import fcntl

    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    stack.callback(os.close, copy)
    return copy
