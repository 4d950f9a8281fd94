"""Threads in C, Go, Rust and Python: the same on both platforms as natively."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import GUESTS, TIMEOUT, TOOLCHAINS, UNISHIM, add_options, run_guest, run_native, used_files

Compile = Callable[..., Path]

PYTHON_PROGRAM = """
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor

work, done = queue.Queue(5), []

def serve():
    while (number := work.get()) is not None:
        done.append(number * number)

servers = [threading.Thread(target=serve) for _ in range(4)]
for server in servers:
    server.start()
for number in range(500):
    work.put(number)
for _ in servers:
    work.put(None)
for server in servers:
    server.join()
print(sum(done), threading.active_count())

event = threading.Event()
print(event.wait(0.02))
threading.Timer(0.02, event.set).start()
print(event.wait(20))

# One that only computes leaves the others their turns.
over = False
def compute():
    while not over:
        pass
busy = threading.Thread(target=compute)
busy.start()
begin = time.monotonic()
time.sleep(0.05)
over = True
busy.join()
print(time.monotonic() - begin < 10)
with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(str.upper, "threads")))
"""


@pytest.fixture(scope="module")
def compile_program(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """`compile_program("threads.rs", "rustc", "-O")`: the path of the program, built once."""
    folder = tmp_path_factory.mktemp("threads")
    built: dict[tuple[str, ...], Path] = {}

    def build(source: str, *command: str) -> Path:
        key = source, *command
        if key not in built:
            built[key] = folder / f"program-{len(built)}"
            environment = {**os.environ, "CGO_ENABLED": "0", "GOCACHE": os.fspath(folder / "go"), "GOFLAGS": ""}
            done = subprocess.run(
                [*command, "-o", built[key], GUESTS / source],
                check=False,
                capture_output=True,
                text=True,
                timeout=3 * TIMEOUT,
                env=environment,
            )
            assert done.returncode == 0, done.stderr
        return built[key]

    return build


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", ["threads.c", "thread_turns.c", "futexes.c"])
def test_c(build_guest: Build, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest(program, toolchain)]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.status == 0


@pytest.mark.parametrize("way", ["exit-group", "fault", "signal", "last"])
def test_end(build_guest: Build, way: str) -> None:
    argv: list[str | Path] = [build_guest("thread_ends.c"), way]
    native, guest = run_native(argv), run_guest(argv)
    assert (guest.status, guest.stdout) == (native.status, native.stdout)
    assert (b"in thread 3" in guest.stderr) == (way == "fault")


def test_go(compile_program: Compile) -> None:
    argv: list[str | Path] = [compile_program("goroutines.go", "go", "build")]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.status == 3


@pytest.mark.parametrize("flags", [["-Ctarget-feature=+crt-static"], []], ids=["static", "dynamic"])
def test_rust(compile_program: Compile, flags: Sequence[str]) -> None:
    argv: list[str | Path] = [compile_program("threads.rs", "rustc", "-O", *flags)]
    native, guest = run_native(argv), run_guest(argv)
    # The panic message contains the thread's number.
    assert (guest.status, guest.stdout) == (native.status, native.stdout)
    assert native.status == 0


def test_python() -> None:
    argv: list[str | Path] = ["/usr/bin/python3.11", "-B", "-c", PYTHON_PROGRAM]
    native = run_native(argv)
    assert run_guest(argv, *add_options(used_files(argv, "/usr/lib/python3.11"))) == native
    assert native.status == 0


def test_trace(build_guest: Build) -> None:
    """A call during which others run is traced completely, with its thread."""
    command = [*UNISHIM, "trace", "-f", "--accel", "tcg", "--timeout", str(TIMEOUT / 2), build_guest("threads.c")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    lines = done.stderr.splitlines()
    assert done.returncode == 0
    assert any(line.startswith("2 ") and " exit(0)" in line for line in lines)
    assert any(line.startswith("1 ") and "FUTEX_WAIT" in line and line.endswith("= 0") for line in lines)
