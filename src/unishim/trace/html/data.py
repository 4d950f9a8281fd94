"""The page's data, collected from the events of a trace: columns of numbers, and each text once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from unishim.syscalls.errno_table import NAMES
from unishim.syscalls.expressions import parse_calls
from unishim.trace.call import Call, Exit, Signal
from unishim.trace.html.memory_map import MemoryMap
from unishim.trace.numbers import signal_name
from unishim.trace.printers import Event, call_name
from unishim.trace.strace_format import format_call, format_exit, format_signal

_NUMBER_END = 1 << 53  # integers below it are exact in JavaScript
# A call's purpose: the first of these classes of -e that it belongs to.
CLASSES = ("network", "memory", "process", "signal", "clock", "file", "desc")
OTHER = "other"


@cache
def _classes() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in CLASSES:
        for call in parse_calls(f"%{name}"):
            found.setdefault(call.name, name)
    return found


class _Texts:
    """Numbers texts, each text once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number


class TraceData:
    """Collects a trace. Times in the result are nanoseconds since its first event."""

    def __init__(self, argv: Sequence[str], *, calls: str = "all", text_limit: int = 32) -> None:
        # Bytes that are not UTF-8 are shown as hexadecimal escapes.
        self._argv = [word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for word in argv]
        self._expression = calls
        self._limit = text_limit
        self._names, self._texts, self._errors = _Texts(), _Texts(), _Texts()
        self._rows: list[tuple[int, int, int, int, int, int]] = []  # enter, thread, duration, name, error, text
        self._signals: list[tuple[int, int, str, str]] = []
        self._memory = MemoryMap()
        self._exit: Exit | None = None

    def begin(self, maps: str) -> None:
        """Sets the memory map at the program's start."""
        self._memory.begin(maps)

    def event(self, event: Event) -> None:
        """Adds one event."""
        if isinstance(event, Call):
            self._call(event)
        elif isinstance(event, Signal):
            self._signals.append((event.time_ns, event.tid, signal_name(event.number), format_signal(event)))
        else:
            self._exit = event

    def _call(self, call: Call) -> None:
        name = call_name(call.number)
        self._memory.call(name, call)
        has_failed = call.result is not None and -4095 <= call.result < 0
        error = (
            self._errors.number(NAMES.get(-(call.result or 0), f"errno {-(call.result or 0)}")) if has_failed else -1
        )
        duration = -1 if call.leave_ns is None else min(max(call.leave_ns - call.enter_ns, 0), _NUMBER_END)
        text = self._texts.number(format_call(call, limit=self._limit))
        self._rows.append((call.enter_ns, call.tid, duration, self._names.number(name), error, text))

    def to_json(self) -> dict[str, Any]:
        """All data, in the form that script/model.js reads."""
        rows = sorted(self._rows)
        starts = [row[0] for row in rows[:1]] + [time for time, *_ in self._signals[:1]]
        base = min(starts, default=0)
        threads = sorted({row[1] for row in rows} | {thread for _, thread, *_ in self._signals})
        lanes = {thread: lane for lane, thread in enumerate(threads)}
        regions = _Texts()

        def since(time_ns: int) -> int:
            return min(max(time_ns - base, 0), _NUMBER_END)

        return {
            "argv": self._argv,
            "expression": self._expression,
            "end": None if self._exit is None else format_exit(self._exit).strip("+ "),
            "threads": threads,
            "names": self._names.texts,
            "classes": [_classes().get(name, OTHER) for name in self._names.texts],
            "errors": self._errors.texts,
            "texts": self._texts.texts,
            "calls": {
                "enter": _differences([since(row[0]) for row in rows]),
                "lane": [lanes[row[1]] for row in rows],
                "duration": [row[2] for row in rows],
                "name": [row[3] for row in rows],
                "error": [row[4] for row in rows],
                "text": [row[5] for row in rows],
            },
            "signals": [[since(time), lanes[thread], name, text] for time, thread, name, text in self._signals],
            "memory": [
                [
                    since(change.time_ns),
                    change.region.start,
                    change.region.end,
                    -1 if change.region.protection is None else change.region.protection,
                    regions.number(change.region.name),
                ]
                for change in sorted(self._memory.changes, key=lambda change: change.time_ns)
            ],
            "regions": regions.texts,
        }


def _differences(times: list[int]) -> list[int]:
    """Differences to the previous number: they have few digits."""
    return [time - before for time, before in zip(times, [0, *times], strict=False)]
