"""Every failure is one line and a status, without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import SCRIPTS, call
from tests.framework import TIMEOUT


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--memry", "4M", "x"], "No such option '--memry'. Did you mean '--memory'? See: unishim run --help"),
        (["trace", "--sumary", "x"], "No such option '--sumary'. Did you mean '--summary'? See: unishim trace --help"),
        (["rnu"], "No such command 'rnu'. Did you mean 'run'? See: unishim --help"),
        (["qqqqqq"], "No such command 'qqqqqq'. See: unishim --help"),
        (["--versoin"], "No such option '--versoin'. Did you mean '--version'? See: unishim --help"),
        (["inspect"], "Missing argument 'BINARY'. See: unishim inspect --help"),
        (["run", "--timeout", "x", "y"], "Invalid value for '--timeout': 'x' is not a valid float range."),
        (["run", "--platform", "vax", "x"], "Invalid value for '--platform': 'vax' is not one of"),
        (["completion", "tcsh"], "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'."),
        (["pack", "-o", "/nowhere/x", "/bin/true"], "-o /nowhere/x: No such file or directory"),
    ],
)
def test_command_line(words: list[str], message: str) -> None:
    done = call(["unishim", *words])
    assert done.returncode == 125
    assert done.stdout == ""
    assert done.stderr.startswith(f"unishim: {message}")
    assert done.stderr.count("\n") == 1


def test_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        for words in (["syscalls"], ["--help"], ["inspect", "--json", "/bin/true"]):
            done = subprocess.run(
                [SCRIPTS / "unishim", *words], check=False, stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT
            )
            line = b"unishim: No space left on device; free some space on that disk, or name a file on another disk\n"
            assert (done.returncode, done.stderr) == (125, line)


def test_reader_closes_early() -> None:
    """Like `unishim syscalls | head -1`."""
    source, target = os.pipe()
    os.close(source)
    for words in (["syscalls"], ["--help"]):
        done = subprocess.run(
            [SCRIPTS / "unishim", *words], check=False, stdout=target, stderr=subprocess.PIPE, timeout=TIMEOUT
        )
        assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")
    os.close(target)


def run_with(patch: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Runs `unishim syscalls` after changing a part of it."""
    script = f"import sys; sys.argv[0] = 'unishim'\n{patch}\nfrom unishim.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", script, "syscalls"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": os.fspath(cache)},
        timeout=TIMEOUT,
    )


RAISE = "import unishim.syscalls.table as table\ndef fail():\n    raise {error}\ntable.all_calls = fail"


def test_bug(tmp_path: Path) -> None:
    """The line names the file with the traceback, or says that the traceback could not be written."""
    done = run_with(RAISE.format(error="KeyError('strange\\nthing')"), tmp_path)
    assert done.returncode == 125
    assert done.stderr.startswith(
        "unishim: this is a bug in unishim (KeyError: 'strange\\nthing'); please report it and attach "
    )
    assert done.stderr.count("\n") == 1
    path = Path(done.stderr.split()[-1])
    assert path.is_relative_to(tmp_path)
    assert "in fail" in path.read_text()
    blocked = tmp_path / "file"
    blocked.touch()
    done = run_with(RAISE.format(error="KeyError('strange')"), blocked)
    assert done.stderr.startswith(
        "unishim: this is a bug in unishim (KeyError: 'strange'); please report it and attach "
    )
    Path(done.stderr.split()[-1]).unlink()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("PermissionError(13, 'Permission denied', '/x')", "/x: Permission denied; change its permissions, or name"),
        (
            "OSError(28, 'No space left on device', b'/y')",
            "/y: No space left on device; free some space on that disk, or",
        ),
        ("OSError('something else')", "something else"),
        ("MemoryError()", "not enough memory; "),
    ],
)
def test_errors_of_the_system(tmp_path: Path, error: str, line: str) -> None:
    done = run_with(RAISE.format(error=error), tmp_path)
    assert done.returncode == 125
    assert done.stderr.startswith(f"unishim: {line}")
    assert done.stderr.count("\n") == 1


def test_interrupt(tmp_path: Path) -> None:
    done = run_with(RAISE.format(error="KeyboardInterrupt"), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("words", "tool", "package"),
    [
        (["run", "--platform", "qemu", "/bin/true"], "qemu-system-x86_64", "qemu-system-x86"),
        (["debug", "/bin/true"], "gdb", "gdb"),
        (["run", "--platform", "linux", "--gdb", "/bin/true"], "gdbserver", "gdbserver"),
    ],
)
def test_missing_tool(tmp_path: Path, words: list[str], tool: str, package: str) -> None:
    done = call(["unishim", *words], env={"PATH": os.fspath(tmp_path)})
    assert done.returncode == 125
    assert (
        done.stderr.splitlines()[-1] == f"unishim: {tool} is not installed; install it with: apt-get install {package}"
    )
