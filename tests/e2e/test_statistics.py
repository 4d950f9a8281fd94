"""`unishim run --stats`: its counts match a trace of the same program."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import termios
from pathlib import Path
from typing import Any

import pytest

import unishim
from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, Run, run_guest
from unishim.trace.summary import Summary

PHASES = ["setup", "constructors", "root", "load", "start"]


def facts(*words: str | Path) -> dict[str, Any]:
    done = run_guest(words[-1:], "--stats", "--json", *map(str, words[:-1]))
    assert done.status == 0
    found: dict[str, Any] = json.loads(done.stderr)
    return found


@pytest.mark.parametrize("program", ["hello.c", "files.c", "signals.c"])
def test_counts_are_those_of_a_trace(build_guest: Build, program: str) -> None:
    binary = build_guest(program)
    counted = unishim.run([binary], accelerator="tcg", statistics=True, capture_output=True, timeout=TIMEOUT)
    traced = unishim.run([binary], accelerator="tcg", trace="all", capture_output=True, timeout=TIMEOUT)
    assert (counted.status, counted.stdout, counted.stderr) == (traced.status, traced.stdout, traced.stderr)
    summary = Summary()
    for event in traced.events or ():
        summary.event(event)
    expected = {row.name: (row.calls, row.unfinished, row.failed) for row in summary.rows("name")}
    assert {row.name: (row.calls, row.unfinished, row.errors) for row in counted.calls or ()} == expected
    assert expected["exit_group"] == (1, 1, 0)


def test_both_at_once(hello: Path) -> None:
    done = unishim.run(
        [hello], accelerator="tcg", statistics=True, trace="write", fail=["write:ENOSPC"], capture_output=True
    )
    (event,) = done.events or ()
    assert getattr(event, "result", None) == -28
    (write,) = (row for row in done.calls or () if row.name == "write")
    assert (write.calls, write.errors) == (1, 1)


def test_threads(build_guest: Build) -> None:
    """An interrupted call counts as one that returns."""
    binary = build_guest("thread_turns.c")
    done = unishim.run([binary], accelerator="tcg", statistics=True, capture_output=True, timeout=TIMEOUT)
    assert done.status == 0
    calls = {row.name: row for row in done.calls or ()}
    assert calls["clone3" if "clone3" in calls else "clone"].calls >= 1
    assert all(row.unfinished <= row.calls for row in calls.values())
    assert calls["exit_group"].unfinished == 1


def test_phases(hello: Path) -> None:
    found = facts(hello)
    assert list(found["phases"]) == PHASES
    assert all(ns > 0 for ns in found["phases"].values())
    assert found["boot_ns"] - len(PHASES) <= sum(found["phases"].values()) <= found["boot_ns"]
    assert found["program_ns"] > 0
    assert found["prepare_s"] > 0
    assert 0 < found["launch_s"] < found["wall_s"]
    assert found["boot_ns"] + found["program_ns"] <= found["wall_s"] * 1e9


def test_phases_that_are_not_reached(hello: Path) -> None:
    """The program's directory does not exist, so it is never loaded."""
    done = run_guest([hello], "--json", "--workdir", "/nowhere")
    found = json.loads(done.stderr.splitlines()[-1])
    assert done.status == 125
    assert found["phases"]["root"] > 0
    assert (found["phases"]["load"], found["phases"]["start"], found["boot_ns"], found["program_ns"]) == (0, 0, 0, 0)
    assert "calls" not in found


def rows(text: str) -> dict[str, tuple[int, int]]:
    """Calls and errors by name, from the table."""
    found = re.findall(r"^ *[\d.]+ +[\d.]+ \w+ +[\d.]+ \w+ +(\d+) +(\d*) *(\w+) *$", text, re.MULTILINE)
    return {name: (int(calls), int(errors or 0)) for calls, errors, name in found}


def test_table(hello: Path) -> None:
    done = run_guest([hello], "--stats")
    text = done.stderr.decode()
    assert done.stdout == b"Hello world!\n"
    found = rows(text)
    assert found["write"] == (1, 0)
    assert found["all"] == (sum(calls for calls, _ in list(found.values())[:-1]), found["rseq"][1])
    assert re.search(r"^ *\d+ KiB  peak memory$", text, re.MULTILINE)
    for line in ("kernel: loading the program", "the program", "Python's start"):
        assert re.search(rf"^ *[\d.]+ [mu]?s  {line}$", text, re.MULTILINE), line
    assert ("system calls through a trap" in text) == (os.environ["UNISHIM_PLATFORM"] == "linux")
    assert "\x1b" not in text


def on_a_terminal(hello: Path) -> Run:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [*UNISHIM, "run", "--quiet", "--accel", "tcg", "--stats", hello]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 4096):
            text += part
    except OSError:  # EIO: the other end is closed
        pass
    stdout = child.communicate(timeout=TIMEOUT)[0]
    os.close(ours)
    return Run(child.returncode, stdout, text)


def test_table_on_a_terminal(hello: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    done = on_a_terminal(hello)
    assert done.status == 0
    assert b"\x1b[1m" in done.stderr
    plain = re.sub(rb"\x1b\[[\d;]*m", b"", done.stderr).decode().replace("\r\n", "\n")
    assert rows(plain)["write"] == (1, 0)
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b" not in on_a_terminal(hello).stderr


@pytest.mark.parametrize("options", [["--stats"], ["--fail", "getpriority:EIO"]], ids=["counts", "rules"])
def test_many_signals_without_a_trace(build_guest: Build, options: list[str]) -> None:
    """Nobody reads the trace's ring then, so nothing may be recorded in it."""
    done = run_guest([build_guest("many_signals.c")], *options)
    assert (done.status, done.stdout) == (0, b"20000\n")


def test_statuses_stay(build_guest: Build) -> None:
    done = run_guest([build_guest("faults.c"), "null"], "--stats")
    assert done.status == 139
    assert b"System calls:" in done.stderr
