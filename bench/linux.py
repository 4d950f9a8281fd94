"""Compares `--platform linux` with Linux itself, qemu-user and gVisor: system calls and computation."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.figures import TIMEOUT, at_least, at_most, in_turns, ratios, spread, table
from tests.framework import ROOT, compile_guest
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command
from unishim.running.options import Options

NATIVE, LINUX, QEMU_USER, GVISOR = "native", "linux", "qemu-user", "gVisor"
GVISOR_COMMAND = ["runsc", "--rootless", "--network=none", "--platform=ptrace", "do"]
MIX_ROUNDS = 11
WORK_ROUNDS = 21
NULL_FACTOR = 10  # times faster than native
NULL_NS, NULL_NATIVE_NS = 20, 160
WORK_RATIO = 1.01
ONCE = " call of a site"  # the names of mixes that are not loops end in this


@dataclass(frozen=True)
class Runtimes:
    """The places where a program can be run, and why others are missing."""

    image: Path
    prefixes: Mapping[str, Sequence[str]]
    missing: Mapping[str, str] = field(default_factory=dict)

    def command(self, name: str, program: Path, *arguments: str) -> list[str]:
        """The command line that runs a program, without Python."""
        argv = [os.fspath(program), *arguments]
        if name == LINUX:
            return linux_command(plan_linux(Options(platform="linux", kernel=self.image), argv, terminals=0))
        return [*self.prefixes[name], *argv]

    def names(self) -> list[str]:
        """The names of those that work on this machine."""
        return [NATIVE, LINUX, *(name for name in self.prefixes if name != NATIVE)]


def find_runtimes(image: Path, hello: Path) -> Runtimes:
    """Tries each of them with hello."""
    prefixes: dict[str, Sequence[str]] = {NATIVE: []}
    missing = {}
    for name, command in ((QEMU_USER, ["qemu-x86_64"]), (GVISOR, GVISOR_COMMAND)):
        reason = _why_not(command, hello)
        if reason is None:
            prefixes[name] = [shutil.which(command[0]) or command[0], *command[1:]]
        else:
            missing[name] = reason
    return Runtimes(image, prefixes, missing)


def _why_not(command: Sequence[str], hello: Path) -> str | None:
    if shutil.which(command[0]) is None:
        return f"{command[0]} is not installed"
    try:
        done = subprocess.run(
            [*command, os.fspath(hello)], check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} does not end within {TIMEOUT} s"
    if done.stdout == b"Hello world!\n":
        return None
    lines = (done.stderr or done.stdout).decode(errors="replace").splitlines() or [f"status {done.returncode}"]
    return f"{command[0]} says: {lines[-1]}"


def read_lines(output: bytes) -> dict[str, float]:
    """Parses lines that consist of a name, a tab and a number."""
    return {name: float(number) for name, number in (line.split("\t") for line in output.decode().splitlines())}


def run_lines(command: Sequence[str]) -> dict[str, float]:
    """Runs a program that prints such lines."""
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=TIMEOUT)
    return read_lines(done.stdout)


def measure_calls(runtimes: Runtimes, folder: Path) -> str:
    """The section on system calls."""
    program = compile_guest(ROOT / "bench" / "guest" / "mixes.c", folder / "mixes", "gcc")
    contestants: dict[str, Callable[[], dict[str, float]]] = {
        name: partial(run_lines, runtimes.command(name, program)) for name in runtimes.names()
    }
    results = in_turns(contestants, MIX_ROUNDS)
    rows = [_mix_row(runtimes, results, mix) for mix in results[NATIVE][0]]
    others = [name for name in (QEMU_USER, GVISOR) if name in runtimes.names()]
    head = ["mix", "native", "linux", "times faster than native", *others, "target"]
    missing = "".join(f"\n{name} is not measured: {reason}." for name, reason in runtimes.missing.items())
    return f"""## Platform linux: system calls

Nanoseconds per iteration of a loop, in an unmodified static-PIE program (gcc, glibc) that measures itself with the
vDSO's clock and prints the median of 11 rounds. The program ran {MIX_ROUNDS} times in each place, in turns; the table
shows medians, with quartiles in brackets, and ratios of pairs. "Nothing" is the empty loop, which is included in all
figures. The last rows are 64 consecutive `syscall` instructions that were executed for the first, second and third
time: the first two are traps, and the second replaces the instruction. The target is {NULL_NS} ns if native takes
{NULL_NATIVE_NS} ns.{missing}

{table(head, rows)}
"""


def _mix_row(runtimes: Runtimes, results: Mapping[str, Sequence[Mapping[str, float]]], mix: str) -> list[str]:
    values = {name: [turn[mix] for turn in turns] for name, turns in results.items()}
    native, linux = spread(values[NATIVE]), spread(values[LINUX])
    faster = ratios(values[NATIVE], values[LINUX])
    others = [spread(values[name]).text(0) for name in (QEMU_USER, GVISOR) if name in values]
    target = ""
    if mix.startswith("getppid"):
        limit = round(NULL_NS * min(1, native.median / NULL_NATIVE_NS), 1)
        target = f"{at_least(faster.median, NULL_FACTOR, ' times')}; {at_most(linux.median, limit, ' ns')}"
    digits = 1 if native.median < 1000 or mix.endswith(ONCE) else 0
    return [mix, native.text(digits), linux.text(digits), "" if mix == "nothing" else faster.text(), *others, target]


def _run_work(command: Sequence[str]) -> tuple[float, float]:
    """Seconds of a whole process: elapsed time and processor time."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return elapsed, usage.ru_utime + usage.ru_stime


def measure_work(runtimes: Runtimes, program: Path) -> str:
    """The section on computing."""
    rows = []
    for what, arguments in (("in registers", []), ("on a table of 16 MiB, at random", ["table"])):
        results = in_turns(
            {name: partial(_run_work, runtimes.command(name, program, *arguments)) for name in (NATIVE, LINUX)},
            WORK_ROUNDS,
        )
        for index, clock in enumerate(("time", "processor time")):
            values = {name: [turn[index] for turn in turns] for name, turns in results.items()}
            ratio = ratios(values[LINUX], values[NATIVE])
            native, linux = (spread(values[name]).text(1, 1000) for name in (NATIVE, LINUX))
            target = at_most(ratio.median, WORK_RATIO) if not arguments else ""
            rows.append([f"{what}: {clock}", native, linux, ratio.text(3), target])
    return f"""## Platform linux: work without system calls

Milliseconds of whole processes, including start and end, {WORK_ROUNDS} of each in turns. The table of 16 MiB is filled
first, which touches 4096 pages.

{table(["work", "native", "linux", "ratio", "target"], rows)}
"""
