"""Shared by the launchers of machines and processes: ways to end a run."""

from __future__ import annotations

import os
import signal

from unishim.contract import STATUS_SIGNAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable
    from contextlib import ExitStack
    from types import FrameType
    from typing import Any

STATUS_BROKEN_PIPE = STATUS_SIGNAL + signal.SIGPIPE
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGWINCH)  # a program at a terminal may handle them
PROGRAM_SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1)  # what others send is for the program


class StoppedError(Exception):
    """The launcher ended the run with this status."""

    def __init__(self, status: int) -> None:
        self.status = status


def open_pipe(stack: ExitStack) -> tuple[int, int]:
    """A pipe that is closed by the stack."""
    source, target = os.pipe()
    stack.callback(os.close, source)
    stack.callback(os.close, target)
    return source, target


def read_all(descriptor: int, limit: int = 1 << 20) -> bytes:
    """The present content of a pipe, up to a number of bytes."""
    data = bytearray()
    try:
        while len(data) < limit and (part := os.read(descriptor, 65536)):
            data += part
    except BlockingIOError:
        pass
    return bytes(data)


def stop_as_job() -> None:
    """Stops this process, and all of its job, as Ctrl-Z does; returns when it continues. For the main thread."""
    # It is the thread that takes the signal, so it has stopped before this returns.
    os.killpg(os.getpgrp(), signal.SIGTSTP)


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, unless it has ended."""
    if process.poll() is None:
        process.kill()
    process.wait()


class signals_raise:  # noqa: N801 - used like a function
    """Turns SIGINT, SIGTERM and SIGHUP into StoppedError while a machine runs; or passes them on to the program."""

    def __enter__(self) -> signals_raise:
        self._old: dict[int, Any] = {}
        self._set((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), self._stop)
        return self

    def keep(self, numbers: Iterable[int]) -> None:
        """From now on keeps these signals, for forward(); one that is ignored stays ignored."""
        self._kept: list[int] = []
        self._send: Callable[[int], None] = self._kept.append
        wanted = {n for n in numbers if self._old.get(n, signal.getsignal(n)) != signal.SIG_IGN}
        self._set(wanted, lambda number, _: self._send(number))

    def forward(self, send: Callable[[int], None]) -> None:
        """Calls `send` with the signals that were kept, and with those that follow."""
        self._send = send
        for number in self._kept:
            send(number)

    def stop_together(self, process: subprocess.Popen[bytes]) -> None:
        """Ctrl-Z stops a process in another session too, until this one continues."""

        def stop(number: int, _: FrameType | None) -> None:
            process.send_signal(signal.SIGSTOP)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            signal.signal(number, stop)
            process.send_signal(signal.SIGCONT)

        if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
            self._set((signal.SIGTSTP,), stop)

    def _set(self, numbers: Iterable[int], handler: Callable[[int, FrameType | None], None]) -> None:
        for number in numbers:
            try:
                old = signal.signal(number, handler)
            except ValueError:  # not the main thread, which alone may set signal handlers
                return
            self._old.setdefault(number, old)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    @staticmethod
    def _stop(number: int, _: FrameType | None) -> None:
        raise StoppedError(STATUS_SIGNAL + number)
