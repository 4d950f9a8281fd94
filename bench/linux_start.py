"""Measures `--platform linux`: the time from the start to the first byte of output, and memory."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from bench.figures import ENVIRONMENT, TIMEOUT, Spread, at_most, first_byte, in_turns, ratios, spread, table
from bench.linux import LINUX, NATIVE, Runtimes
from tests.framework import ROOT, compile_guest
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command, run_linux
from unishim.platforms.outcome import Outcome
from unishim.running.options import Options

START_ROUNDS = 101
SLOW_ROUNDS = 21  # for commands that take a tenth of a second
START_RATIO = 2
MEMORY_KIB = 1024
MEMORY_ROUNDS = 11
FIELDS = ("VmRSS", "Pss", "VmHWM", "VmPTE")
RUN = [os.fspath(Path(sys.executable).parent / "unishim"), "run", "--quiet"]
MODULES = "unishim.cli.quick_run, unishim.platforms.choice, unishim.platforms.linux.plan, unishim.elf.interpreted"
LAUNCHER_MS, ABOVE_PYTHON_MS = 30, 20
BESIDE, PYTHON, LOADED, LAUNCHER = (
    "native, in turns with those below",
    "Python that writes a byte",
    "Python that has loaded the launcher's modules",
    "`unishim run --platform linux`",
)
PRINT = 'import os; os.write(1, b"H\\n")'


def measure_start(runtimes: Runtimes, programs: dict[str, Path], long: Path, installed: Path) -> str:
    """The section on the start.

    `programs` are hello by toolchain, `long` is one that runs for a while, `installed` is the wheel's bin directory.
    """
    rows = []
    # In a run of a few milliseconds the kernel's nanoseconds are too coarse; its ticks are not.
    boot = _boot(runtimes, long)
    tick = boot.boot_ns / boot.boot_tsc / 1e9
    for toolchain, hello in programs.items():
        results = in_turns(
            {name: partial(first_byte, runtimes.command(name, hello)) for name in (NATIVE, LINUX)}, START_ROUNDS
        )
        ratio = ratios(results[LINUX], results[NATIVE])
        kernel = spread([_boot(runtimes, hello).boot_tsc * tick for _ in range(START_ROUNDS)])
        rows += [
            [f"{toolchain} hello, native", _milliseconds(spread(results[NATIVE])), "", ""],
            [
                f"{toolchain} hello, the image alone",
                _milliseconds(spread(results[LINUX])),
                ratio.text(2),
                at_most(ratio.median, START_RATIO),
            ],
            [f"of that: kernel's first instruction to the {toolchain} program's", _milliseconds(kernel), "", ""],
        ]
    slow = _measure_slow(runtimes, programs["glibc"], installed)
    counts = f"{START_ROUNDS} in turns ({SLOW_ROUNDS} for the last rows, which use glibc hello)"
    native = slow[BESIDE]
    rows += [
        [name, _milliseconds(spread(times)), ratios(times, native).text(1) if name != BESIDE else "", ""]
        for name, times in slow.items()
    ]
    launcher = spread(slow[LAUNCHER]).median * 1000
    above = spread([a - b for a, b in zip(slow[LAUNCHER], slow[PYTHON], strict=True)])
    return f"""## Platform linux: start

Milliseconds from `posix_spawn` to the first byte of output in a pipe, medians of {counts}.
The launcher of the installed wheel adds the time of Python to that of the image: {_python_cost(slow)}.
Target for the start of launcher and image: {at_most(launcher, LAUNCHER_MS, " ms")}. The launcher takes
{above.text(1, 1000)} ms more than a Python that only writes a byte:
{at_most(above.median * 1000, ABOVE_PYTHON_MS, " ms")}.

