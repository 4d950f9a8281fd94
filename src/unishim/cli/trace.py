"""`unishim trace`."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from unishim.cli.run_options import CONTEXT, EXIT_STATUS, run_options
from unishim.contract import TERMINALS_OWN
from unishim.errors import UsageError
from unishim.platforms.terminals import terminals_of
from unishim.running.options import Options

if TYPE_CHECKING:
    from unishim.trace.printers import Printer
    from unishim.trace.summary import Summary

_LIMIT_MAX = 32768  # bytes: a record of the ring holds little more


@click.command("trace", context_settings=CONTEXT, epilog=EXIT_STATUS)
@run_options(letters=False)
@click.option(
    "-e", "expressions", multiple=True, metavar="SET", help="Trace only these calls: names, %file, /regex, !, all."
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stderr.")
@click.option("-c", "counts", is_flag=True, help="Count time, calls and errors instead of printing calls.")
@click.option("-C", "also_counts", is_flag=True, help="Like -c, but print the calls too.")
@click.option("-S", "sort", default="time", metavar="ORDER", help="Sort -c by time, calls, errors, name or avg-time.")
@click.option(
    "-t", "stamps", count=True, help="Print the time of day; -tt: with microseconds; -ttt: seconds since 1970."
)
@click.option("-r", "relative", is_flag=True, help="Print the time since the previous line.")
@click.option("-T", "durations", is_flag=True, help="Print how long each call took.")
@click.option(
    "-s",
    "limit",
    type=click.IntRange(0, _LIMIT_MAX),
    default=32,
    show_default=True,
    metavar="N",
    help="Show at most N bytes of strings.",
)
@click.option("-f", "threads", is_flag=True, help="Print the thread ID in front of each line.")
@click.option("-z", "successful", is_flag=True, help="Print only calls that succeed.")
@click.option("-Z", "failed", is_flag=True, help="Print only calls that fail.")
@click.option(
    "--summary",
    "needs",
    is_flag=True,
    help="Summarize which calls the program makes, which are missing, and which failed.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per line; with -c or --summary, a single object."
)
@click.option("--chrome", metavar="FILE", help="Also write a trace for chrome://tracing and Perfetto.")
@click.option("--html", metavar="FILE", help="Also write an HTML page that shows the trace.")
def command(
    options: Options,
    argv: list[str],
    expressions: tuple[str, ...],
    output: str | None,
    chrome: str | None,
    html: str | None,
    **style: Any,
) -> None:
    """Run BINARY and print its system calls, as strace does; without BINARY, in a project's directory, run its program.

    \b
    unishim trace ./hello
    unishim trace -e %file,write -o calls.txt ./tool --option
    unishim trace -c ./tool
    unishim trace --summary ./tool
    unishim trace --chrome trace.json ./tool
    unishim trace --html trace.html -o trace.txt ./tool
    """
    from unishim.channel.host import is_stuck
    from unishim.running.runner import run_with
    from unishim.trace.call import Exit

    takes_times = chrome is not None or html is not None or _shows_times(style)
    options = options.replace(trace=_expression(expressions), trace_times=takes_times, quiet=True)
    with ExitStack() as stack:
        file = stack.enter_context(_open(output))
        page = None
        if html is not None:
            from unishim.trace.html.page import html_writer

            calls, limit = options.trace or "all", style["limit"]
            page = stack.enter_context(html_writer(html, argv, calls=calls, text_limit=limit))
        printers, summary = _printers(stack, file, argv, options, chrome, style)
        printers += [] if page is None else [page]
        at_start = None if page is None else page.begin
        sink = _Sink(printers, style)
        result = run_with(options, argv, sink=sink, text_limit=style["limit"], at_start=at_start)
        if is_stuck():
            os._exit(result.status)  # printing would wait for the reader, too
        for printer in printers:
            printer.event(Exit(result.status, result.signal, int(result.wall_s * 1e9)))
        if summary is not None:
            _print_summary(summary, file, style)
    sys.exit(result.status)


class _Sink:
    """Passes events on to all printers, except those that -z or -Z exclude."""

    def __init__(self, printers: list[Printer], style: dict[str, Any]) -> None:
        self._printers = printers
        self._successful, self._failed = style["successful"], style["failed"]

    def __call__(self, event: Any) -> None:
        result = getattr(event, "result", None)
        has_failed = result is not None and -4095 <= result < 0
        if (self._successful and has_failed) or (self._failed and not has_failed and hasattr(event, "result")):
            return
        for printer in self._printers:
            printer.event(event)


def _shows_times(style: dict[str, Any]) -> bool:
    """Whether times of calls are needed: recording them costs more than the rest of a record."""
    return any(style[name] for name in ("counts", "also_counts", "as_json", "stamps", "relative", "durations"))


def _expression(expressions: tuple[str, ...]) -> str:
    words = [expression.removeprefix("trace=") for expression in expressions]
    if len(words) > 1 and any(word.startswith("!") for word in words):
        raise UsageError("-e '!...' cannot be combined; list all calls after a single !")
    return ",".join(words) or "all"


@contextmanager
def _open(output: str | None) -> Iterator[TextIO]:
    if output is None:
        if terminals_of((0, 1, 2), may_own=True) & TERMINALS_OWN and isinstance(sys.stderr, io.TextIOWrapper):
            sys.stderr.reconfigure(newline="\r\n")  # the terminal is raw during the run
        yield sys.stderr
        return
    try:
        with open(output, "w", encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
            yield file
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror}") from None


def _printers(
    stack: ExitStack, file: TextIO, argv: list[str], options: Options, chrome: str | None, style: dict[str, Any]
) -> tuple[list[Printer], Summary | None]:
    from unishim.trace.printers import JsonPrinter, LinePrinter, LineStyle, chrome_writer, exec_line
    from unishim.trace.summary import SORTS, Summary

    if style["sort"] not in SORTS:
        raise UsageError(f"-S {style['sort']}: unknown order; choose one of {', '.join(SORTS)}")
    printers: list[Printer] = []
    summary = Summary() if style["counts"] or style["also_counts"] or style["needs"] else None
    if summary is not None:
        printers.append(summary)
    if summary is None or style["also_counts"]:
        if style["as_json"]:
            printers.append(JsonPrinter(file))
        else:
            look = LineStyle(style["limit"], style["stamps"], style["relative"], style["durations"], style["threads"])
            printers.append(LinePrinter(file, look, time.time_ns()))
    if chrome is not None:
        try:
            printers.append(stack.enter_context(chrome_writer(chrome)))
        except OSError as error:
            raise UsageError(f"--chrome {chrome}: {error.strerror}") from None
    if any(isinstance(printer, LinePrinter) for printer in printers) and _is_traced("execve", options.trace):
        print(exec_line(argv, len(options.env or {})), file=file)
    return printers, summary


def _is_traced(name: str, expression: str | None) -> bool:
    from unishim.syscalls.expressions import parse_calls

    return any(call.name == name for call in parse_calls(expression or "none"))


def _print_summary(summary: Summary, file: TextIO, style: dict[str, Any]) -> None:
    from unishim.syscalls.provided import provided_calls

    if not style["needs"]:
        if style["as_json"]:
            counted = [
                {"name": row.name, "calls": row.calls, "time_ns": row.time_ns, "errors": dict(row.errors)}
                for row in summary.rows(style["sort"])
            ]
            print(json.dumps(counted), file=file)
        else:
            print(summary.strace_table(style["sort"]), file=file)
        return
    rows = summary.needs(provided_calls())
    if style["as_json"]:
        print(json.dumps(rows), file=file)
        return
    for row in rows:
        library = row["library"] or "missing"
        errors = ", ".join(f"{count} {name}" for name, count in row["errors"].items())
        notes = [f"failed: {errors}" if errors else "", f"partial: {row['partial']}" if row["partial"] else ""]
        print(f"{row['name']:<24}{row['calls']:>7}  {library:<18}{'; '.join(filter(None, notes))}".rstrip(), file=file)
    missing = [row["name"] for row in rows if row["library"] is None]
    print(f"{len(rows)} calls, {len(missing)} missing" + (f": {', '.join(missing)}" if missing else ""), file=file)
