"""Compares file calls on the ramfs of the platform `linux` with Linux's tmpfs."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

from bench.figures import at_least, at_most, in_turns, ratios, spread, table
from bench.linux import LINUX, NATIVE, Runtimes, run_lines
from tests.framework import ROOT, compile_guest
from unishim.running.options import Options
from unishim.running.runner import run_with

TURNS = 7
FACTOR = 2  # times faster than native
TMPFS = Path("/dev/shm")
INITRD_MIB = 50
BOOT_MS = INITRD_MIB / 10  # in addition to a boot without the directory
BOOTS = 7


def measure_files(runtimes: Runtimes, folder: Path) -> str:
    """The section on files."""
    program = compile_guest(ROOT / "bench" / "guest" / "files.c", folder / "files", "gcc")
    results = in_turns({NATIVE: partial(_native, program), LINUX: partial(_linux, runtimes, program)}, TURNS)
    rows = []
    for mix in results[NATIVE][0]:
        native, linux = ([turn[mix] for turn in results[name]] for name in (NATIVE, LINUX))
        faster = ratios(native, linux)
        target = at_least(faster.median, FACTOR, " times")
        rows.append([mix, spread(native).text(), spread(linux).text(), faster.text(2), target])
    return f"""## Platform linux: files

Nanoseconds, measured by the program itself; medians of {TURNS} runs in turns, quartiles in brackets. The native program
uses tmpfs, the unikernel its root file system.

{table(["calls", "native", "linux", "times faster than native", "target"], rows)}
"""


def _native(program: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=TMPFS) as folder:
        return run_lines([os.fspath(program), folder])


def _linux(runtimes: Runtimes, program: Path) -> dict[str, float]:
    return run_lines(runtimes.command(LINUX, program, "/tmp"))


def measure_initrd(hello: Path, folder: Path) -> str:
    """The section on a large initial ramdisk in a virtual machine."""
    rows = []
    for files in (INITRD_MIB, 2000):
        root = folder / f"root-{files}"
        root.mkdir()
        shutil.copy(hello, root / "hello")
        for number in range(files):
            (root / f"file-{number}").write_bytes(os.urandom(INITRD_MIB * (1 << 20) // files))
        plain = Options(accelerator="tcg", platform="qemu", memory="256M")
        results = in_turns(
            {
                "alone": partial(_boot, plain, os.fspath(hello)),
                "folder": partial(_boot, plain.replace(initrd=root), "/hello"),
            },
            BOOTS,
        )
        more = spread([b[0] - a[0] for a, b in zip(results["alone"], results["folder"], strict=True)])
        memory = spread([b[1] for b in results["folder"]])
        target = at_most(more.median, BOOT_MS, " ms more")
        rows.append([f"{files} files", more.text(2), memory.text(0), target])
    return f"""## Virtual machine: an initial ramdisk of {INITRD_MIB} MiB

The additional time in milliseconds from the kernel's first instruction to the program's, compared with the program
alone, under TCG; and the memory in KiB that the kernel and the program use in addition to the archive. Medians of
{BOOTS}, quartiles in brackets.

{table(["directory", "time", "memory", "target"], rows)}
"""


def _boot(options: Options, program: str) -> tuple[float, float]:
    done = run_with(options.replace(stdin=b"", capture_output=True), [program])
    assert done.status == 0, done.stderr
    return done.boot_ns / 1e6, float(done.peak_kib)
