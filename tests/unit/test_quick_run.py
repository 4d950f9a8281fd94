"""The click-free parser of `unishim run` parses arguments as click does, or leaves them to click."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.framework import TIMEOUT, UNISHIM
from unishim.build.image import ensure_image
from unishim.cli.group import unishim
from unishim.cli.quick_run import Said, parse
from unishim.cli.run_vocabulary import PACKING, REPORTING, RUNNING, SHARE
from unishim.errors import UsageError
from unishim.running.options import Options

NAMES = [name for option in (SHARE, *PACKING, *RUNNING, *REPORTING) for name in option.names]
# Each option alone and with a value, and what may follow one.
VOCABULARY = [name + end for name in NAMES for end in ("", "=", "=4", "=qemu")]
VOCABULARY += [
    "-C",
    "--project=.",
    "-m4M",
    "-qm",
    "4M",
    "linux",
    "1.5",
    "-1",
    "nan",
    "1_0",
    "A=B",
    "=B",
    "/",
    "--",
    "-",
    "--gdb",
    "--help",
    "./a",
]


SLOW_MODULES = {
    *("re", "typing", "dataclasses", "inspect", "pathlib", "subprocess", "threading", "json", "shlex", "tempfile"),
    *("asyncio", "ctypes", "socket", "click", "rich", "kconfiglib", "elftools", "iced_x86", "packaging"),
}
# Runs the command line in sys.argv, and prints the modules that are imported when it starts the image.
MODULES_AT_START = """
import os, sys
before, spawn = set(sys.modules), os.posix_spawnp
def print_and_spawn(*words, **named):
    print(*set(sys.modules) - before, file=sys.stderr)
    return spawn(*words, **named)
os.posix_spawnp = print_and_spawn
sys.argv = sys.argv[1:]
from unishim.cli import main
main()
"""


class SeenError(Exception):
    """The arguments that a run was called with."""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def options_and_argv(
        options: Options, given: Collection[str], folder: str | None, binary: str | None, arguments: Sequence[str]
    ) -> Any:
        raise SeenError(Said(options, frozenset(given), folder, binary, list(arguments)))

    monkeypatch.setattr("unishim.cli.run_options.options_and_argv", options_and_argv)
    monkeypatch.chdir(tmp_path)


def by_click(words: list[str]) -> Said:
    with pytest.raises(SeenError) as caught:
        unishim.main(["run", *words], prog_name="unishim", standalone_mode=False)
    said = caught.value.args[0]
    assert isinstance(said, Said)
    return said


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    "line",
    [
        "./hello",
        "--quiet ./hello --platform qemu -- x",
        "-q -m 4M -k image --workdir=/srv --debug ./hello a b",
        "--platform auto --initrd root -- /bin/app --option",
        "-- ./hello -- -q",
        "--env A=B --env=C=D=E --seed 7 --timeout 1.5 --without-libs --mount a:/b --mount c:/d ./hello",
        "-e root --core core --fail write:EIO --accel tcg --machine=pc --cpu max /bin/app",
        "-C project --quiet",
        "--stats --json --dry-run ./hello --json",
    ],
)
def test_parsed_arguments(line: str) -> None:
    parsed = parse(line.split())
    assert parsed is not None
    assert parsed.said == by_click(line.split())


@pytest.mark.usefixtures("seen")
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(VOCABULARY), max_size=6))
def test_same_result_as_click(words: list[str]) -> None:
    try:
        parsed = parse(words)
    except UsageError as error:
        with pytest.raises(UsageError, match=f"^{re.escape(str(error))}$"):
            unishim.main(["run", *words], prog_name="unishim", standalone_mode=False)
        return
    if parsed is not None:
        assert parsed.said == by_click(words)


def test_arguments_left_to_click() -> None:
    for line in (
        "--help",
        "--gdb ./hello",
        "--platform other ./hello",
        "--memory",
        "-m4M ./hello",
        "-",
        "--seed x ./hello",
        "--timeout 0 ./hello",
    ):
        assert parse(line.split()) is None


@pytest.mark.parametrize("option", ["--json", "--stats", "--dry-run"])
def test_same_output_as_by_click(hello: Path, option: str) -> None:
    """`--seed=1 -m128M` is left to click: joined short options are."""

    def run(*words: str) -> tuple[int, str, list[str]]:
        command = [*UNISHIM, "run", "--quiet", "--platform", "linux", "--seed", "1", *words, option, hello]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
        # Numbers, their units, and so the order of calls, differ.
        return done.returncode, done.stdout, sorted(re.findall(r"[a-z_]{3,}", done.stderr))

    quick, slow = ["--memory", "128M"], ["-m128M"]
    assert parse(quick) is not None
    assert parse(slow) is None
    assert run(*quick) == run(*slow)


def test_unneeded_modules_are_not_imported(hello: Path) -> None:
    """Before the image starts, a run imports nothing that takes long; see decision 14."""
    words = ("unishim", "run", "--quiet", "--platform", "linux", "--kernel", ensure_image("linux"), hello)
    command: list[str | Path] = [sys.executable, "-c", MODULES_AT_START, *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stdout) == (0, "Hello world!\n")
    imported = set(done.stderr.split())
    assert "unishim.platforms.linux.process" in imported
    assert not imported & SLOW_MODULES
