"""The short way of `unishim run` reads its words as click does, or leaves them to it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.framework import TIMEOUT, UNISHIM
from unishim.cli.group import unishim
from unishim.cli.quick_run import parse
from unishim.running.options import Options

VOCABULARY = """
    -q --quiet --debug -m --memory --memory=4M -m=4M -m4M 4M -k --kernel=a -i --initrd --initrd= --platform process
    qemu --platform=auto --platform=other
    --workdir / --workdir=/x -- - --quiet=1 --json --env A=B --dry-run -qm --help ./a
"""


class SeenError(Exception):
    """What a run was called with."""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run_with(options: Options, argv: list[str]) -> Any:
        raise SeenError(options, argv)

    monkeypatch.setattr("unishim.running.runner.run_with", run_with)
    monkeypatch.chdir(tmp_path)


def by_click(words: list[str]) -> tuple[Options, list[str]]:
    with pytest.raises(SeenError) as caught:
        unishim.main(["run", *words], prog_name="unishim", standalone_mode=False)
    options, argv = caught.value.args
    return options, argv


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    "line",
    [
        "./hello",
        "--quiet ./hello --platform qemu -- x",
        "-q -m 4M -k image --workdir=/srv --debug ./hello a b",
        "--platform auto --initrd root -- /bin/app --option",
        "-- ./hello -- -q",
    ],
)
def test_what_is_said_often(line: str) -> None:
    assert parse(line.split()) is not None
    assert parse(line.split()) == by_click(line.split())


@pytest.mark.usefixtures("seen")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(VOCABULARY.split()), max_size=6))
def test_it_never_differs(words: list[str]) -> None:
    parsed = parse(words)
    if parsed is not None:
        assert parsed == by_click(words)


def test_what_is_left_to_click(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in (
        "",
        "--quiet",
        "--help",
        "--json ./hello",
        "--platform other ./hello",
        "--memory",
        "-m4M ./hello",
        "-",
    ):
        assert parse(line.split()) is None
    (tmp_path / "unishim.toml").touch()
    assert parse(["./hello"]) is None


def test_what_is_not_imported(hello: Path) -> None:
    """Of the packages that a run does not need, none costs it time."""
    command = [sys.executable, "-X", "importtime", *UNISHIM[1:], "run", "--quiet", "--platform", "process", hello]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stdout) == (0, "Hello world!\n")
    imported = set(re.findall(r"^import time:.*\| +(\w+)", done.stderr, re.MULTILINE))
    assert "dataclasses" in imported
    assert not imported & {"click", "rich", "kconfiglib", "elftools", "iced_x86", "packaging", "asyncio", "ctypes"}
