"""gdb on both platforms: a session, frames across the kernel, the kernel's data, and connecting by hand."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.debugged import KINDS, build_debugged, gdb
from tests.framework import TIMEOUT, UNISHIM
from unishim.debug.session import SCRIPT, symbols_of
from unishim.host.processor import extended_state_components
from unishim.platforms.linux.gdbserver import must_not_see_extended_state


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_debugged(tmp_path_factory.mktemp("debugged"))


def debug(argv: Sequence[str | Path], *commands: str, options: Sequence[str] = ()) -> str:
    """The output of gdb and the program."""
    words = [word for command in commands for word in ("--ex", command)]
    done = subprocess.run(
        [*UNISHIM, "debug", "-q", "--accel", "tcg", "--batch", *options, *words, *argv],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=TIMEOUT,
    )
    return done.stdout


def frames(output: str) -> list[str]:
    """The functions of a backtrace, innermost first."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\S+|<signal handler called>) \(", output, re.MULTILINE)


def in_order(names: Sequence[str], found: Sequence[str]) -> bool:
    rest = iter(found)
    return all(name in rest for name in names)


@pytest.mark.parametrize("kind", list(KINDS))
def test_session(programs: dict[str, Path], kind: str) -> None:
    output = debug(
        [programs[kind], "end"],
        "break main",
        "continue",
        "next",
        "next",
        "next",
        "print counter",
        "break uk_syscall_r_write",
        "continue",
        "echo [at the handler]\\n",
        "backtrace",
        "cd /",
        "delete",
        "finish",
    )
    assert "answer(regs, (int)nr, hook)" in output  # the source is found from any directory
    assert re.search(r"Breakpoint 1, main \(argc=2, argv=0x[0-9a-f]+\)", output)
    assert "$1 = 49\n" in output
    assert "uk_syscall_r_write (fd=1, buf=" in output
    found = frames(output.split("[at the handler]")[1])
    write = "__GI___libc_write" if kind == "dynamic" else "write"
    road = ["uk_syscall_r_write", "ukplat_syscall_handler", "syscall_entry", write, "say", "main"]
    assert in_order(road, found), output
    assert output.count("hello\n") == 1
    assert "Value returned is" in output


