"""Measures `--platform qemu`, the virtual machine.

QEMU's -icount counts instructions (one TSC tick per instruction), so the counts are reproducible. Times are ratios of
whole processes that run in turns.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.channel import handled_uname, round_trip
from bench.figures import TIMEOUT, first_byte, in_turns, ratios, spread, table
from tests.framework import ROOT, compile_guest
from unishim.build.image import ensure_image
from unishim.errors import BinaryError
from unishim.platforms.qemu.command import Channels, qemu_command
from unishim.platforms.qemu.machine import run_machine
from unishim.platforms.qemu.plan import plan_machine
from unishim.platforms.qemu.streams import open_streams
from unishim.running.hosting import make_host
from unishim.running.options import Options

ROUNDS = 31
TRACED_CALLS = "200"  # few enough to fit into the ring buffer, so that the kernel does not wait for the host
ICOUNT = ["-icount", "shift=0,align=off,sleep=off"]
PLAIN = Options(accelerator="tcg")
UNIKRAFT_CALLS = {
    "getppid": 200,
    "unknown": 190,
    "clock_gettime": 239,
    "sched_yield": 288,
    "write of 0 bytes": 386,
    "lseek": 414,
    "read of 1 byte from /dev/zero": 1111,
    "write of 1 byte to /dev/null": 1092,
}


def command_for(program: Path, report: str | None = None, memory: str = "128M") -> list[str]:
    """QEMU's command line for a program, with its output on stdout."""
    machine = plan_machine(Options(accelerator="tcg", memory=memory), [os.fspath(program)], terminals=0)
    return qemu_command(machine, Channels(report=report))


def boot_instructions(program: Path, folder: Path) -> int:
    """Guest instructions from the kernel's first instruction to the program's first."""
    report = folder / "report"
    report.unlink(missing_ok=True)
    subprocess.run(
        [*command_for(program, os.fspath(report)), *ICOUNT],
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
        stdout=subprocess.DEVNULL,
    )
    instructions: int = json.loads(report.read_text())["boot_tsc"]
    return instructions


def call_instructions(program: Path, options: Options, *arguments: str) -> dict[str, float]:
    """Guest instructions per call, including the load of its number."""
    plan = plan_machine(options, [os.fspath(program), *arguments], terminals=0)
    host = make_host(options, lambda _: None, 32)
    plan = replace(plan, channel=host is not None, extra=tuple(ICOUNT))
    output, devnull = os.memfd_create("output"), os.open(os.devnull, os.O_RDWR)
    with open_streams(devnull, output, devnull) as streams:
        outcome = run_machine(plan, streams, TIMEOUT, host)
    assert outcome.status == 0
    os.lseek(output, 0, os.SEEK_SET)
    lines = os.read(output, 1 << 20).decode().splitlines()
    return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}


def build_empty_image(folder: Path) -> Path:
    """Builds an image that writes one byte and ends."""
    source, image = ROOT / "bench" / "empty_pvh" / "empty.S", folder / "empty"
    subprocess.run(["gcc", "-c", source, "-o", folder / "empty.o"], check=True, timeout=TIMEOUT)
    subprocess.run(
        ["ld", "-n", "-Ttext", "0x100000", "-e", "start", "-o", image, folder / "empty.o"], check=True, timeout=TIMEOUT
    )
    return image


def compare_start(hello: Path, empty: Path) -> tuple[list[float], list[float]]:
    """Times to the first byte, in turns: of hello on the kernel, and of the empty image on the same machine."""
    machine = plan_machine(PLAIN, [os.fspath(hello)], terminals=0)
    # The empty image writes its byte to the debug console, which is stderr.
    empty_command = qemu_command(replace(machine, kernel=empty, initrd=None), Channels(stderr="/dev/stdout"))
    results = in_turns(
        {
            name: partial(first_byte, [shutil.which(command[0]) or command[0], *command[1:]])
            for name, command in (("hello", command_for(hello)), ("empty", empty_command))
        },
        ROUNDS,
    )
    return results["hello"], results["empty"]


def smallest_memory(program: Path) -> int:
    """The smallest --memory in MiB with which a program prints its greeting."""
    for size in range(2, 65):
        try:
            command = command_for(program, memory=f"{size}M")
        except BinaryError:  # the host refuses it: too large for this memory
            continue
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
        if done.stdout == b"Hello world!\n":
            return size
    raise AssertionError("hello does not run")


def measure_start(glibc: Path, musl: Path, folder: Path) -> str:
    """The section on the start."""
    hello, empty = compare_start(musl, build_empty_image(folder))
    boot = [boot_instructions(program, folder) for program in (musl, glibc)]
    memory = [smallest_memory(program) for program in (musl, glibc)]
    rows = [
        ["guest instructions from kernel entry to the program's first, musl hello", str(boot[0]), "407 000"],
        ["the same, glibc hello (0.8 MB)", str(boot[1]), "1 610 000"],
        [
            f"ms from the start of QEMU to the first byte of musl hello, median of {ROUNDS}",
            spread(hello).text(1, 1000),
            "230",
        ],
        ["the same for an empty image that writes one byte", spread(empty).text(1, 1000), ""],
        ["ratio of pairs", ratios(hello, empty).text(2), ""],
        ["image, stripped", f"{ensure_image('qemu').stat().st_size / 1024:.0f} KiB", "340 KiB"],
        ["smallest memory, musl / glibc hello", f"{memory[0]} / {memory[1]} MiB", "3 / 5 MiB"],
    ]
    return f"""## Virtual machine: start

TCG, microvm. "Unikraft" is its best configuration (core 0.16.3 with app-elfloader). It was measured on a machine of
the same kind and is not measured again here.

{table(["what", "unishim", "Unikraft"], rows)}
"""


def measure_calls(folder: Path, trip: Path) -> str:
    """The section on system calls."""
    program = compile_guest(ROOT / "bench" / "guest" / "null_calls.c", folder / "null_calls", "gcc")
    plain = call_instructions(program, PLAIN)
    beside = call_instructions(program, PLAIN.replace(handlers=[handled_uname]))
    traced = call_instructions(program, PLAIN.replace(trace="all"), TRACED_CALLS)
    rows = [
        [
            name,
            f"{plain[name]:.0f}",
            str(UNIKRAFT_CALLS[name]),
            f"{UNIKRAFT_CALLS[name] / plain[name]:.1f}",
            f"{beside[name] - plain[name]:+.0f}",
            f"{traced[name] - plain[name]:+.0f}",
        ]
        for name in plain
    ]
    handled, unhandled = (spread(values) for values in round_trip(trip, PLAIN))
    return f"""## Virtual machine: system calls

Guest instructions per call, for raw `syscall` instructions including the load of their number. The last two columns
show the additional instructions while another call has a handler in Python, and while all calls are traced, including
the memory that arguments point to.

{table(["call", "unishim", "Unikraft", "times fewer", "other call handled", "traced"], rows)}

A round trip of a call that a handler in Python answers takes {handled.text(0)} us; in the same run a call without a
handler takes {unhandled.text(2)} us.
"""
