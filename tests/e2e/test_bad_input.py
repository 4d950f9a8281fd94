"""Files that are no programs, given raw to the kernel: one line, a status, no hang."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.elf_cases import CASES, MEMORY
from tests.framework import boot_raw, run_guest
from unishim.elf.reasons import ElfReason

# An initrd of no bytes is no initrd for QEMU.
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
    """Cut anywhere: refused, or it runs since nothing that was cut off is needed."""
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
    """malloc fails when nothing is left; touching what was promised too often ends the program alone."""
    done = run_guest([build_guest("exhaust.c"), "malloc"], "--memory", "16M")
    assert done.status == 0
    assert b"malloc failed, and the program goes on" in done.stdout
    done = run_guest([build_guest("exhaust.c"), "touch"], "--memory", "16M")
    assert done.status == 137
    assert b"Out of memory" in done.stderr


def test_unexpected_exception_in_the_kernel(build_guest: Build) -> None:
    """The guest shares the kernel's ring: it can jump into the kernel. That ends in a report and a status."""
    done = run_guest([build_guest("kernel_jump.c")])
    assert done.status == 125
    assert b"Kernel panic at kernel/plat/qemu/exception.c" in done.stderr


@pytest.mark.parametrize("address", ["0xffffffff80100000", "0xffffffff8010a000", "0xffff800000101000"])
def test_kernel_text_is_read_only(build_guest: Build, address: str) -> None:
    """Neither where the kernel runs nor through the direct map."""
    done = run_guest([build_guest("poke.c"), address])
    assert done.status == 139
    assert b"segmentation fault: not allowed" in done.stderr or b"segmentation fault: nothing mapped" in done.stderr


def test_any_system_call_with_garbage(build_guest: Build) -> None:
    """Random numbers and arguments: errors, signals or an exit, but never the kernel's end."""
    for seed in range(8):
        done = run_guest([build_guest("random_calls.c"), str(seed), "20000"])
        assert done.status == 0, done.stderr
        assert done.stdout.endswith(b"survived\n")
