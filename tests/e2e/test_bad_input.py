"""Files that are not programs, passed raw to the kernel: one line, a status, no hang."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.elf_cases import CASES, MEMORY
from tests.framework import TIMEOUT, boot_raw, run_guest
from unishim.elf.reasons import ElfReason
from unishim.platforms.qemu.command import Channels, qemu_command
from unishim.platforms.qemu.plan import plan_machine
from unishim.running.options import Options

# QEMU ignores an empty initrd.
REASONS = [reason for reason in ElfReason if reason is not ElfReason.EMPTY]


@pytest.mark.parametrize("reason", REASONS)
def test_refused(build_guest: Build, tmp_path: Path, reason: ElfReason) -> None:
    good = build_guest("hello.c", "musl")
    bad = tmp_path / "bad"
    bad.write_bytes(CASES[reason](good.read_bytes()))
    outcome, console = boot_raw(good, bad, memory=f"{MEMORY >> 20}M")
    assert outcome.status == 126
    assert reason.message.encode() in console
    assert console.count(b"\n") == 1


def test_truncated(build_guest: Build, tmp_path: Path) -> None:
    """Truncated anywhere: refused, or it runs because nothing that is missing is needed."""
    good = build_guest("hello.c", "musl")
    image = good.read_bytes()
    bad = tmp_path / "bad"
    for length in [1, 3, 4, 63, 64, 100, 119, 120, 500, 567, 568, 569, *range(1000, len(image), 2900)]:
        bad.write_bytes(image[:length])
        outcome, _ = boot_raw(good, bad)
        assert outcome.status in (0, 126), length


def test_no_image(hello: Path) -> None:
    outcome, console = boot_raw(hello, None)
    assert outcome.status == 127
    assert b"[appelfloader] No image found (initrd parameter missing?)\n" in console


def test_malformed_command_line(hello: Path) -> None:
    outcome, console = boot_raw(hello, hello, append="quiet nonsense seed=x 'open quote")
    assert outcome.status == 0
    assert b"quote" in console
    outcome, console = boot_raw(hello, hello, append="quiet nonsense seed=x tty=9z env= virtio_mmio.device=1 -- 'a b'")
    assert outcome.status == 0
    assert console.count(b"unknown or malformed kernel parameter") == 4


def test_memory_runs_out(build_guest: Build) -> None:
    """malloc fails when nothing is left; touching overcommitted memory ends only the program."""
    done = run_guest([build_guest("exhaust.c"), "malloc"], "--memory", "16M")
    assert done.status == 0
    assert b"malloc failed, and the program goes on" in done.stdout
    done = run_guest([build_guest("exhaust.c"), "touch"], "--memory", "16M")
    assert done.status == 137
    assert b"Out of memory" in done.stderr


@pytest.mark.platforms("qemu")
def test_unexpected_exception_in_the_kernel(build_guest: Build) -> None:
    """The guest shares the kernel's ring, so it can jump into the kernel. That ends in a report and a status."""
    done = run_guest([build_guest("kernel_jump.c")])
    assert done.status == 125
    assert b"Kernel panic at kernel/plat/qemu/exception.c" in done.stderr


@pytest.mark.platforms("qemu")
def test_kernel_stack_overflow(hello: Path, tmp_path: Path) -> None:
    """The page below the kernel's stack is a guard: gdb moves the stack pointer to its edge in a system call."""
    report, socket = tmp_path / "report", tmp_path / "gdb"
    plan = plan_machine(Options(accelerator="tcg"), [os.fspath(hello)], terminals=0)
    command = [*qemu_command(plan, Channels(report=os.fspath(report))), "-S"]
    command += ["-gdb", f"unix:{socket},server=on,wait=off"]
    script = [
        f"target remote {socket}",
        "hbreak ukplat_syscall_handler",
        "continue",
        "delete",
        "set $rsp = (long)&kernel_stack_guard + 4096 + 40",
        "continue",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as machine:
        try:
            while not socket.exists():
                time.sleep(0.01)
            words = [word for line in script for word in ("-ex", line)]
            gdb = ["gdb", "-q", "-batch", "-nx", *words, f"{plan.kernel}.dbg"]
            subprocess.run(gdb, check=False, capture_output=True, timeout=TIMEOUT)
            _, console = machine.communicate(timeout=TIMEOUT)
        finally:
            machine.kill()
    assert b"Kernel panic" in console
    assert json.loads(report.read_text())["status"] == 125


@pytest.mark.platforms("qemu")
@pytest.mark.parametrize("address", ["0xffffffff80100000", "0xffffffff8010a000", "0xffff800000101000"])
def test_kernel_text_is_read_only(build_guest: Build, address: str) -> None:
    """Neither at the kernel's addresses nor through the direct map."""
    done = run_guest([build_guest("poke.c"), address])
    assert done.status == 139
    assert b"segmentation fault: not allowed" in done.stderr or b"segmentation fault: nothing mapped" in done.stderr


@pytest.mark.parametrize("entry", ["int80", "int80-none", "sysenter"])
def test_system_calls_of_32_bit_programs(build_guest: Build, entry: str) -> None:
    """As on a kernel without them; the processor's maker determines which of two signals sysenter causes."""
    done = run_guest([build_guest("old_entries.c"), entry])
    assert done.status in ((132, 139) if entry == "sysenter" else (139,))
    assert f"The program was ended by signal {done.status - 128}".encode() in done.stderr
    # A host with 32-bit code executes sysenter and does not report more.
    words = "are|code is" if entry == "sysenter" else "are"
    assert re.search(f"32-bit (system calls )?({words}) not supported".encode(), done.stderr)


@pytest.mark.parametrize("entry", ["far-jump", "far-return"])
def test_code_of_32_bit_programs(build_guest: Build, entry: str) -> None:
    done = run_guest([build_guest("old_entries.c"), entry])
    assert done.status == 139
    assert b"32-bit code is not supported" in done.stderr
