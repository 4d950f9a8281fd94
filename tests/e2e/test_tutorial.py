"""Builds with user libraries, as in docs/tutorial (whose commands tests/docs runs)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT, build_kernel

# One platform is enough: the same makefile builds both.
pytestmark = pytest.mark.platforms("qemu")


def test_only_what_changed_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"LIBPOSIX_GETCPU": "n"}
    build_kernel(tmp_path, options)
    # Nothing is reused from earlier builds.
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "cache"))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.c.o")}
    build_kernel(tmp_path, options, [ROOT / "examples" / "getcpu"])
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.c.o")}
    changed = {os.fspath(path.relative_to(tmp_path)) for path in after if after[path] != before.get(path)}
    shim = {f"libsyscall_shim/{name}.c.o" for name in ("handler", "dispatch", "hooks")}
    assert changed == {"libgetcpu/getcpu.c.o", *shim}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--library", "/nowhere"], "no Config.uk"),
        (["--library", "examples/getcpu"], "getcpu is already defined in"),
        (["--set", "CONFIG_NO_SUCH=y"], "no such option"),
        (["--set", "CONFIG_LIBCLOCK=n"], "not possible"),
        (["--set", "CONFIG_X"], "no value"),
    ],
)
def test_invalid_builds(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unishim.cli", "build", *arguments, "-o", tmp_path / "out"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 125
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
