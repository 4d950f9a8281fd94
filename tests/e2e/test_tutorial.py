"""The commands of docs/tutorial, run as they stand there; what they show is what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT, build_kernel

# The page is about the virtual machine.
pytestmark = pytest.mark.platforms("qemu")

PAGE = ROOT / "docs" / "tutorial" / "missing-system-call.md"
FOLDERS_PAGE = ROOT / "docs" / "tutorial" / "load-from-a-folder.md"


def test_load_from_a_folder(tmp_path: Path) -> None:
    _follow(FOLDERS_PAGE, tmp_path, {})


def test_missing_system_call(tmp_path: Path) -> None:
    # A copy, because the page builds in the checkout's folders.
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    _follow(PAGE, tmp_path, {"XDG_CACHE_HOME": os.fspath(tmp_path)})


def _follow(page: Path, tmp_path: Path, variables: dict[str, str]) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **variables}
    blocks = re.findall(r"```(sh|text)\n(.*?)```", page.read_text(), re.DOTALL)
    assert len(blocks) == 7
    shown = ""
    for kind, text in blocks:
        if kind == "sh":
            done = subprocess.run(
                ["sh", "-e", "-c", text],
                cwd=tmp_path,
                env=environment,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT,
            )
            assert done.returncode == 0, done.stdout
            shown = re.sub(r"^\[ *\d+\.\d+\] dbg:  ", "", done.stdout, flags=re.MULTILINE)
            continue
        position = 0
        for line in text.splitlines():
            # Dots stand for addresses.
            pattern = re.escape(line).replace(r"0x55\.\.\.,", "0x[0-9a-f]+").replace(r"0x7ffc\.\.\.", "0x[0-9a-f]+")
            match = re.compile(f"^{pattern}$", re.MULTILINE).search(shown, position)
            assert match, f"missing or out of order: {line}\n{shown}"
            position = match.end()


def test_only_what_changed_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"LIBPOSIX_GETCPU": "n"}
    build_kernel(tmp_path, options)
    # Nothing comes from the builds of before.
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
        (["--library", "examples/getcpu"], "getcpu is defined a second time"),
        (["--set", "CONFIG_NO_SUCH=y"], "no such option"),
        (["--set", "CONFIG_LIBCLOCK=n"], "not possible"),
        (["--set", "CONFIG_X"], "no value"),
    ],
)
def test_builds_that_can_not_be(tmp_path: Path, arguments: list[str], words: str) -> None:
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
