"""Runs a program at a pseudo-terminal, with each stream a terminal, a pipe, a file, or a pipe that stays silent."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.framework import TIMEOUT

Step = tuple[bytes, bytes]  # when this has appeared on the terminal: type that


@dataclass(frozen=True)
class Session:
    """The result: the status as in a shell; everything on the terminal, with echoes; what went to other streams."""

    status: int
    terminal: bytes
    output: bytes
    mode_kept: bool


def at_terminal(
    command: Sequence[str | Path],
    steps: Sequence[Step] = (),
    *,
    streams: Sequence[str] = ("terminal", "terminal", "terminal"),
    stdin: bytes = b"",
    controlling: bool = True,
    on: Callable[[bytes, subprocess.Popen[bytes]], None] = lambda text, process: None,
) -> Session:
    """Runs a command; `on` is called with each text of a step that has appeared."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
    mode = termios.tcgetattr(secondary)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written:
        descriptors = _open_streams(streams, secondary, given, written, stdin)
        process = subprocess.Popen(
            command,
            stdin=descriptors[0],
            stdout=descriptors[1],
            stderr=descriptors[2],
            start_new_session=True,
            preexec_fn=(lambda: _become_session(secondary)) if controlling else None,
        )
        try:
            output = _Output(primary, streams, descriptors, process)
            for text, answer in steps:
                output.wait_for(text)
                on(text, process)
                os.write(primary, answer)
            output.wait_for_end()
            kept = termios.tcgetattr(secondary) == mode
        finally:
            process.kill()
            process.wait()
            while _HELD:
                os.close(_HELD.pop())
            for descriptor in {primary, secondary, *descriptors} - {given.fileno(), written.fileno()}:
                os.close(descriptor)
        written.seek(0)
        status = process.returncode if process.returncode >= 0 else 128 - process.returncode
        return Session(status, output.terminal, output.others + written.read(), kept)


def _become_session(secondary: int) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    fcntl.ioctl(secondary, termios.TIOCSCTTY, 0)


def _open_streams(streams: Sequence[str], secondary: int, given: Any, written: Any, stdin: bytes) -> list[int]:
    descriptors = []
    for number, kind in enumerate(streams):
        if kind == "terminal":
            descriptors.append(os.dup(secondary))
        elif kind == "file":
            descriptors.append((written if number else given).fileno())
        else:
            source, target = os.pipe()
            descriptors.append(target if number else source)
            if kind == "silent":
                _HELD.append(target)  # neither data nor an end
            elif number:
                fcntl.fcntl(source, fcntl.F_SETFL, os.O_NONBLOCK)
                descriptors[-1:] = [target]
                _READERS[target] = source
            else:
                os.write(target, stdin)
                os.close(target)
    given.write(stdin)
    given.flush()
    given.seek(0)
    return descriptors


_READERS: dict[int, int] = {}
_HELD: list[int] = []


class _Output:
    """What a process writes to the terminal and to its pipes."""

    def __init__(
        self, primary: int, streams: Sequence[str], descriptors: Sequence[int], process: subprocess.Popen[bytes]
    ) -> None:
        self._primary = primary
        self._process = process
        self._pipes = [_READERS.pop(d) for d in descriptors if d in _READERS]
        self._seen = 0
        self.terminal = b""
        self.others = b""
        self._deadline = time.monotonic() + TIMEOUT

    def _read(self, wait: float) -> bool:
        if not select.select([self._primary], [], [], wait)[0]:
            return False
        try:
            data = os.read(self._primary, 65536)
        except OSError:
            return False
        self.terminal += data
        return bool(data)

    def wait_for(self, text: bytes) -> None:
        """Reads until the text has appeared after the previous one."""
        while (found := self.terminal.find(text, self._seen)) < 0:
            assert time.monotonic() < self._deadline, f"no {text!r} in {self.terminal!r}"
            assert self._read(0.1) or self._process.poll() is None, f"ended without {text!r}: {self.terminal!r}"
        self._seen = found + len(text)

    def wait_for_end(self) -> None:
        """Reads until the process ends."""
        while self._process.poll() is None:
            assert time.monotonic() < self._deadline, f"it does not end: {self.terminal!r}"
            self._read(0.02)
        while self._read(0):
            pass
        for pipe in self._pipes:
            try:
                while data := os.read(pipe, 65536):
                    self.others += data
            except BlockingIOError:
                pass
            os.close(pipe)
