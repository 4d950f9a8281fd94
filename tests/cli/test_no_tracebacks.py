"""No input and no state of the host makes a command print a traceback, or call itself faulty."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.commands import SCRIPTS
from tests.framework import TIMEOUT
from unishim.cli.failure import explain_failure
from unishim.cli.group import unishim

HUGE = "9" * 5000
NUMBERS = [HUGE, f"-{HUGE}", "1e400", "nan", "-0", "0x10", ""]
WORDS = ["a\udcff", "\x1b[m", "a:b", "=", ":", "/", "1:2:3", "%file", "!read", "/(", "/["]
RULES = ["read:" + HUGE + "s", "read:1s:after=" + HUGE, "read:EIO:every=" + HUGE]
VALUES = st.one_of(
    st.sampled_from([*NUMBERS, *WORDS, *RULES]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
COMMANDS = {
    "run": "-m --env -i --add --workdir -k --seed --platform --mount --timeout --machine --accel --cpu --handlers "
    "--handler-errors --fail --delay -e --gdb -C --core",
    "trace": "-e -s -S -m --seed",
    "inspect": "",
    "pack": "--add --env -o",
    "configure": "-o --for -m -p -s",
    "init": "-t",
    "syscalls": "",
}


def explained(words: Sequence[str]) -> None:
    """Executes a command of this process: its error has an explanation that is not a report of a bug."""
    try:
        with unishim.make_context("unishim", list(words)) as context:
            unishim.invoke(context)
    except click.exceptions.Exit:
        return
    except SystemExit:
        return
    except Exception as error:
        line, status = explain_failure(error)
        assert "bug in unishim" not in line, (words, line)
        assert status in (125, 126, 127)


@pytest.mark.parametrize("command", COMMANDS)
def test_any_values(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    extra = ["--dry-run"] if command == "run" else []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(st.tuples(st.sampled_from(COMMANDS[command].split() or [""]), VALUES), max_size=2), VALUES)
    def attempt(options: list[tuple[str, str]], binary: str) -> None:
        words = [word for option, value in options if option for word in (option, value)]
        name = binary if command in ("init", "inspect") else "/nonexistent" + binary
        explained([command, *extra, *words, "--", name])

    attempt()


def limit(number: int, value: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(number, (value, value))


def ended(words: Sequence[str | Path], **how: object) -> str:
    """The command's messages; no traceback."""
    done = subprocess.run(  # type: ignore[call-overload]
        [SCRIPTS / "unishim", *words], check=False, stderr=subprocess.PIPE, timeout=TIMEOUT, **{"stdout": -1, **how}
    )
    text = str(done.stderr.decode())
    for sign in ("Traceback", "bug in unishim", "Exception ignored", "Fatal Python error"):
        assert sign not in text, text
    return text


@pytest.mark.parametrize("files", [5, 6, 8, 10, 12, 16])
@pytest.mark.parametrize("words", [["run", "/bin/true"], ["inspect", "/bin/true"], ["trace", "/bin/true"]])
def test_few_descriptors(words: list[str], files: int) -> None:
    """Python itself needs five to start."""
    ended(words, preexec_fn=limit(resource.RLIMIT_NOFILE, files))


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize("words", [["list"], ["run", "/nonexistent"], ["inspect", "/bin/true"], ["--help"], ["rnu"]])
def test_closed_streams(words: list[str], closed: tuple[int, ...]) -> None:
    script = " ".join(f"{number}>&-" for number in closed)
    done = subprocess.run(
        ["sh", "-c", f'"$@" {script}', "sh", SCRIPTS / "unishim", *words],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT,
    )
    assert done.returncode in (0, 125, 127)
    assert b"Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [["list"], ["run", "/nonexistent"], ["inspect", "/bin/true"], ["--help"], ["rnu"]])
def test_full_streams(words: list[str]) -> None:
    """Both are on a full disk: the status says that something failed."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([SCRIPTS / "unishim", *words], check=False, stdout=full, stderr=full, timeout=TIMEOUT)
    assert done.returncode in (125, 127)


def test_no_null_device() -> None:
    """A root without /dev, and closed streams."""
    code = """
import os, sys
os.close(0)
os.close(1)
os.devnull = "/nowhere/null"
sys.argv[1:] = ["list"]
from unishim.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.PIPE, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "environment",
    [
        {"TMPDIR": "/nonexistent"},
        {"HOME": "/dev/null"},
        {"XDG_CACHE_HOME": "/proc/nothing"},
        {"SOURCE_DATE_EPOCH": HUGE},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"COLUMNS": HUGE},
        {"COLUMNS": "0"},
        {"UNISHIM_PLATFORM": "\x1b[31m"},
    ],
)
@pytest.mark.parametrize("words", ["list", "inspect /bin/true", "pack --list /bin/true", "doctor --help"])
def test_environment(words: str, environment: dict[str, str]) -> None:
    ended(words.split(), env={**os.environ, **environment})


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    """Files end at 4 KiB: the archive, the page, the report, the core file."""
    commands = (
        f"pack -o {tmp_path}/archive /bin/true",
        f"trace --html {tmp_path}/page /bin/true",
        f"trace -o {tmp_path}/lines /bin/true",
        "run /bin/true",
    )
    for words in commands:
        ended(words.split(), preexec_fn=limit(resource.RLIMIT_FSIZE, 4096))


def test_little_memory() -> None:
    for mib in (60, 100, 160):
        ended(["inspect", "/bin/bash"], preexec_fn=limit(resource.RLIMIT_AS, mib << 20))


@pytest.mark.parametrize("opening", ["[", "{a=", "[{a=["])
def test_deep_projects(tmp_path: Path, opening: str) -> None:
    closing = opening.replace("a=", "")[::-1].translate(str.maketrans("[{", "]}"))
    (tmp_path / "unishim.toml").write_text(f"[project]\nname = {opening * 20000}1{closing * 20000}\n")
    assert "nested too deeply" in ended(["run"], cwd=tmp_path)


def test_long_number_in_a_project(tmp_path: Path) -> None:
    (tmp_path / "unishim.toml").write_text(f'[project]\nname = "x"\n[run]\nseed = {HUGE}\n')
    assert ended(["run"], cwd=tmp_path).count("\n") == 1


def test_nul_bytes() -> None:
    """The command line cannot contain them; the interface for Python can."""
    from unishim import run
    from unishim.errors import UsageError

    cases: list[dict[str, Any]] = [{"workdir": "/a\0"}, {"share": "a\0"}, {"initrd": Path("a\0")}, {"env": {"A": "\0"}}]
    for options in (*cases, {"add": ["\0"]}):
        with pytest.raises(UsageError, match="NUL byte"):
            run(["/bin/true"], **options)
    with pytest.raises(UsageError, match="NUL byte"):
        run(["/bin/tr\0ue"])
