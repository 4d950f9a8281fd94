"""Faults injected by rules, and the pytest fixture for them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, run_guest


@pytest.fixture(scope="session")
def faulty(build_guest: Build) -> Path:
    return build_guest("faulty.c")


def failures(stderr: bytes) -> list[str]:
    """What failed, by round."""
    return [line for line in stderr.decode().splitlines() if not line.endswith(" ok")]


def rounds(what: str, error: int, *numbers: int) -> list[str]:
    return [f"{number} {what} errno {error}" for number in numbers]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("getppid:EPERM", rounds("getppid", errno.EPERM, 1, 2, 3, 4, 5, 6)),
        ("getppid:EPERM:after=3", rounds("getppid", errno.EPERM, 4, 5, 6)),
        ("getppid:EPERM:every=2", rounds("getppid", errno.EPERM, 1, 3, 5)),
        ("getppid:EPERM:after=1:every=2:times=2", rounds("getppid", errno.EPERM, 2, 4)),
        ("write:ENOSPC:fd=1:after=4", rounds("write", errno.ENOSPC, 5, 6)),
        ("write:EIO:path=/dev/null:times=1", rounds("write-null", errno.EIO, 1)),
        ("openat:EACCES:path=/dev/nu*:after=5", [*rounds("open-null", 13, 6), *rounds("write-null", 9, 6)]),
        ("/^getpp:EPERM:times=1", rounds("getppid", errno.EPERM, 1)),
        ("openat,getppid:EWOULDBLOCK:path=/nowhere", []),
    ],
)
def test_rules(faulty: Path, rule: str, expected: list[str]) -> None:
    done = run_guest([faulty], "--fail", rule)
    assert failures(done.stderr) == expected
    assert done.status == 0


def test_several_rules_and_chance(faulty: Path) -> None:
    rules = ["--fail", "getppid:EPERM:probability=0.5", "--fail", "write:EIO:fd=1:times=1"]
    first = run_guest([faulty], "--seed", "3", *rules)
    assert failures(first.stderr) == failures(run_guest([faulty], "--seed", "3", *rules).stderr)
    assert failures(first.stderr) != failures(run_guest([faulty], "--seed", "4", *rules).stderr)
    assert rounds("write", errno.EIO, 1)[0] in failures(first.stderr)


def test_delay(faulty: Path) -> None:
    assert run_guest([faulty]).status == 0
    assert run_guest([faulty], "--delay", "getppid:80ms:every=2:times=4").status == 0
    assert run_guest([faulty], "--delay", "getppid:400ms:every=2").status == 3


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--fail", "write", "incomplete; write it like --fail '"),
        ("--fail", "write:ENOSUCH", "unknown error ENOSUCH"),
        ("--fail", "wrte:EIO", "did you mean write?"),
        ("--fail", "write:EIO:when=3", "is not a condition"),
        ("--fail", "write:EIO:after=x", "'x' is not a number"),
        ("--fail", "write:EIO:every=0", "out of range"),
        ("--fail", "write:EIO:probability=1.5", "out of range"),
        ("--fail", "write:EIO:probability=nan", "out of range"),
        ("--fail", "%nothing:EIO", "unknown class %nothing"),
        ("--fail", "/(:EIO", "is not a regular expression"),
        ("--delay", "write:soon", "is not a time"),
        ("--handler-errors", "maybe", "choose one of eio, stop"),
    ],
)
def test_invalid_rules(hello: Path, option: str, text: str, message: str) -> None:
    more = ["--fail", "write:EIO"] if option == "--handler-errors" else []
    done = run_guest([hello], option, text, *more)
    assert done.status == 125
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_the_fixture(hello: Path, faulty: Path, tmp_path: Path) -> None:
    """As in someone else's project: nothing is configured."""
    test = tmp_path / "test_somebody.py"
    test.write_text(
        f"""
import pytest


def test_output(unishim):
    done = unishim.run({os.fspath(hello)!r})
    assert (done.status, done.signal, done.stdout) == (0, 0, b"Hello world!\\n")
    (write,) = done.calls("write")
    assert (write.name, write.result, write.error) == ("write", 13, None)
    assert str(write).split(" = ")[0].rstrip() == 'write(1, "Hello world!\\\\n", 13)'
    assert done.signals() == []


def test_faults(unishim):
    done = unishim.run({os.fspath(faulty)!r}, fail=["write:ENOSPC:fd=1:after=3"], seed=1)
    assert [call.result for call in done.calls("write") if call.arguments["fd"] == 1] == [1, 1, 1, -28, -28, -28]
    assert {{call.error for call in done.failed_calls() if call.name == "write"}} == {{"ENOSPC"}}


@pytest.mark.xfail(strict=True)
def test_that_fails(unishim):
    assert unishim.run({os.fspath(hello)!r}).status == 1
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", test],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed, 1 xfailed" in done.stdout
