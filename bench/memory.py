"""Compares what memory costs on the platform `linux` with Linux itself."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path

from bench.figures import at_least, at_most, in_turns, ratios, spread, table
from bench.files import TMPFS
from bench.linux import LINUX, NATIVE, Runtimes, run_lines
from tests.framework import ROOT, compile_guest
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command
from unishim.running.options import Options

TURNS = 7
MEMORY = "1G"
# Of native's time, at most.
TARGETS = {
    "a page of fresh memory": 1.9,
    "a page of memory used before": 0.5,
    "a page of a block of 128 KiB, with its mmap and munmap": 0.5,
    "a page of a block of 1 MiB, with its mmap and munmap": 0.5,
    "a page of a block of 16 MiB, with its mmap and munmap": 0.5,
    "free of a page": 1.2,
    "mremap that moves 64 MiB": 2.0,
    "realloc from 1 to 200 MiB": 1.2,
    "random access to 16 MiB": 1.05,
    "random access to 256 MiB": 1.05,
    "mmap, touch and munmap of 64 KiB of a file": 1.0,
}
# Times faster than native, at least.
FASTER = {"read of 1 MiB": 1.9, "write of 1 MiB": 1.9}


def measure_memory_use(runtimes: Runtimes, folder: Path) -> str:
    """The section on memory."""
    program = compile_guest(ROOT / "bench" / "guest" / "memory.c", folder / "memory", "gcc")
    results = in_turns({NATIVE: partial(_native, program), LINUX: partial(_linux, runtimes, program)}, TURNS)
    rows = []
    for what in results[NATIVE][0]:
        native, linux = ([turn[what] for turn in results[name]] for name in (NATIVE, LINUX))
        ratio = ratios(linux, native)
        target = ""
        if what in TARGETS:
            target = at_most(ratio.median, TARGETS[what])
        elif what in FASTER:
            target = at_least(ratios(native, linux).median, FASTER[what], " times faster")
        rows.append([what, spread(native).text(0), spread(linux).text(0), ratio.text(2), target])
    return f"""## Platform linux: memory

Nanoseconds, measured by the program itself, which counts the fastest of some rounds; medians of {TURNS} runs in turns,
quartiles in brackets. The native program is pinned to one processor. Its file is on tmpfs, the unikernel's in its root
file system. Only "fresh" memory is new to the machine; what the unikernel has used before, it keeps.

{table(["what", "native", "linux", "ratio", "target"], rows)}
"""


def _native(program: Path) -> dict[str, float]:
    processor = str(min(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(dir=TMPFS) as folder:
        return run_lines(["taskset", "-c", processor, os.fspath(program), f"{folder}/file"])


def _linux(runtimes: Runtimes, program: Path) -> dict[str, float]:
    options = Options(platform="linux", kernel=runtimes.image, memory=MEMORY)
    return run_lines(linux_command(plan_linux(options, [os.fspath(program), "/tmp/file"], terminals=0)))
