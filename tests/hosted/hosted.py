"""Builds C files of the kernel for the host, with AddressSanitizer and UndefinedBehaviorSanitizer."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.framework import ROOT, TIMEOUT
from unishim.generate import contract, elf_reasons

KERNEL = ROOT / "kernel"
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]


def compile_hosted(sources: Sequence[Path], output: Path, flags: Sequence[str] = (), compiler: str = "clang") -> Path:
    """Compiles sources with the kernel's headers and UK_HOSTED."""
    generated = output.parent / "include"
    (generated / "uk" / "bits").mkdir(parents=True, exist_ok=True)
    for header in (contract, elf_reasons):
        header.write_header(generated / "uk" / "bits")
    command: list[str | Path] = [
        compiler,
        "-std=gnu11",
        "-g",
        "-O1",
        "-DUK_HOSTED",
        "-D_GNU_SOURCE",
        "-Wall",
        "-Wextra",
    ]
    command += [
        "-Werror",
        "-Wno-unused-parameter",
        "-Wno-gnu-variable-sized-type-not-at-end",  # the kernel is GNU C
        f"-I{KERNEL / 'include'}",
        f"-I{generated}",
        f"-I{KERNEL / 'tests'}",
        f"-I{KERNEL / 'plat' / 'common'}",
    ]
    done = subprocess.run(
        [*command, *flags, *sources, "-o", output], check=False, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.returncode == 0, done.stderr
    return output


def run_hosted(program: Path, *arguments: str, timeout: float = TIMEOUT) -> str:
    """Runs a hosted program, which must succeed; returns its output."""
    done = subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, errors="replace", timeout=timeout
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
