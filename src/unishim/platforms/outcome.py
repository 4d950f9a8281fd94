"""How a run ended, according to the kernel's report. Nothing here is needed before the program starts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from unishim.errors import PlatformError

_REPORT_MAX = 8192  # bytes
_CODE_MAX = 256  # bytes; decoding backwards tries each of them as a start


@dataclass(frozen=True, slots=True)
class FaultCode:
    """Bytes of code; the instruction at `address` follows the first `before` of them."""

    address: int
    before: int
    code: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a machine ended. Times: seconds of the whole run, nanoseconds and TSC ticks of the kernel's boot.

    `program_ns`: from the program's first instruction to its end; `phases`: nanoseconds of the boot's.
    `patches`: for the `linux` platform, system calls that trapped, and the number of sites by result.
    `code`: the code around the instruction whose fault ended the program.
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


def parse_report(report: bytes, wall_s: float, launched_s: float = 0.0) -> Outcome:
    """The outcome in the kernel's report line; `launched_s` is the time of the launch.

    Raises PlatformError for a malformed report: a program that took over its kernel can write there too.
    """
    try:
        if len(report) > _REPORT_MAX:
            raise ValueError("more than the kernel writes")
        fields = json.loads(report)
        given, code = fields.get("patches"), fields.get("code")
        return Outcome(
            _number(fields["status"]) & 0xFF,
            _number(fields["signal"]) & 0xFF,
            wall_s,
            _number(fields["boot_ns"]),
            _number(fields["boot_tsc"]),
            _number(fields["peak_kib"]),
            None if given is None else _numbers(given),
            _number(fields.get("program_ns", 0)),
            _numbers(fields.get("phases", {})),
            launched_s=launched_s,
            code=None if code is None else _code(code),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise PlatformError("the kernel's report is malformed; the program may have overwritten it") from None


def _code(fields: dict[str, Any]) -> FaultCode:
    code = FaultCode(_number(fields["address"]), _number(fields["before"]), bytes.fromhex(fields["bytes"]))
    if not code.before <= len(code.code) <= _CODE_MAX:
        raise ValueError("more than the kernel writes")
    return code


def _numbers(fields: dict[str, Any]) -> dict[str, int]:
    if not all(name.isascii() and name.isidentifier() for name in fields):
        raise ValueError("not a name that the kernel writes")
    return {name: _number(number) for name, number in fields.items()}


def _number(field: Any) -> int:
    if type(field) is not int or not 0 <= field < 1 << 64:
        raise ValueError("not a number that the kernel writes")
    return field
