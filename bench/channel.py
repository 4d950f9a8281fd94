"""Measures handlers in Python, and traces, on both platforms."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from bench.figures import Spread, at_most, in_turns, spread, table
from bench.linux import Runtimes, read_lines
from tests.framework import ROOT, compile_guest
from unishim.handlers import Guest, syscall_r_define
from unishim.running.options import Options
from unishim.running.runner import run_with

TRIP_RUNS = 5
TRACE_RUNS = 5
TRIP_US = 15
TRACE_NS = 25


@syscall_r_define(name="uname")
def handled_uname(k: Guest, buf: object) -> int:
    """A handler for a call that is not measured."""
    return 0


@syscall_r_define(name="getppid")
def handled_getppid(k: Guest) -> int:
    """The simplest possible handler."""
    return 0


def _output(options: Options, program: Path) -> bytes:
    done = run_with(options.replace(stdin=b"", capture_output=True), [os.fspath(program)])
    assert done.status == 0 and done.stdout is not None
    return done.stdout


def round_trip(program: Path, options: Options) -> tuple[list[float], list[float]]:
    """Microseconds of a call that a handler in Python answers, and of another call without a handler."""
    handled = options.replace(handlers=[handled_getppid])
    rows = [line.split() for _ in range(TRIP_RUNS) for line in _output(handled, program).decode().splitlines()]
    return [float(row[0]) for row in rows], [float(row[1]) for row in rows]


def compile_round_trip(folder: Path) -> Path:
    """The program for round_trip()."""
    return compile_guest(ROOT / "bench" / "guest" / "round_trip.c", folder / "round_trip", "gcc")


def measure_channel(runtimes: Runtimes, folder: Path, trip: Path) -> str:
    """The section on handlers and traces on `linux`."""
    plain = Options(platform="linux", kernel=runtimes.image)
    trips = round_trip(trip, plain)
    handled, beside = (spread(values) for values in trips)
    trip_target = at_most(handled.median, TRIP_US, " us")
    program = compile_guest(ROOT / "bench" / "guest" / "traced.c", folder / "traced", "gcc")
    ways = {
        "plain": plain,
        "beside": plain.replace(handlers=[handled_uname]),
        "traced": plain.replace(trace="all", trace_times=False),
        "timed": plain.replace(trace="all"),
        "counted": plain.replace(statistics=True),
    }
    results = in_turns({name: partial(_calls, options, program) for name, options in ways.items()}, TRACE_RUNS)
    rows = []
    for call in results["plain"][0]:
        values = {name: [turn[call] for turn in turns] for name, turns in results.items()}
        more = {
            name: spread([a - b for a, b in zip(values[name], values["plain"], strict=True)])
            for name in ("beside", "traced", "timed", "counted")
        }
        target = at_most(more["traced"].median, TRACE_NS, " ns more")
        added = [_signed(more[name]) for name in ("traced", "timed", "counted")]
        rows.append([call, spread(values["plain"]).text(), more["beside"].text(), *added, target])
    return f"""## Platform linux: handlers and traces

A round trip of a call that a handler in Python answers takes {handled.text()} us ({trip_target});
in the same run a call without a handler takes {beside.text(3)} us. Medians of {len(trips[0])} times 2000 calls.

Nanoseconds per call, in series of 1000 calls, which fit into the ring buffer; medians of {TRACE_RUNS} runs in turns.
The columns after "plain" show the additional time: while another call has a handler; while all calls are traced,
including the memory that arguments point to, as by `unishim trace`; the same with the times of each call (-T, -r, -t,
-c, --json), which takes two `rdtsc`; and while calls are only counted and timed (`run --stats`).

{table(["call", "plain", "other call handled", "traced", "with times", "counted", "target of traced"], rows)}
"""


def _signed(figure: Spread) -> str:
    return f"+{figure.text()}"


def _calls(options: Options, program: Path) -> dict[str, float]:
    return read_lines(_output(options, program))
