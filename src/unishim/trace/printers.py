"""Output formats of a trace: strace's lines, JSON lines, a Chrome trace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TextIO

from unishim.syscalls.table import by_number
from unishim.trace.call import Call, Exit, Signal
from unishim.trace.numbers import signal_name
from unishim.trace.strace_format import format_call, format_exit, format_signal

Event = Call | Signal | Exit

_NS = 1_000_000_000
_FIRST_THREAD = 1


class Printer(Protocol):
    """Gets each event once, in order."""

    def event(self, event: Event) -> None:
        """Prints one event."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """The format of strace's lines: its options -s, -t (how often), -r, -T, -f."""

    limit: int = 32  # bytes of strings
    stamps: int = 0  # 1: time of day; 2: with microseconds; 3: seconds since 1970
    relative: bool = False
    durations: bool = False
    threads: bool = False


class LinePrinter:
    """Prints lines like strace. `epoch_ns` is CLOCK_REALTIME at boot."""

    def __init__(self, output: TextIO, style: LineStyle, epoch_ns: int) -> None:
        self._output = output
        self._style = style
        self._epoch_ns = epoch_ns
        self._previous_ns: int | None = None
        self._has_threads = False  # after a second thread was seen, lines begin with the thread

    def event(self, event: Event) -> None:
        """Prints one event."""
        if isinstance(event, Call):
            text = format_call(event, limit=self._style.limit)
            if self._style.durations:
                text += f" <{_seconds(event.leave_ns - event.enter_ns)}>" if event.leave_ns else " <unavailable>"
            self._line(event.enter_ns, event.tid, text)
        elif isinstance(event, Signal):
            self._line(event.time_ns, event.tid, format_signal(event))
        else:
            self._line(event.time_ns, None, format_exit(event))

    def _line(self, time_ns: int, thread: int | None, text: str) -> None:
        """`thread`: None for the whole process."""
        words = []
        self._has_threads |= thread not in (None, _FIRST_THREAD)
        if self._style.threads:
            words.append(f"{thread or _FIRST_THREAD:<5}")
        elif self._has_threads and thread is not None:
            words.append(f"[pid {thread:>5}]")
        if self._style.relative:
            since = 0 if self._previous_ns is None else time_ns - self._previous_ns
            words.append(f"{_seconds(since):>12}")
            self._previous_ns = time_ns
        if self._style.stamps:
            words.append(self._stamp(time_ns))
        print(" ".join([*words, text]), file=self._output, flush=True)

    def _stamp(self, time_ns: int) -> str:
        time_ns += self._epoch_ns
        if self._style.stamps >= 3:
            return _seconds(time_ns)
        try:
            clock = datetime.fromtimestamp(time_ns // _NS).strftime("%H:%M:%S")
        except (ValueError, OverflowError, OSError):  # the program can write to the trace
            clock = "??:??:??"
        return clock if self._style.stamps == 1 else f"{clock}.{time_ns % _NS // 1000:06}"


class JsonPrinter:
    """Prints one JSON object per line."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def event(self, event: Event) -> None:
        """Prints one event."""
        print(json.dumps(event_to_json(event)), file=self._output, flush=True)


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as JSON; `event` is its kind."""
    if isinstance(event, Call):
        from unishim.trace.json_format import call_to_json

        return {"event": "call", **call_to_json(event)}
    if isinstance(event, Signal):
        return {
            "event": "signal",
            "signal": signal_name(event.number),
            "code": event.code,
            "address": event.address,
            "time_ns": event.time_ns,
            "tid": event.tid,
        }
    name = signal_name(event.signal) if event.signal else None
    return {"event": "exit", "status": event.status, "signal": name, "time_ns": event.time_ns}


class ChromeWriter:
    """Writes the JSON array that chrome://tracing and Perfetto read ("Trace Event Format"): times in microseconds."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._separator = "[\n"

    def event(self, event: Event) -> None:
        """Writes one event."""
        if isinstance(event, Call):
            end = event.leave_ns if event.leave_ns is not None else event.enter_ns
            self._write(
                {
                    "name": call_name(event.number),
                    "cat": "syscall",
                    "ph": "X",
                    "ts": event.enter_ns / 1000,
                    "dur": (end - event.enter_ns) / 1000,
                    "tid": event.tid,
                    "args": {"call": format_call(event)},
                }
            )
        elif isinstance(event, Signal):
            name = signal_name(event.number)
            self._write(
                {"name": name, "cat": "signal", "ph": "i", "s": "t", "ts": event.time_ns / 1000, "tid": event.tid}
            )
        else:
            text = format_exit(event)
            self._write({"name": text, "cat": "exit", "ph": "i", "s": "p", "ts": event.time_ns / 1000, "tid": 1})

    def _write(self, event: dict[str, Any]) -> None:
        self._output.write(self._separator + json.dumps({**event, "pid": 1}))
        self._separator = ",\n"

    def finish(self) -> None:
        """Closes the array."""
        self._output.write(("[" if self._separator.startswith("[") else "") + "\n]\n")


@contextmanager
def chrome_writer(path: str) -> Iterator[ChromeWriter]:
    """A writer to a file, which is complete at the end of the block."""
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name from the command line, perhaps "/dev/fd/3"
        writer = ChromeWriter(file)
        yield writer
        writer.finish()


def exec_line(argv: Sequence[str], variables: int) -> str:
    """The first line of strace's output. Here, this call does not exist, so it has no address of the environment."""
    from unishim.trace.quoting import quote

    words = ", ".join(quote(word.encode("utf-8", "surrogateescape")) for word in argv)
    path = quote(argv[0].encode("utf-8", "surrogateescape"))
    plural = "" if variables == 1 else "s"
    return f"execve({path}, [{words}], [/* {variables} var{plural} */]) = 0"


def call_name(number: int) -> str:
    """The name of a call's number, as in strace."""
    call = by_number().get(number)
    return call.name if call else f"syscall_{number & 0xFFFFFFFFFFFFFFFF:#x}"


def _seconds(ns: int) -> str:
    return f"{ns // _NS}.{ns % _NS // 1000:06}"
