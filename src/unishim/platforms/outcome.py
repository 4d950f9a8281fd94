"""How a run ended, according to the kernel's report. Nothing here is needed before the program starts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from unishim.errors import PlatformError


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


def parse_report(report: bytes, wall_s: float) -> Outcome:
    """The outcome in the kernel's report line.

    Raises PlatformError for a malformed report: a program that took over its kernel can write there too.
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
        raise PlatformError("the kernel's report is malformed; the program may have overwritten it") from None


def _numbers(fields: dict[str, Any]) -> dict[str, int]:
    return {str(name): _number(number) for name, number in fields.items()}


def _number(field: Any) -> int:
    number = int(field)
    if not 0 <= number < 1 << 64:
        raise ValueError("not a number that the kernel writes")
    return number
