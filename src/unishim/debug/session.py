"""Starts gdb for a program; each platform connects it in its own way."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.contract import STATUS_TIMEOUT
from unishim.debug.host_files import host_files
from unishim.errors import UsageError
from unishim.host.tools import require_tool
from unishim.paths import PACKAGE

if TYPE_CHECKING:
    from unishim.running.options import Options

SCRIPT = PACKAGE / "debug" / "gdb_script.py"


def symbols_of(kernel: Path) -> Path:
    """The file with the symbols of an image. Raises UsageError if it does not exist."""
    symbols = kernel if kernel.suffix == ".dbg" else kernel.with_name(f"{kernel.name}.dbg")
    if not symbols.is_file():
        raise UsageError(
            f"{symbols}: no such file; it contains the kernel's symbols and belongs next to the image it was built with"
        )
    return symbols


def debug(options: Options, argv: Sequence[str], *, commands: Sequence[str], batch: bool) -> int:
    """Runs gdb with a program that is about to execute its first instruction; returns gdb's status.

    `commands` are gdb commands, run in order; `batch` makes gdb exit after them. Raises UnishimError.
    """
    from unishim.running.plan import with_platform

    gdb = require_tool("gdb")
    options, platform = with_platform(options)
    words = [gdb, "-q", *(["-nx", "-batch"] if batch else []), "-iex", "set print symbol-loading off"]
    return platform.debug(options.replace(debugger=True), argv, words, commands)


def script_arguments(
    options: Options, argv: Sequence[str], commands: Sequence[str], connect: Sequence[str]
) -> list[str]:
    """Arguments of gdb after its own options."""
    words: list[str] = []
    program, root = host_files(options, argv)
    for line in connect:
        words += ["-ex", line]
    words += ["-x", os.fspath(SCRIPT)]
    for name, path in (("program", program), ("root", root)):
        words += [] if path is None else ["-ex", f"set unishim {name} {path}"]
    for command in ("unishim begin", *commands):
        words += ["-ex", command]
    return words


def run_gdb(
    gdb: Sequence[str], timeout: float | None, descriptors: Sequence[int] = (), *, stdin: int | None = None
) -> int:
    """Waits for gdb and ends it when the time runs out; returns its status. Ctrl-C is for gdb: it stops the program."""
    environment = {**os.environ, "DEBUGINFOD_URLS": "", "SHELL": "/bin/sh"}
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            gdb,
            pass_fds=descriptors,
            stdin=stdin,
            env=environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        status = child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return STATUS_TIMEOUT
    finally:
        signal.signal(signal.SIGINT, ours)
    return status if status >= 0 else 128 - status
