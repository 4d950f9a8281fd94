"""Measures the virtual machine and writes docs/benchmarks.md: `python -m bench.run`.

Instructions are counted by QEMU's -icount (one TSC tick an instruction), so they repeat exactly. Times are ratios of
whole processes that take turns in one run: the machine's speed drifts, the ratio does not.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.framework import GUESTS, ROOT, compile_guest
from unishim import __version__
from unishim.build.image import ensure_image
from unishim.errors import BinaryError
from unishim.handlers import Guest, syscall_r_define
from unishim.platforms.qemu import run_machine
from unishim.platforms.qemu_command import Channels, qemu_command
from unishim.platforms.streams import open_streams
from unishim.runner import Options, make_host, plan_machine, run_with

ROUNDS = 31
TRACED_CALLS = "200"  # so few that the ring holds them: the kernel does not wait for the host
TIMEOUT = 60
ICOUNT = ["-icount", "shift=0,align=off,sleep=off"]
MODEL_CALLS = {
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
    """Guest instructions from the kernel's first to the program's first."""
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
    """Guest instructions a call, from the loading of its number on."""
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


@syscall_r_define(name="uname")
def handled_uname(k: Guest, buf: object) -> int:
    """A handler of a call that is not measured."""
    return 0


@syscall_r_define(name="getppid")
def handled_getppid(k: Guest) -> int:
    """The least that a handler can do."""
    return 0


def round_trip(program: Path) -> tuple[list[float], list[float]]:
    """Microseconds of a call that a handler in Python answers, and of one beside it that none does."""
    options = Options(accelerator="tcg", handlers=[handled_getppid])
    done = run_with(options, [os.fspath(program)], stdin=b"", capture_output=True)
    assert done.stdout is not None
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    return [float(row[0]) for row in rows], [float(row[1]) for row in rows]


def first_byte(command: Sequence[str]) -> float:
    """Seconds from the start of the process to the first byte of its output."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout
        byte = process.stdout.read(1)
        elapsed = time.perf_counter() - started
        process.stdout.read()
        process.wait(TIMEOUT)
    assert byte == b"H", byte
    return elapsed


def build_empty_image(folder: Path) -> Path:
    """The image that writes one byte and ends."""
    source, image = ROOT / "bench" / "empty_pvh" / "empty.S", folder / "empty"
    subprocess.run(["gcc", "-c", source, "-o", folder / "empty.o"], check=True, timeout=TIMEOUT)
    subprocess.run(
        ["ld", "-n", "-Ttext", "0x100000", "-e", "start", "-o", image, folder / "empty.o"], check=True, timeout=TIMEOUT
    )
    return image


def compare_start(hello: Path, empty: Path) -> tuple[list[float], list[float]]:
    """Times to the first byte, in turns: hello on the kernel, and the empty image on the same machine."""
    hello_command = command_for(hello)
    machine = plan_machine(Options(accelerator="tcg"), [os.fspath(hello)], terminals=0)
    empty_machine = replace(machine, kernel=empty, initrd=None)
    # The empty image's byte goes to the debug console, which is on stderr.
    empty_command = qemu_command(empty_machine, Channels(stderr="/dev/stdout"))
    first_byte(hello_command), first_byte(empty_command)
    pairs = [(first_byte(hello_command), first_byte(empty_command)) for _ in range(ROUNDS)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def smallest_memory(program: Path) -> int:
    """The least --memory in MiB in which a program says hello."""
    for size in range(2, 65):
        try:
            command = command_for(program, memory=f"{size}M")
        except BinaryError:  # refused on the host: too large for this memory
            continue
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
        if done.stdout == b"Hello world!\n":
            return size
    raise AssertionError("hello does not run")


def main() -> None:
    """Measures everything and writes the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        glibc = compile_guest(GUESTS / "hello.c", folder / "glibc", "gcc")
        musl = compile_guest(GUESTS / "hello.c", folder / "musl", "musl")
        null_calls = compile_guest(ROOT / "bench" / "guest" / "null_calls.c", folder / "null_calls", "gcc")
        plain = Options(accelerator="tcg")
        calls = [
            call_instructions(null_calls, plain),
            call_instructions(null_calls, replace(plain, handlers=[handled_uname])),
            call_instructions(null_calls, replace(plain, trace="all"), TRACED_CALLS),
        ]
        trip = round_trip(compile_guest(ROOT / "bench" / "guest" / "round_trip.c", folder / "round_trip", "gcc"))
        boot = {"glibc": boot_instructions(glibc, folder), "musl": boot_instructions(musl, folder)}
        hello, empty = compare_start(musl, build_empty_image(folder))
        memory = {"glibc": smallest_memory(glibc), "musl": smallest_memory(musl)}
    page = _page(calls, trip, boot, hello, empty, memory)
    (ROOT / "docs" / "benchmarks.md").write_text(page)
    print(page)


def _page(
    calls: list[dict[str, float]],
    trip: tuple[list[float], list[float]],
    boot: dict[str, int],
    hello: list[float],
    empty: list[float],
    memory: dict[str, int],
) -> str:
    qemu = subprocess.check_output(["qemu-system-x86_64", "--version"], text=True, timeout=TIMEOUT).splitlines()[0]
    image = ensure_image().stat().st_size
    ratios = sorted(a / b for a, b in zip(hello, empty, strict=True))
    plain, beside, traced = calls
    rows = "\n".join(
        f"| {name} | {plain[name]:.0f} | {MODEL_CALLS[name]} | {MODEL_CALLS[name] / plain[name]:.1f} | "
        f"{beside[name] - plain[name]:+.0f} | {traced[name] - plain[name]:+.0f} |"
        for name in plain
    )
    spread = f"{ratios[ROUNDS // 4]:.2f} - {ratios[3 * ROUNDS // 4]:.2f}"
    return f"""# Benchmarks

Written by `make bench` on {date.today().isoformat()}: unishim {__version__}, {qemu}, TCG, microvm, Linux
{platform.release()}, {os.cpu_count()} processors. "Model" is Unikraft's best configuration (core 0.16.3 with
app-elfloader), measured on a machine of the same kind; it is not measured again here.

## Start

| what | unishim | model |
| --- | --- | --- |
| guest instructions, kernel entry to the program's first, musl hello | {boot["musl"]} | 407 000 |
| the same, glibc hello (0.8 MB) | {boot["glibc"]} | 1 610 000 |
| start of QEMU to first byte of musl hello, median of {ROUNDS} | {statistics.median(hello) * 1000:.1f} ms | 230 ms |
| the same of an empty image that writes one byte | {statistics.median(empty) * 1000:.1f} ms | |
| ratio, pair by pair: median (quartiles) | {statistics.median(ratios):.2f} ({spread}) | |
| image, stripped | {image / 1024:.0f} KiB | 340 KiB |
| smallest memory, musl / glibc hello | {memory["musl"]} / {memory["glibc"]} MiB | 3 / 5 MiB |

## System calls

Guest instructions a call, from raw `syscall` instructions and the loading of their number. The last two columns say
what is added while another call has a handler in Python, and while all calls are traced (memory of arguments too).

| call | unishim | model | times fewer | other call handled | traced |
| --- | --- | --- | --- | --- | --- |
{rows}

A call answered by a handler in Python takes {statistics.median(trip[0]):.0f} us there and back (median of
{len(trip[0])} times 2000; {min(trip[0]):.0f} - {max(trip[0]):.0f}); one beside it that has no handler
{statistics.median(trip[1]):.2f} us.
"""


if __name__ == "__main__":
    main()