{table(["what", "ms", "ratio to native", "target"], rows)}
"""


def _milliseconds(figure: Spread) -> str:
    return figure.text(2, 1000)


def _measure_slow(runtimes: Runtimes, hello: Path, installed: Path) -> dict[str, list[float]]:
    python, run = os.fspath(installed / "python"), [os.fspath(installed / "unishim"), "run", "--quiet"]
    commands = {
        BESIDE: runtimes.command(NATIVE, hello),
        PYTHON: [python, "-c", PRINT],
        LOADED: [python, "-c", f"import {MODULES}; {PRINT}"],
        LAUNCHER: [*run, "--platform", "linux", os.fspath(hello)],
        "`unishim run --platform qemu`": [*run, "--platform", "qemu", "--accel", "tcg", os.fspath(hello)],
    }
    commands |= {name: runtimes.command(name, hello) for name in runtimes.prefixes if name != NATIVE}
    return in_turns({name: partial(first_byte, command) for name, command in commands.items()}, SLOW_ROUNDS)


def _python_cost(times: dict[str, list[float]]) -> str:
    """How the launcher's time is spent."""
    modules, work = (
        spread([b - a for a, b in zip(times[before], times[after], strict=True)])
        for before, after in ((PYTHON, LOADED), (LOADED, LAUNCHER))
    )
    return (
        f"{spread(times[PYTHON]).text(1, 1000)} ms until Python runs, {modules.text(1, 1000)} ms for modules, "
        f"{work.text(1, 1000)} ms for its work, including the image's own time"
    )


def _boot(runtimes: Runtimes, program: Path) -> Outcome:
    plan = plan_linux(Options(platform="linux", kernel=runtimes.image), [os.fspath(program)], terminals=0)
    outcome = run_linux(plan, (-1, -1, -1), TIMEOUT)
    assert outcome.status == 0 and outcome.boot_tsc
    return outcome


def measure_memory(runtimes: Runtimes, folder: Path, programs: dict[str, Path]) -> str:
    """The section on memory."""
    rows = []
    source = ROOT / "bench" / "guest" / "waiting.c"
    for label, toolchain in (("glibc", "gcc"), ("musl", "musl")):
        program = compile_guest(source, folder / f"waiting_{label}", toolchain)
        native, linux = (_memory_of(runtimes.command(name, program)) for name in (NATIVE, LINUX))
        rows.append([f"{label} hello, native", *(str(native[name]) for name in FIELDS), ""])
        target = at_most(linux["VmHWM"] - native["VmHWM"], MEMORY_KIB, " KiB more")
        rows.append([f"{label} hello, linux", *(str(linux[name]) for name in FIELDS), target])
    launcher = _memory_of([*RUN, "--platform", "linux", os.fspath(folder / "waiting_glibc")])
    rows.append(["the launcher of glibc hello, which waits for it", *(str(launcher[name]) for name in FIELDS), ""])
    smallest = [f"{label} {_smallest_memory(runtimes, hello)} KiB" for label, hello in programs.items()]
    return f"""## Platform linux: memory

Memory of hello in KiB while it waits for input, medians of {MEMORY_ROUNDS}, as Linux {platform.release()} reports it:
resident, proportional share, maximum resident, page tables. A page that both the program and the kernel
have mapped counts twice as resident and once as share. The kernel's memory file is included.
The smallest `--memory` with which hello runs: {", ".join(smallest)}.

{table(["what", "VmRSS", "Pss", "VmHWM", "VmPTE", "target"], rows)}
"""


def _memory_of(command: list[str]) -> dict[str, int]:
    """Medians of some runs: the addresses differ from run to run."""
    runs = [_memory_once(command) for _ in range(MEMORY_ROUNDS)]
    return {name: int(statistics.median(run[name] for run in runs)) for name in FIELDS}


def _memory_once(command: list[str]) -> dict[str, int]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout
        line = process.stdout.readline()
        figures = {}
        for name in ("status", "smaps_rollup"):
            for text in Path(f"/proc/{process.pid}/{name}").read_text().splitlines():
                key, _, value = text.partition(":")
                if key in FIELDS:
                    figures[key] = int(value.split()[0])
        process.communicate(timeout=TIMEOUT)
    assert (line, process.returncode) == (b"Hello world!\n", 0), command
    return figures


def _smallest_memory(runtimes: Runtimes, program: Path) -> int:
    """The smallest memory in KiB with which a program prints its greeting."""
    plan = plan_linux(Options(platform="linux", kernel=runtimes.image), [os.fspath(program)], terminals=0)
    for size in range(2048, 16384, 256):
        command = linux_command(plan)
        command[command.index("-k") + 1] = str(size)
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
        if done.stdout == b"Hello world!\n":
            return size
    raise AssertionError("hello does not run")
