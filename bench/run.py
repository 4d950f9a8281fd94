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
from unishim.platforms.qemu_command import Channels, qemu_command
from unishim.runner import Options, plan_machine

ROUNDS = 31
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


def call_instructions(program: Path) -> dict[str, float]:
    """Guest instructions a call, with the loop around it."""
    output = subprocess.run(
        [*command_for(program), *ICOUNT],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT,
    ).stdout
    return {name: float(number) for name, _, number in (line.rpartition(" ") for line in output.splitlines())}


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
        calls = call_instructions(
            compile_guest(ROOT / "bench" / "guest" / "null_calls.c", folder / "null_calls", "gcc")
        )
        boot = {"glibc": boot_instructions(glibc, folder), "musl": boot_instructions(musl, folder)}
        hello, empty = compare_start(musl, build_empty_image(folder))
        memory = {"glibc": smallest_memory(glibc), "musl": smallest_memory(musl)}
    page = _page(calls, boot, hello, empty, memory)
    (ROOT / "docs" / "benchmarks.md").write_text(page)
    print(page)


def _page(
    calls: dict[str, float], boot: dict[str, int], hello: list[float], empty: list[float], memory: dict[str, int]
) -> str:
    qemu = subprocess.check_output(["qemu-system-x86_64", "--version"], text=True, timeout=TIMEOUT).splitlines()[0]
    image = ensure_image().stat().st_size
    ratios = sorted(a / b for a, b in zip(hello, empty, strict=True))
    rows = "\n".join(
        f"| {name} | {instructions:.0f} | {MODEL_CALLS[name]} | {MODEL_CALLS[name] / instructions:.1f} |"
        for name, instructions in calls.items()
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

Guest instructions a call, from a raw `syscall` instruction in a loop (the loop counts).

| call | unishim | model | times fewer |
| --- | --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    main()
