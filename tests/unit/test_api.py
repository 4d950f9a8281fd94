"""The keyword parameters of `unishim.run` are the fields of Options, for users and for type checkers."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import unishim
from tests.framework import TIMEOUT
from unishim.running.options import Options

USES = """\
from pathlib import Path

import unishim

unishim.run(["./hello", Path("x")], memory="64M", timeout=1.5, stdin=b"", capture_output=True).status
unishim.run(["./hello"], memory=64)  # wrong
unishim.run(["./hello"], memmory="64M")  # wrong
reveal_type(unishim.run(["./hello"]))
"""


def test_the_parameters_are_the_fields() -> None:
    first, *keywords = inspect.signature(unishim.run).parameters.values()
    assert first.name == "argv"
    assert [parameter.name for parameter in keywords] == list(Options.fields)
    assert {parameter.kind for parameter in keywords} == {inspect.Parameter.KEYWORD_ONLY}
    assert all(parameter.default == getattr(Options(), parameter.name) for parameter in keywords)
    with pytest.raises(TypeError, match="memmory"):
        unishim.run(["./hello"], memmory="64M")  # type: ignore[call-arg]


def test_a_type_checker_sees_them(tmp_path: Path) -> None:
    file = tmp_path / "uses.py"
    file.write_text(USES)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        os.fspath(tmp_path),
        os.fspath(file),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, timeout=TIMEOUT)
    found = re.findall(r"uses\.py:(\d+): (.*)", done.stdout)
    assert dict.fromkeys(number for number, _ in found) == dict.fromkeys(("6", "7", "8")), done.stdout
    texts = dict(reversed(found))
    assert '"memory"' in texts["6"]
    assert "memmory" in texts["7"]
    assert "unishim.running.result.Result" in texts["8"]
