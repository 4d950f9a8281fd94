"""Shared by the launchers of machines and processes: ways to end a run."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import ExitStack
from types import FrameType
from typing import Any

from unishim.contract import STATUS_SIGNAL

STATUS_BROKEN_PIPE = STATUS_SIGNAL + signal.SIGPIPE


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


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, unless it has ended."""
    if process.poll() is None:
        process.kill()
    process.wait()


class signals_raise:  # noqa: N801 - used like a function
    """Turns SIGINT, SIGTERM and SIGHUP into StoppedError while a machine runs."""

    def __enter__(self) -> None:
        self._old: dict[int, Any] = {}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            try:
                self._old[number] = signal.signal(number, self._stop)
            except ValueError:  # not the main thread, which alone may set signal handlers
                return

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    @staticmethod
    def _stop(number: int, _: FrameType | None) -> None:
        raise StoppedError(STATUS_SIGNAL + number)
