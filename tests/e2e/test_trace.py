"""`unishim trace` compared with strace: the same binary natively, call by call."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, TOOLCHAINS, UNISHIM, Run

PROGRAMS = ["hello.c", "arguments.c", "memory.c", "signals.c", "bad_pointers.c", "files.c", "times.c", "polls.c"]
COMMON = ["--accel", "tcg", "--timeout", str(TIMEOUT / 2)]


def trace(*words: str | Path, stdin: bytes = b"") -> Run:
    done = subprocess.run(
        [*UNISHIM, "trace", *COMMON, *words], check=False, input=stdin, capture_output=True, timeout=TIMEOUT
    )
    return Run(done.returncode, done.stdout, done.stderr)


def strace(output: Path, argv: Sequence[str | Path], stdin: bytes) -> list[str]:
    command = ["strace", "-o", output, *argv]
    subprocess.run(command, check=False, input=stdin, env={}, stdout=subprocess.PIPE, timeout=TIMEOUT)
    return output.read_text(errors="surrogateescape").splitlines()


# What differs by nature, or between runs.
VARYING = (
    (r'(readlink\("/proc/self/exe", )"[^"]*"(?:\.\.\.)?(, \d+\)) += \d+', r"\1PATH\2"),
    (r'getrandom\("(?:[^"\\]|\\.)*"(?:\.\.\.)?', "getrandom(RANDOM"),
    (r"0x[0-9a-f]{5,16}", "ADDRESS"),
    (r"(tv_n?u?sec)=\d+", r"\1=TIME"),
    (r"^poll\(\[.*\], (\d{3,}),", r"poll(NEVER WRITTEN, \1,"),
    (r"^getppid\(\) += \d+", "getppid()"),
    (r"^readv\(4, \[.*\], (5000|4294967295)\)", r"readv(4, NEVER WRITTEN, \1)"),
    # Linux's internal result when a signal arrives, which becomes EINTR.
    (r"\? ERESTART\w+ \(.*\)", "-1 EINTR (Interrupted system call)"),
    # The root directory, and the pipe on stdin, whose end the kernel learns of later (docs/reference/limits.md).
    (r"(S_IFDIR\|0755, st_size)=\d+", r"\1=SIZE"),
    (r"POLLIN\|POLLHUP", "POLLIN"),
    (r" += ", " = "),
)
# Calls that the C library makes if the vDSO demands it; an ignored signal, which is only visible through ptrace.
LEFT_OUT = ("clock_gettime(", "gettimeofday(", "time(", "--- SIGCHLD")


def normalised(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    process = re.search(r"^set_tid_address\(.*\) += (\d+)$", text, re.MULTILINE)
    assert process
    if process[1] != "1":
        text = re.sub(rf"\b{process[1]}\b", "1", text)
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return [line for line in text.splitlines() if not line.startswith(LEFT_OUT)]


def without_known_differences(lines: Sequence[str]) -> list[str]:
    """The kernel has no rseq; execve is not a call here, so its environment has no address."""
    return [line for line in lines if not line.startswith(("rseq(", "execve("))]


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_same_as_strace(build_guest: Build, tmp_path: Path, program: str, toolchain: str) -> None:
    binary = build_guest(program, toolchain)
    stdin = b"some input\n" * 50
    native = strace(tmp_path / "native", [binary], stdin)
    done = trace("-o", tmp_path / "guest", binary, stdin=stdin)
    guest = (tmp_path / "guest").read_text(errors="surrogateescape").splitlines()
    assert done.stderr == b"" or b"\nRegisters" in done.stderr
    expected = without_known_differences(normalised(native))
    assert without_known_differences(normalised(guest)) == expected
    assert len(expected) > 5


def test_set_of_calls(hello: Path) -> None:
    lines = trace("-e", "write,%memory", hello).stderr.decode().splitlines()
    names = {line.split("(")[0] for line in lines[:-1]}
    assert names == {"write", "brk", "mprotect"}
    assert lines[-1] == "+++ exited with 0 +++"
    lines = trace("-e", "!brk", hello).stderr.decode().splitlines()
    assert not any(line.startswith("brk(") for line in lines)
    assert any(line.startswith("write(") for line in lines)


def test_stamps_and_choices(hello: Path) -> None:
    pattern = r"1 +\d+\.\d{6} \d\d:\d\d:\d\d\.\d{6} (write\(.*\) += 13 <\d\.\d{6}>|\+\+\+ exited with 0 \+\+\+)"
    lines = trace("-f", "-r", "-tt", "-T", "-e", "write", hello).stderr.decode().splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(pattern, line) for line in lines), lines
    assert re.match(r"\d{10}\.\d{6} write", trace("-ttt", "-e", "write", hello).stderr.decode())
    failed = trace("-Z", hello).stderr.decode().splitlines()
    assert [line.split("(")[0] for line in failed] == ["execve", "rseq", "+++ exited with 0 +++"]
    assert "rseq" not in trace("-z", hello).stderr.decode()
    assert 'write(1, "Hell"..., 13)' in trace("-s", "4", hello).stderr.decode()


def test_threads_are_distinguished(build_guest: Build) -> None:
    """Like strace -f: lines name the thread once there are several."""
    binary = build_guest("trace_page.c")
    lines = trace(binary).stderr.decode().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("[pid "))
    assert re.match(r"\[pid +[2-4]\] \w+\(", lines[first])
    assert all(re.match(r"\[pid +[1-4]\] (\w+\(|---)", line) for line in lines[first:-1])
    assert {re.match(r"\[pid +(\d)\]", line)[1] for line in lines[first:-1]} == {*"1234"}  # type: ignore[index]
    assert lines[-1] == "+++ exited with 0 +++"
    events = [json.loads(line) for line in trace("--json", binary).stderr.splitlines()]
    assert {event["tid"] for event in events if event.get("name") == "munmap"} >= {2, 3, 4}
    (signal,) = (event for event in events if event["event"] == "signal")
    assert (signal["signal"], signal["tid"]) == ("SIGUSR1", 1)


def test_counts(hello: Path, tmp_path: Path) -> None:
    table = trace("-c", hello).stderr.decode()
    native = subprocess.run(["strace", "-c", hello], capture_output=True, text=True, check=True, timeout=TIMEOUT).stderr

    def counts(text: str) -> dict[str, tuple[str, ...]]:
        rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d*) *(\w+)(?: total)?$", text, re.MULTILINE)
        return {name: tuple(words) for *words, name in rows}

    ours, theirs = counts(table), counts(native)
    assert ours["brk"] == theirs["brk"]
    assert ours.keys() - {"rseq"} == theirs.keys() - {"execve", "rseq"}
    assert table.splitlines()[0] == native.splitlines()[0]
    assert re.fullmatch(r"100\.00 .* total", table.splitlines()[-1])
    by_calls = trace("-c", "-S", "calls", "--json", hello).stderr
    rows = json.loads(by_calls)
    assert [row["calls"] for row in rows] == sorted((row["calls"] for row in rows), reverse=True)
    both = trace("-C", hello).stderr.decode()
    assert "write(1, " in both
    assert "% time" in both


def test_summary(build_guest: Build) -> None:
    done = trace("--summary", build_guest("handled.c"))
    text = done.stderr.decode()
    assert re.search(r"^sethostname +2  missing +failed: 2 ENOSYS$", text, re.MULTILINE)
    assert re.search(r"^getppid +1  posix-process$", text, re.MULTILINE)
    last = text.splitlines()[-1]
    assert re.fullmatch(r"\d+ calls, 3 missing: rseq, sethostname, syscall_0x3e8", last)
    rows = {row["name"]: row for row in json.loads(trace("--summary", "--json", build_guest("handled.c")).stderr)}
    assert rows["sethostname"]["library"] is None
    assert rows["write"]["library"] == "posix-file"


def test_json_and_chrome(hello: Path, tmp_path: Path) -> None:
    done = trace("--json", "--chrome", tmp_path / "chrome.json", hello)
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.stdout == b"Hello world!\n"
    (write,) = (event for event in events if event.get("name") == "write")
    assert write["event"] == "call"
    assert write["result"] == 13
    assert write["arguments"]["fd"] == 1
    assert events[-1]["event"] == "exit"
    assert events[-1]["status"] == 0
    chrome = json.loads((tmp_path / "chrome.json").read_text())
    assert {event["ph"] for event in chrome} == {"X", "i"}
    assert [event["ts"] for event in chrome] == sorted(event["ts"] for event in chrome)
    assert all(event["dur"] >= 0 for event in chrome if event["ph"] == "X")


@pytest.mark.parametrize(("fault", "line"), [("null", "SIGSEGV"), ("illegal", "SIGILL"), ("kill", "SIGKILL")])
def test_end_by_signal(build_guest: Build, tmp_path: Path, fault: str, line: str) -> None:
    done = trace("-o", tmp_path / "trace", build_guest("faults.c"), fault)
    lines = (tmp_path / "trace").read_text().splitlines()
    assert lines[-1] == f"+++ killed by {line} +++"
    assert done.status > 128
    if line != "SIGKILL":
        assert lines[-2].startswith(f"--- {line} {{si_signo={line}, si_code=")


@pytest.mark.parametrize("options", [[], ["--memory", "6M"], ["--machine", "pc"]])
def test_no_record_is_lost(build_guest: Build, tmp_path: Path, options: list[str]) -> None:
    """The ring holds about 9000 records; the host reads them in time, or the kernel waits."""
    count = 20000
    done = trace("-o", tmp_path / "trace", *options, "-e", "getppid,access", build_guest("many_calls.c"), str(count))
    assert done.status == 0
    lines = (tmp_path / "trace").read_text().splitlines()
    assert len(lines) == 2 * count + 1
    assert all(line.startswith("getppid()") for line in lines[0:-1:2])
    for number, line in enumerate(lines[1:-1:2]):
        text = "x" * (number % 600)
        error = "ENAMETOOLONG (File name too long)" if len(text) > 255 else "ENOENT (No such file or directory)"
        assert line == f'access("{text}", F_OK)'.ljust(39) + f" = -1 {error}"


def test_with_handlers_and_faults(hello: Path) -> None:
    """The trace shows the results that the program got."""
    text = trace("--fail", "write:ENOSPC", hello).stderr.decode()
    assert 'write(1, "Hello world!\\n", 13)          = -1 ENOSPC (No space left on device)\n' in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-e", "wrte"], "did you mean write?"),
        (["-e", "!a", "-e", "b"], "cannot be combined"),
        (["-S", "size"], "unknown order"),
        (["-o", "/nowhere/file"], "No such file or directory"),
        (["--chrome", "/nowhere/file"], "No such file or directory"),
    ],
)
def test_bad_options(hello: Path, options: list[str], message: str) -> None:
    done = trace(*options, hello)
    assert done.status == 125
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
