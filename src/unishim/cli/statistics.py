"""The tables that `unishim run --stats` prints; in colour on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from unishim.platforms.registry import PLATFORMS
from unishim.running.result import Result

_PHASES = {
    "setup": "kernel: memory, processor",
    "constructors": "kernel: constructors",
    "root": "kernel: mounts, initial ramdisk",
    "load": "kernel: loading the program",
    "start": "kernel: cage, jump",
}
_FORMS = {"mov": "in place", "post": "with following code", "pre": "with preceding code", "pad": "by padding"}


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of text. All columns but the last are numbers, right-aligned."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def print_statistics(result: Result, python_s: float) -> None:
    """Prints to stderr. `python_s` is the time that Python took before the run, in seconds."""
    tables = [_calls(result), _times(result, python_s), _facts(result)]
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        _print_rich(tables)
    else:
        print("\n\n".join(map(_plain, tables)), file=sys.stderr)


def _calls(result: Result) -> _Table:
    calls = result.calls or ()
    total = sum(row.time_ns for row in calls)
    rows = [
        [
            f"{100 * row.time_ns / total if total else 0:.2f}",
            _time(row.time_ns),
            _time(row.time_ns / row.calls),
            str(row.calls),
            str(row.errors or ""),
            row.name,
        ]
        for row in calls
    ]
    count, errors = sum(row.calls for row in calls), sum(row.errors for row in calls)
    sums = ["100.00", _time(total), _time(total / count if count else 0), str(count), str(errors or ""), "all"]
    title = "System calls" if calls else "System calls: none, or this kernel does not count them (CONFIG_LIBTRACE)"
    return _Table(title, ["% time", "time", "per call", "calls", "errors", "name"], [*rows, sums])


def _times(result: Result, python_s: float) -> _Table:
    """From Python's start to the end of the run, in order."""
    inside = result.boot_ns + result.program_ns
    parts = [("Python's start", python_s * 1e9), ("preparing the run", result.prepare_s * 1e9)]
    who = PLATFORMS[result.platform].launched
    parts.append((f"{who}: from launch to kernel entry", result.launch_s * 1e9))
    parts += [(title, result.phases[name]) for name, title in _PHASES.items() if name in result.phases]
    parts.append(("the program", result.program_ns))
    parts.append((f"{who}: exit", max((result.wall_s - result.launch_s) * 1e9 - inside, 0)))
    return _Table(
        "Times", ["time", "what"], [[_time(ns), name] for name, ns in [*parts, ("all", sum(ns for _, ns in parts))]]
    )


def _facts(result: Result) -> _Table:
    rows = [[f"{result.peak_kib} KiB", "peak memory"]]
    if result.patches is not None:
        rows.append([str(result.patches.get("traps", 0)), "system calls through a trap"])
        rows += [[str(result.patches.get(name, 0)), f"sites patched {how}"] for name, how in _FORMS.items()]
        rows.append([str(result.patches.get("refused", 0)), "sites that cannot be patched"])
    return _Table("Memory, call paths", ["", ""], rows)


def _time(ns: float) -> str:
    """Formats a time with a unit that leaves three or four digits."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.2f} {unit}"
    return f"{ns:.0f} ns"


def _plain(table: _Table) -> str:
    lines = [row for row in [table.header, *table.rows] if any(row)]
    widths = [max(len(row[column]) for row in lines) for column in range(len(table.header))]
    return "\n".join(
        [
            f"{table.title}:",
            *(
                "  ".join([*(word.rjust(width) for word, width in zip(row[:-1], widths, strict=False)), row[-1]])
                for row in lines
            ),
        ]
    )


def _print_rich(tables: Sequence[_Table]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=True)
    for table in tables:
        shown = Table(
            title=table.title, title_justify="left", title_style="bold cyan", show_header=any(table.header), box=None
        )
        for name in table.header[:-1]:
            shown.add_column(name, justify="right", no_wrap=True, style="red" if name == "errors" else None)
        shown.add_column(table.header[-1])
        for row in table.rows:
            shown.add_row(*map(Text, row), style="bold" if row[-1] == "all" else None)
        console.print(shown)
        console.print()
