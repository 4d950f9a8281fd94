"""Measures pipes of `--platform process` against Linux's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.figures import at_least, in_turns, ratios, spread, table
from bench.process import NATIVE, PROCESS, Runtimes, run_lines
from tests.framework import ROOT, compile_guest

RUNS = 11
FACTOR = 2  # times faster than native


def measure_pipes(runtimes: Runtimes, folder: Path) -> str:
    """The section on pipes."""
    program = compile_guest(ROOT / "bench" / "guest" / "pipes.c", folder / "pipes", "gcc")
    results = in_turns({name: partial(run_lines, runtimes.command(name, program)) for name in (NATIVE, PROCESS)}, RUNS)
    rows = []
    for size in results[NATIVE][0]:
        native, process = ([turn[size] for turn in results[name]] for name in (NATIVE, PROCESS))
        faster = ratios(native, process)
        target = at_least(faster.median, FACTOR, " times")
        rows.append([size, spread(native).text(0), spread(process).text(0), faster.text(), target])
    return f"""## Process: pipes

Nanoseconds of a write to a pipe and the read that empties it. The program ran {RUNS} times in each place, in turns:
medians, and quartiles in brackets; ratios are pair by pair.

{table(["bytes", "native", "process", "times faster than native", "target"], rows)}
"""
