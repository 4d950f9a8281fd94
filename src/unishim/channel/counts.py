"""The kernel's counts: how often each system call was made, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from unishim.channel.layout import COUNT, HOOK_UNKNOWN

_COUNT = Struct(f"<{len(COUNT.fields)}Q")
OTHER_NUMBERS = "other numbers"  # numbers of no system call


@dataclass(frozen=True, slots=True)
class CallCounts:
    """For one system call: calls, calls that returned, calls that failed, and nanoseconds spent in it."""

    name: str
    calls: int
    unfinished: int
    errors: int
    time_ns: int


def read_counts(data: bytes, scale: int) -> tuple[CallCounts, ...]:
    """The calls that were made, ordered by descending time. `scale`: nanoseconds per tick, times 2^32."""
    from unishim.syscalls.table import by_number

    names = by_number()
    rows = []
    for number, (calls, returned, errors, ticks) in enumerate(_COUNT.iter_unpack(data)):
        if calls:
            name = OTHER_NUMBERS if number == HOOK_UNKNOWN or number not in names else names[number].name
            rows.append(CallCounts(name, calls, max(calls - returned, 0), errors, ticks * scale >> 32))
    return tuple(sorted(rows, key=lambda row: (-row.time_ns, row.name)))
