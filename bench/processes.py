"""Measures on the platform `linux` what it costs to create, execute and switch between processes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.figures import at_most, in_turns, ratios, spread, table
from bench.linux import LINUX, NATIVE, Runtimes, run_lines
from tests.framework import ROOT, compile_guest
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command
from unishim.running.options import Options

TURNS = 5
# Of linux to native.
TARGETS = {
    "fork, exit, wait with 1 MiB": 0.7,
    "fork, exit, wait with 16 MiB": 0.3,
    "fork, exit, wait with 256 MiB": 0.2,
    "fork, exec, wait": 1.0,
    "vfork, exec, wait": 1.0,
    "posix_spawn from a process of 256 MiB": 1.0,
    "fork, both write 16 MiB, wait": 1.5,
    "a byte to another process and back": 1.2,
}


def measure_processes(runtimes: Runtimes, folder: Path) -> str:
    """The section on processes."""
    program = compile_guest(ROOT / "bench" / "guest" / "processes.c", folder / "processes", "gcc")
    options = Options(platform="linux", kernel=runtimes.image, memory="1G")
    commands = {
        NATIVE: [str(program)],
        LINUX: linux_command(plan_linux(options, [str(program)], terminals=0)),
    }
    results = in_turns({name: partial(run_lines, command) for name, command in commands.items()}, TURNS)
    rows = []
    for name, target in TARGETS.items():
        native, ours = ([turn[name] / 1000 for turn in results[place]] for place in (NATIVE, LINUX))
        ratio = ratios(ours, native)
        rows.append([name, spread(native).text(1), spread(ours).text(1), ratio.text(2), at_most(ratio.median, target)])
    head = ["what", "native", "linux", "ratio", "target"]
    return f"""## Platform linux: processes

Microseconds, measured by the program itself (static-PIE, gcc, glibc), which executes itself; medians of {TURNS} runs in
turns, quartiles in brackets, and ratios of pairs.

{table(head, rows)}
"""
