"""The terminals of a run: which of its streams are terminals, and their modes."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

CONTROLLING = 8  # bit of the controlling terminal in a mask of streams; as UKPLAT_TERMINAL in uk/plat.h
_DEVICE = "/dev/tty"


def open_controlling(flags: int = 0) -> int | None:
    """Opens the controlling terminal of this process for reading and writing; None: it has none."""
    try:
        return os.open(_DEVICE, os.O_RDWR | os.O_NOCTTY | flags)
    except OSError:
        return None


def terminals_of(descriptors: Sequence[int]) -> int:
    """Bit n: descriptor n is a terminal; CONTROLLING: there is a controlling terminal."""
    mask = sum(1 << number for number, descriptor in enumerate(descriptors) if _is_terminal(descriptor))
    controlling = open_controlling()
    if controlling is not None:
        os.close(controlling)
        mask |= CONTROLLING
    return mask


def _is_terminal(descriptor: int) -> bool:
    return descriptor >= 0 and os.isatty(descriptor)


@contextlib.contextmanager
def modes_restored(terminals: int, descriptors: Sequence[int]) -> Iterator[None]:
    """Restores the modes of the run's terminals at the end; the program can change them."""
    if not terminals:
        yield
        return
    import termios

    with contextlib.ExitStack() as stack:
        saved: dict[int, list[Any]] = {}
        controlling = open_controlling() if terminals & CONTROLLING else None
        if controlling is not None:
            stack.callback(os.close, controlling)
            saved[controlling] = termios.tcgetattr(controlling)
        for number, descriptor in enumerate(descriptors):
            if terminals >> number & 1:
                saved[descriptor] = termios.tcgetattr(descriptor)
        try:
            yield
        finally:
            for descriptor, mode in saved.items():
                _restore(descriptor, mode)


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
