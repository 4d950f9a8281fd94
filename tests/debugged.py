"""The program that debuggers examine in tests, and gdb without the user's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.framework import GUESTS, TIMEOUT

_FLAGS = ["-g", "-O1", "-fno-optimize-sibling-calls", "-pthread", "-Wall"]
_FILE_MAX = 256 << 20  # bytes
KINDS = {"static-pie": ["-fpie", "-static-pie"], "dynamic": ["-fpie", "-pie"]}


def build_debugged(folder: Path) -> dict[str, Path]:
    """tests/guest/debugged.c, by how it is linked."""
    for kind, flags in KINDS.items():
        command: list[str | Path] = ["gcc", *_FLAGS, *flags, GUESTS / "debugged.c", "-o", folder / kind]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    return {kind: folder / kind for kind in KINDS}


def gdb(words: Sequence[str | Path], commands: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs gdb with arguments, then commands. The size of core files is limited, so that they cannot fill the disk."""
    gdb: list[str | Path] = ["prlimit", f"--fsize={_FILE_MAX}", "gdb", "-nx", "-batch", *words]
    for command in commands:
        gdb += ["-ex", command]
    return subprocess.run(
        gdb,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        env={**os.environ, "DEBUGINFOD_URLS": ""},
    )
