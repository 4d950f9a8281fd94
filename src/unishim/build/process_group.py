"""Processes that are ended together with everything they started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from unishim.build.interruptions import Interruptions

_GRACE = 5  # seconds for a process to end its children and itself


@contextmanager
def process_group(
    interruptions: Interruptions, command: Sequence[str], **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Runs a command, like Popen(text=True) with `options`; ends it and its children if the block is left early."""
    process = None
    try:
        with interruptions.held():
            # In a process group of its own: Ctrl-C in a terminal reaches only this process, which then ends them all.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, text=True, errors="replace", process_group=0, **options
            )
        yield process
    except BaseException:
        if process:
            with interruptions.held():
                _end(process)
        raise
    finally:
        if process and process.stdout:
            process.stdout.close()


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return