def test_what_the_kernel_knows(programs: dict[str, Path]) -> None:
    output = debug(
        [programs["dynamic"], "threads"],
        "break write_to_null",
        "continue",
        "delete",
        *(f"info unishim {name}" for name in ("threads", "fds", "memory", "calls")),
        "unishim backtrace 3",
        "backtrace",
    )
    name = programs["dynamic"].name
    assert re.search(rf"^\* 1 +{name} +runs +0x[0-9a-f]+ write_to_null( \+ \d+)?$", output, re.MULTILINE)
    for tid in (2, 3):
        assert re.search(rf"^  {tid} +{name} +\w+ +0x[0-9a-f]+ pause \+ \d+ in pause\(\)$", output, re.MULTILINE)
    assert re.search(r"^1 +(write|read, write) +\d+ +<console>$", output, re.MULTILINE)
    assert re.search(rf"^[0-9a-f]{{16}} [0-9a-f]{{16}} r-xp [0-9a-f]{{8}} {programs['dynamic']}$", output, re.MULTILINE)
    assert re.search(r"r-xp [0-9a-f]{8} /usr/lib/x86_64-linux-gnu/libc.so.6$", output, re.MULTILINE)
    assert re.search(r"rw-p 00000000 \[stack\]$", output, re.MULTILINE)
    assert re.search(r"^\[1\] write\(1, 0x[0-9a-f]+, 6\) = 6$", output, re.MULTILINE)
    assert re.search(r"^\[2\] pause\(\) = \.\.\.$", output, re.MULTILINE)
    waiting = ["switch_away", "uk_sched_sleep", "uk_syscall_r_pause", "ukplat_syscall_handler", "syscall_entry"]
    assert in_order(
        [*waiting, "__libc_pause", "wait_for_ever", "work", "start_thread", "write_to_null", "main"], frames(output)
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_faults_stop_and_are_handled(programs: dict[str, Path], kind: str) -> None:
    output = debug(
        [programs[kind], "handler"],
        "continue",
        "info symbol $pc",
        "backtrace",
        "break on_signal",
        "continue",
        "break uk_syscall_r_write",
        "continue",
        "echo [in the handler]\\n",
        "backtrace",
        "delete",
        "continue",
    )
    assert "Program received signal SIGSEGV, Segmentation fault." in output
    assert re.search(r"^write_to_null \+ \d+ in section \.text", output, re.MULTILINE)
    before, after = output.split("[in the handler]")
    assert in_order(["uk_signal_fault", "write_to_null", "main"], frames(before))
    road = [
        "uk_syscall_r_write",
        "syscall_entry",
        "say",
        "on_signal",
        "<signal handler called>",
        "write_to_null",
        "main",
    ]
    assert in_order(road, frames(after)), after
    assert "handled\n" in after


def test_end_by_a_signal(programs: dict[str, Path]) -> None:
    output = debug([programs["static-pie"], "abort"], "continue", "backtrace")
    assert "Signal SIGABRT, Aborted, ends the program." in output
    assert in_order(["uk_signal_end_process", "syscall_entry", "gsignal", "abort", "main"], frames(output)), output
    quiet = debug([programs["static-pie"], "handler"], "set unishim stop-on-signal off", "continue")
    assert "Program received" not in quiet
    assert "handled\n" in quiet


def test_start_again(programs: dict[str, Path]) -> None:
    """`run` restarts the program if gdb started it; each time it is at another address."""
    output = debug([programs["static-pie"]], "break twice", "run", "continue", "run", "backtrace")
    stops = re.findall(r"^Breakpoint \d+, twice \(value=", output, re.MULTILINE)
    if os.environ["UNISHIM_PLATFORM"] == "linux":
        assert "exited with code 05" in output
        assert len(stops) == 2, output
        assert in_order(["twice", "main"], frames(output))
    else:
        assert "[The program exits with status 5]" in output
        assert "the run has ended" in output
        assert len(stops) == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_connecting(programs: dict[str, Path], kernel: Path) -> None:
    port = free_port()
    options = ["-q", "--accel", "tcg", "--gdb", f"tcp:{port}", "--paused", "--timeout", str(TIMEOUT / 2)]
    command = [*UNISHIM, "run", *options, programs["static-pie"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        wait_for_listener(port)
        words: list[str | Path] = [symbols_of(kernel), "-ex", f"target remote :{port}", "-x", SCRIPT]
        program = f"set unishim program {programs['static-pie']}"
        done = gdb(words, ["unishim begin", program, "unishim symbols", "start", "next", "backtrace", "continue"])
        assert "Temporary breakpoint 1, main (argc=1" in done.stdout, done.stdout + done.stderr
        assert run.wait(timeout=TIMEOUT) == 5
        assert run.stdout is not None
        assert run.stdout.read() == "hello\n42 49\n"


RUN_HIDDEN = """
import sys
from contextlib import ExitStack
from unishim.debug.remote.listener import listen
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import run_linux
from unishim.running.options import Options
program, address, hidden = sys.argv[1], sys.argv[2], {"hidden": True, "chosen": None}[sys.argv[3]]
plan = plan_linux(Options(platform="linux", gdb=address), [program], terminals=0)
with ExitStack() as stack:
    listener = listen(address, stack)
    sys.exit(run_linux(plan, (0, 1, 2), 30, gdb=listener, hide_extended_state=hidden).status)
"""


@pytest.mark.platforms("linux")
@pytest.mark.parametrize("choice", ["hidden", "chosen"])
def test_hidden_extended_state(build_guest: Build, kernel: Path, choice: str) -> None:
    """gdbserver does not get vector registers that it would destroy; "hidden" tests this on any processor."""
    program, port = build_guest("extended_state.c"), free_port()
    command: list[str | Path] = [sys.executable, "-c", RUN_HIDDEN, program, f"tcp:{port}", choice]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as run:
        wait_for_listener(port)
        words: list[str | Path] = [symbols_of(kernel), "-ex", f"target remote :{port}", "-x", SCRIPT]
        commands = ["unishim begin", "set unishim stop-on-signal off", f"set unishim program {program}"]
        commands += ["unishim symbols", "start", "print $ymm0", "break on_fault", "continue", "continue", "delete"]
        done = gdb(words, [*commands, "continue"])
        status = run.wait(timeout=TIMEOUT)
        assert run.stdout is not None
        output = run.stdout.read()
    said = re.findall(r"^\$1 = (.*)$", done.stdout, re.MULTILINE)
    assert len(said) == 1, done.stdout + done.stderr
    is_hidden = choice == "hidden" or must_not_see_extended_state()
    assert (said[0] == "void") == (is_hidden or 2 not in extended_state_components())
    assert (status, output) == (0, "signals: 0 failures\nthreads: 0 failures\n"), done.stdout + done.stderr


def wait_for_listener(port: int) -> None:
    """Waits until the port is open; a connection would be taken for gdb's."""
    for _ in range(int(TIMEOUT / 0.05)):
        if f"0100007F:{port:04X} 00000000:0000 0A" in Path("/proc/net/tcp").read_text():
            return
        time.sleep(0.05)
    raise AssertionError("nobody listens")


def test_interrupt(programs: dict[str, Path], tmp_path: Path) -> None:
    """Ctrl-C in a terminal stops the program, and gdb continues."""
    command = shlex.join(map(str, [*UNISHIM, "debug", "-q", "--accel", "tcg", programs["static-pie"], "loop"]))
    # `timeout` ends it if a mark does not appear: reading would wait for ever.
    terminal: list[str] = ["timeout", str(TIMEOUT), "script", "-qec", command, "/dev/null"]
    environment = {**os.environ, "TERM": "dumb", "HOME": os.fspath(tmp_path)}
    steps = [
        (b"", b"(gdb) "),
        (b"continue\n", b"42 49"),
        (b"\3", b"(gdb) "),
        (b"kill\n", b"y or n)"),
        (b"y\n", b"(gdb) "),
    ]
    seen = b""
    with subprocess.Popen(terminal, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as session:
        assert session.stdin is not None and session.stdout is not None
        for text, mark in steps:
            session.stdin.write(text)
            session.stdin.flush()
            part = b""
            while mark not in part:
                data = os.read(session.stdout.fileno(), 4096)
                assert data, seen + part
                part += data
            seen += part
        session.communicate(b"quit\n", timeout=TIMEOUT)
    assert b"Program received signal SIGINT, Interrupt." in seen


def unishim(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run([*UNISHIM, *words], check=False, capture_output=True, text=True, timeout=TIMEOUT)
    return done.returncode, done.stderr


def test_bad_input(programs: dict[str, Path], kernel: Path, tmp_path: Path) -> None:
    program = programs["static-pie"]
    assert unishim("run", "--paused", program) == (125, "unishim: --paused waits for gdb; add --gdb\n")
    assert unishim("debug", "--batch", tmp_path / "nothing")[0] == 127
    endless: list[str | Path] = [
        "debug",
        "--batch",
        "-q",
        "--accel",
        "tcg",
        "--timeout",
        "3",
        "--ex",
        "continue",
        program,
        "loop",
    ]
    assert unishim(*endless)[0] == 124
    bare = tmp_path / kernel.name
    bare.write_bytes(kernel.read_bytes())
    bare.chmod(0o755)
    status, message = unishim("debug", "--batch", "--accel", "tcg", "--kernel", bare, program)
    assert (status, message.count("\n")) == (125, 1)
    assert f"{bare}.dbg: no such file" in message
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, message = unishim("run", "-q", "--accel", "tcg", "--gdb", f"tcp:{port}", "--paused", program)
        assert status == 125
        assert "Address already in use" in message
        assert message.count("\n") == 1
    commands = [f"info unishim {name}" for name in ("threads", "fds", "memory", "calls")]
    done = gdb([symbols_of(kernel), "-x", SCRIPT], commands)
    assert done.stderr.splitlines() == ["nothing is running; start with: unishim begin"] * 4
