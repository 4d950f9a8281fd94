"""The terminals of a run: which of its streams are terminals, and their modes."""

from __future__ import annotations

import contextlib
import os

from unishim.contract import TERMINALS_OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

CONTROLLING = 8  # bit of the controlling terminal in a mask of streams; as UKPLAT_TERMINAL in uk/plat.h
_DEVICE = "/dev/tty"


def open_controlling(flags: int = 0) -> int | None:
    """Opens the controlling terminal of this process for reading and writing; None: it has none."""
    try:
        return os.open(_DEVICE, os.O_RDWR | os.O_NOCTTY | flags)
    except OSError:
        return None


def terminals_of(descriptors: Sequence[int], *, may_own: bool = False) -> int:
    """Bit n: descriptor n is a terminal; CONTROLLING: there is a controlling terminal.

    TERMINALS_OWN, if `may_own`: stdin and stdout are one terminal, which the machine gets as its own.
    """
    mask = sum(1 << number for number, descriptor in enumerate(descriptors) if _is_terminal(descriptor))
    controlling = open_controlling()
    if controlling is not None:
        os.close(controlling)
        mask |= CONTROLLING
    if may_own and mask & 3 == 3 and _can_be_owned(descriptors, mask):
        mask |= TERMINALS_OWN
    return mask


def _can_be_owned(descriptors: Sequence[int], mask: int) -> bool:
    """Not if other processes use it at the same time: in the background, the change of its mode would stop this one."""
    if os.fstat(descriptors[0]).st_rdev != os.fstat(descriptors[1]).st_rdev:
        return False
    try:
        return os.tcgetpgrp(descriptors[0]) == os.getpgrp()
    except OSError:  # it is not the controlling terminal
        return not mask & CONTROLLING


def _is_terminal(descriptor: int) -> bool:
    return descriptor >= 0 and os.isatty(descriptor)


class Modes:
    """The modes of the run's terminals, which the program can change, or which are raw during the run."""

    def __init__(self, descriptors: Sequence[int]) -> None:
        self.descriptors = descriptors
        self._saved = self._present()

    def _present(self) -> dict[int, list[Any]]:
        if not self.descriptors:
            return {}
        import termios

        return {descriptor: termios.tcgetattr(descriptor) for descriptor in self.descriptors}

    def restore(self) -> None:
        """Sets the modes that were there at the beginning, or after the last stop."""
        for descriptor, mode in self._saved.items():
            _restore(descriptor, mode)

    def stop(self) -> None:
        """Stops this process as a job; the terminals are the shell's meanwhile."""
        from unishim.platforms.launching import stop_as_job

        during = self._present()
        self.restore()
        stop_as_job()
        self._saved = self._present()
        if during:
            import termios

            for descriptor, mode in during.items():
                # In the background it stops this process again.
                termios.tcsetattr(descriptor, termios.TCSANOW, mode)


@contextlib.contextmanager
def modes_restored(terminals: int, descriptors: Sequence[int]) -> Iterator[Modes]:
    """Restores the modes of the run's terminals at the end."""
    with contextlib.ExitStack() as stack:
        used = []
        controlling = open_controlling() if terminals & CONTROLLING else None
        if controlling is not None:
            stack.callback(os.close, controlling)
            used.append(controlling)
        used += [descriptor for number, descriptor in enumerate(descriptors) if terminals >> number & 1]
        modes = Modes(used)
        if terminals & TERMINALS_OWN:
            stack.callback(_guard(modes))
        try:
            yield modes
        finally:
            modes.restore()


def _guard(modes: Modes) -> Callable[[], None]:
    """Starts a process that restores the modes if this one is killed; returns a function that ends it."""
    source, target = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _wait_and_restore(source, modes)
        finally:
            os._exit(0)
    os.close(source)

    def end() -> None:
        with contextlib.suppress(OSError):
            os.write(target, b".")
        os.close(target)
        with contextlib.suppress(ChildProcessError):  # SIGCHLD is ignored
            os.waitpid(pid, 0)

    return end


def _wait_and_restore(source: int, modes: Modes) -> None:
    os.setsid()  # the terminal's signals are not for it, nor is its job control
    kept = sorted({source, *modes.descriptors})
    for before, after in zip([-1, *kept], [*kept, 65536], strict=True):
        if before + 1 < after:  # closerange(0, 0) closes all
            os.closerange(before + 1, after)
    if not os.read(source, 1):
        modes.restore()


def _restore(descriptor: int, mode: list[Any]) -> None:
    import signal
    import termios

    with contextlib.suppress(termios.error):  # it was hung up
        if termios.tcgetattr(descriptor) == mode:
            return
        # In the background, the change would stop this process; a shell's foreground job decides then.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        try:
            termios.tcsetattr(descriptor, termios.TCSANOW, mode)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
