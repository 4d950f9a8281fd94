"""Counts of a trace: strace's -c, and what a program needs from the kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unishim.errors import UsageError
from unishim.syscalls.errno_table import NAMES
from unishim.syscalls.provided import Provided
from unishim.trace.call import Call
from unishim.trace.printers import Event, call_name

_NS = 1_000_000_000
_ERROR_MAX = 4095
_RULE = "------ ----------- ----------- --------- --------- ----------------"


@dataclass
class Counts:
    """The counts of one call. Times are nanoseconds."""

    name: str
    calls: int = 0
    unfinished: int = 0  # how many of them never returned
    time_ns: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by errno name

    @property
    def failed(self) -> int:
        """How many of the calls failed."""
        return self.errors.total()


SORTS: Mapping[str, Callable[[Counts], Any]] = {
    "time": lambda counts: -counts.time_ns,
    "calls": lambda counts: -counts.calls,
    "errors": lambda counts: -counts.failed,
    "name": lambda counts: counts.name,
    "avg-time": lambda counts: -counts.time_ns / max(counts.calls, 1),
}


class Summary:
    """Adds up the calls that it is given."""

    def __init__(self) -> None:
        self._counts: dict[int, Counts] = {}

    def event(self, event: Event) -> None:
        """Counts a call."""
        if not isinstance(event, Call):
            return
        counts = self._counts.setdefault(event.number, Counts(call_name(event.number)))
        counts.calls += 1
        if event.leave_ns is None:
            counts.unfinished += 1
        else:
            counts.time_ns += event.leave_ns - event.enter_ns
        if event.result is not None and -_ERROR_MAX <= event.result < 0:
            counts.errors[NAMES.get(-event.result, f"errno {-event.result}")] += 1

    def rows(self, sort: str = "time") -> list[Counts]:
        """All counted calls, sorted. Raises UsageError for an unknown order."""
        if sort not in SORTS:
            raise UsageError(f"-S {sort}: unknown order; choose one of {', '.join(SORTS)}")
        return sorted(self._counts.values(), key=lambda counts: (SORTS[sort](counts), counts.name))

    def strace_table(self, sort: str = "time") -> str:
        """The table of strace -c, which counts calls that returned."""
        rows = [replace(row, calls=row.calls - row.unfinished) for row in self.rows(sort) if row.calls > row.unfinished]
        total = Counts("total", sum(row.calls for row in rows), 0, sum(row.time_ns for row in rows))
        for row in rows:
            total.errors += row.errors
        lines = [f"{'% time':>6} {'seconds':>11} {'usecs/call':>11} {'calls':>9} {'errors':>9} syscall", _RULE]
        lines += [_row(row, total.time_ns) for row in rows]
        return "\n".join([*lines, _RULE, _row(total, total.time_ns)])

    def needs(self, provided: Mapping[str, Provided]) -> list[dict[str, Any]]:
        """For each call: count, the library that provides it or None, what is missing, and errors."""
        return [
            {
                "name": row.name,
                "calls": row.calls,
                "library": provided[row.name].library if row.name in provided else None,
                "partial": provided[row.name].partial if row.name in provided else None,
                "errors": dict(row.errors),
            }
            for row in self.rows("name")
        ]


def _row(row: Counts, total_ns: int) -> str:
    share = 100 * row.time_ns / total_ns if total_ns else 0.0
    average = row.time_ns // 1000 // row.calls if row.calls else 0
    errors = row.failed or ""
    return f"{share:6.2f} {row.time_ns / _NS:11.6f} {average:11} {row.calls:9} {errors:>9} {row.name}"
