"""What launching a machine and launching a process share: the end of a run, and ways to end one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from unishim.errors import PlatformError

STATUS_TIMEOUT = 124  # as timeout(1)
STATUS_BROKEN_PIPE = 128 + signal.SIGPIPE


@dataclass(frozen=True, slots=True)
class FaultCode:
    """Bytes of code; the instruction at `address` is the one behind the first `before` of them."""

    address: int
    before: int
    code: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a machine ended. Times: seconds of the whole run, nanoseconds and TSC ticks of the kernel's boot.

    `program_ns`: from the program's first instruction to its end; `phases`: nanoseconds of the boot's.
    `patches`: of the process platform, system calls that trapped and sites by what became of them.
    `code`: what lies around the instruction whose fault ended the program.
    """

    status: int
    signal: int
    wall_s: float
    boot_ns: int
    boot_tsc: int
    peak_kib: int
    patches: dict[str, int] | None = None
    program_ns: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    launched_s: float = 0.0  # time.monotonic() of the launch
    code: FaultCode | None = None


def parse_report(report: bytes, wall_s: float) -> Outcome:
    """The outcome that the kernel's report line tells.

    Raises PlatformError for what is none: a program that took over its kernel can write there too.
    """
    try:
        fields = json.loads(report)
        given, code = fields.get("patches"), fields.get("code")
        return Outcome(
            int(fields["status"]) & 0xFF,
            int(fields["signal"]),
            wall_s,
            _number(fields["boot_ns"]),
            _number(fields["boot_tsc"]),
            _number(fields["peak_kib"]),
            None if given is None else _numbers(given),
            _number(fields.get("program_ns", 0)),
            _numbers(fields.get("phases", {})),
            code=None if code is None else FaultCode(code["address"], code["before"], bytes.fromhex(code["bytes"])),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise PlatformError("the kernel's report is none; the program may have written to it") from None


def _numbers(fields: dict[str, Any]) -> dict[str, int]:
    return {str(name): _number(number) for name, number in fields.items()}


def _number(field: Any) -> int:
    number = int(field)
    if not 0 <= number < 1 << 64:
        raise ValueError("not a number of the kernel's")
    return number


class StoppedError(Exception):
    """The run was ended by us, with this status."""

    def __init__(self, status: int) -> None:
        self.status = status


def open_pipe(stack: ExitStack) -> tuple[int, int]:
    """A pipe that is closed with the stack."""
    source, target = os.pipe()
    stack.callback(os.close, source)
    stack.callback(os.close, target)
    return source, target


def read_all(descriptor: int) -> bytes:
    """What is in a pipe now."""
    data = b""
    try:
        while part := os.read(descriptor, 65536):
            data += part
    except BlockingIOError:
        pass
    return data


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Ends it, unless it has ended."""
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
            except ValueError:  # not the main thread: its signals are not ours to take
                return

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    @staticmethod
    def _stop(number: int, _: FrameType | None) -> None:
        raise StoppedError(128 + number)
