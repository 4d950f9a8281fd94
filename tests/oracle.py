"""strace as the oracle for our traces: we record a program that strace traces too, and compare line by line."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from tests.framework import TIMEOUT
from tests.recorder import Event, Recorder, no_random_addresses
from unishim.trace.call import Call, Signal
from unishim.trace.strace_format import format_call, format_exit, format_signal

# What differs between runs.
_VARYING = (
    (re.compile(r"(ru_[us]time=\{)tv_sec=\d+, tv_usec=\d+"), r"\1N"),
    (re.compile(r"tv_(sec|nsec|usec)=\d{3,}"), r"tv_\1=N"),
    (re.compile(r"^((?:clone|wait4|fork|vfork)\(.*\)) *= \d+$"), r"\1 = N"),
    (re.compile(r"si_pid=\d+"), "si_pid=N"),
    (re.compile(r"^readv\(4, \[.*\], (5000|4294967295)\)"), r"readv(4, N, \1)"),  # what was never written
    (re.compile(r"^getcpu\(\[\d+\]"), "getcpu([N]"),
    (re.compile(r"tms_(\w+)=\d+"), r"tms_\1=N"),
    (re.compile(r"^(getrandom\()\".*?\"(\.\.\.)?,"), r"\1N,"),
    (re.compile(r"(uptime|loads|freeram|sharedram|bufferram|freeswap|procs)=(\d+|\[.*?\])"), r"\1=N"),
    (re.compile(r"(f_bfree|f_bavail|f_ffree)=\d+"), r"\1=N"),
    (re.compile(r"^(time|times)\((.*?)\) *= .*"), r"\1 = N"),
    (re.compile(r"si_[us]time=\d+"), "si_time=N"),
    (re.compile(r"^(getpid|gettid|getpgrp|getppid|getsid|getpgid)\((.*?)\) *= \d+.*"), r"\1 = N"),
    (re.compile(r" \(INJECTED\)$"), ""),
    (re.compile(r" \(core dumped\)"), ""),
)


def event_text(event: Event) -> str:
    """One line."""
    if isinstance(event, Call):
        return format_call(event)
    return format_signal(event) if isinstance(event, Signal) else format_exit(event)


def normalised(line: str, pid: int) -> str:
    """The line without what differs between runs."""
    line = re.sub(rf"(?<![\w.\\]){pid}(?!\w)", "PID", line)
    for pattern, replacement in _VARYING:
        line = pattern.sub(replacement, line)
    return re.sub(r" {2,}= ", " = ", line) if "N" in line or "PID" in line else line


def ours(argv: Sequence[str | Path], inject: int | None = None) -> list[str]:
    """The lines of our recorder in our format."""
    recorder = Recorder(argv, inject=inject)
    return [normalised(event_text(event), recorder.pid) for event in recorder.events()]


def theirs(argv: Sequence[str | Path], output: Path, inject: str | None = None) -> list[str]:
    """strace's lines after the exec."""
    command: list[str | Path] = ["strace", "-o", output]
    if inject is not None:
        command += ["-e", f"inject=!execve,exit_group:error={inject}"]
    null = os.open(os.devnull, os.O_RDWR)
    try:
        process = subprocess.Popen(
            [*command, "-D", *argv], env={}, stdin=null, stdout=null, stderr=null, preexec_fn=no_random_addresses
        )
        process.wait(timeout=TIMEOUT)
    finally:
        os.close(null)
    _wait_for_end(output)
    lines = output.read_text(errors="surrogateescape").splitlines()
    return [normalised(line, process.pid) for line in lines[1:]]


def _wait_for_end(output: Path) -> None:
    """With -D strace is a grandchild: it ends shortly after the program."""
    import time

    for _ in range(2000):
        text = output.read_text(errors="surrogateescape")
        if re.search(r"^\+\+\+ (exited|killed).*\n\Z", text, re.MULTILINE):
            return
        time.sleep(0.005)
    raise AssertionError("strace did not end")


def differences(mine: Sequence[str], other: Sequence[str]) -> list[str]:
    """Lines on only one side: - marks ours, + marks strace's."""
    found = []
    for tag, first, last, start, stop in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [f"- {line}" for line in mine[first:last]] + [f"+ {line}" for line in other[start:stop]]
    return found
