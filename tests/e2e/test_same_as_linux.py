"""The same binary natively and on the unikernel: the same output and status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TOOLCHAINS, run_guest, run_native

PROGRAMS = [
    "hello.c",
    "arguments.c",
    "memory.c",
    "signals.c",
    "bad_pointers.c",
    "files.c",
    "polls.c",
    "times.c",
    "file_mapping.c",
]


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_c(build_guest: Build, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [
        build_guest(program, toolchain),
        "plain",
        "with space",
        "",
        "quo'te\"s",
        "back\\slash",
        "ünïcode",
    ]
    environment = {"NAME": "value", "SPACES": " a  b ", "EMPTY": ""}
    stdin = b"some input\n" * 5000
    native = run_native(argv, stdin=stdin, env=environment)
    assert run_guest(argv, stdin=stdin, env=environment) == native
    assert native.stdout


@pytest.mark.parametrize("toolchain", ["gcc", "clang"])
def test_cpp(build_guest: Build, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest("hello.cpp", toolchain)]
    assert run_guest(argv) == run_native(argv)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("null", 139),
        ("constant", 139),
        ("execute-data", 139),
        ("blocked", 139),
        ("stack", 139),
        ("illegal", 132),
        ("division", 136),
        ("abort", 134),
        ("terminate", 143),
        ("kill", 137),
    ],
)
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_fatal(build_guest: Build, fault: str, status: int, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest("faults.c", toolchain), fault]
    native, guest = run_native(argv), run_guest(argv)
    assert (guest.status, guest.stdout) == (native.status, native.stdout) == (status, b"before\n")


@pytest.mark.platforms("qemu")
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_other_machines(build_guest: Build, machine: str) -> None:
    argv: list[str | Path] = [build_guest("arguments.c"), "a"]
    stdin = b"line\n" * 100
    assert run_guest(argv, "--machine", machine, stdin=stdin) == run_native(argv, stdin=stdin)


@pytest.mark.platforms("qemu")
@pytest.mark.parametrize("program", ["hello.c", "signals.c"])
def test_plain_processor(build_guest: Build, program: str) -> None:
    """No instructions beyond x86-64 with SSE2, SYSCALL and NX."""
    argv: list[str | Path] = [build_guest(program)]
    assert run_guest(argv, "--cpu", "qemu64") == run_native(argv)


def test_extended_state(build_guest: Build) -> None:
    argv: list[str | Path] = [build_guest("extended_state.c")]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert (native.status, native.stdout) == (0, b"signals: 0 failures\nthreads: 0 failures\n")


@pytest.mark.platforms("qemu")
@pytest.mark.parametrize("model", ["qemu64", "Denverton", "Haswell", "Skylake-Server", "EPYC", "EPYC-Milan"])
def test_extended_state_of_other_processors(build_guest: Build, model: str) -> None:
    """FXSAVE, XSAVE with and without its compacted form, layouts with and without AVX-512, both makers."""
    done = run_guest([build_guest("extended_state.c")], "--cpu", model)
    assert (done.status, done.stdout) == (0, b"signals: 0 failures\nthreads: 0 failures\n"), done.stderr


@pytest.mark.parametrize(("toolchain", "memory"), [("musl", "2M"), ("gcc", "3M")])
def test_smallest_memory(build_guest: Build, toolchain: str, memory: str) -> None:
    argv: list[str | Path] = [build_guest("hello.c", toolchain)]
    assert run_guest(argv, "--memory", memory) == run_native(argv)


def test_large_memory(hello: Path) -> None:
    """Beyond the first GiB of the direct map, and memory above 4 GiB."""
    assert run_guest([hello], "--memory", "6G") == run_native([hello])


def test_long_command_line(build_guest: Build) -> None:
    argv: list[str | Path] = [build_guest("arguments.c"), *(f"argument-{number}" for number in range(2000))]
    assert run_guest(argv) == run_native(argv)
