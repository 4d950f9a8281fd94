"""Measures on the platform `linux` what idle threads and descriptors cost those that are busy."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.figures import at_most, in_turns, ratios, spread, table
from bench.linux import LINUX, NATIVE, Runtimes, run_lines
from tests.framework import ROOT, compile_guest

TURNS = 7
RATIO = 1.1  # with the idle ones to without
SEPARATOR = " | "


def measure_waiting(runtimes: Runtimes, folder: Path) -> str:
    """The section on waiting."""
    program = compile_guest(ROOT / "bench" / "guest" / "idle_waits.c", folder / "idle_waits", "gcc")
    results = in_turns({name: partial(run_lines, runtimes.command(name, program)) for name in (NATIVE, LINUX)}, TURNS)
    rows = []
    for mix in results[NATIVE][0]:
        if SEPARATOR not in mix:
            continue
        base, _, idle = mix.partition(SEPARATOR)
        row = [base, idle]
        for name in (NATIVE, LINUX):
            alone, among = ([turn[kind] for turn in results[name]] for kind in (base, mix))
            row += [spread(alone).text(0), spread(among).text(0), ratios(among, alone).text(2)]
        linux = ratios([turn[mix] for turn in results[LINUX]], [turn[base] for turn in results[LINUX]])
        rows.append([*row, at_most(linux.median, RATIO)])
    head = ["calls", "idle", "native: alone", "among them", "ratio", "linux: alone", "among them", "ratio", "target"]
    return f"""## Platform linux: waiting

Nanoseconds, measured by the program itself, without and with others that wait meanwhile; medians of {TURNS} runs in
turns, quartiles in brackets. The idle threads sleep, read pipes, poll with a timeout, wait in epoll sets, for a
semaphore and for a signal; the idle descriptors are eventfds of the set that is waited for.

{table(head, rows)}
"""
