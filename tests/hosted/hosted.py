"""Builds C files of the kernel for the host, with AddressSanitizer and UndefinedBehaviorSanitizer."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.framework import ROOT, TIMEOUT
from unishim.generate import contract, elf_reasons

KERNEL = ROOT / "kernel"
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]


def compile_hosted(sources: Sequence[Path], output: Path, flags: Sequence[str] = (), compiler: str = "clang") -> Path:
    """Compiles sources with the kernel's headers and UK_HOSTED."""
    _call([*_compiler(output.parent, compiler), *flags, *sources, "-o", output])
    return output


def link_hosted(sources: Sequence[Path], output: Path, objects: Path, flags: Sequence[str]) -> Path:
    """The same, but several programs share the objects of their sources, in the directory `objects`."""
    command = _compiler(output.parent, "clang")
    made = []
    for source in sources:
        made.append(objects / f"{os.fspath(source.relative_to(KERNEL)).replace('/', '-')}.o")
        if not made[-1].exists():
            # Another process may do the same now.
            temporary = made[-1].with_suffix(f".{os.getpid()}")
            _call([*command, *flags, "-c", source, "-o", temporary])
            temporary.rename(made[-1])
    _call(["clang", *flags, *made, "-o", output])
    return output


def _compiler(folder: Path, compiler: str) -> list[str | Path]:
    """The command, with flags; generated headers are written below `folder`."""
    generated = folder / "include"
    (generated / "uk" / "bits").mkdir(parents=True, exist_ok=True)
    for header in (contract, elf_reasons):
        header.write_header(generated / "uk" / "bits")
    return [
        compiler,
        "-std=gnu11",
        "-g",
        "-O1",
        "-DUK_HOSTED",
        "-D_GNU_SOURCE",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-unused-parameter",
        "-Wno-gnu-variable-sized-type-not-at-end",  # the kernel is GNU C
        f"-I{KERNEL / 'include'}",
        f"-I{generated}",
        f"-I{KERNEL / 'tests'}",
        f"-I{KERNEL / 'plat' / 'common'}",
    ]


def _call(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr


def run_hosted(program: Path, *arguments: str, timeout: float = TIMEOUT) -> str:
    """Runs a hosted program, which must succeed; returns its output."""
    done = subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, errors="replace", timeout=timeout
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
