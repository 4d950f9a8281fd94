"""Patched system calls of small assembly programs, run natively: tests/patch_sites/harness.c."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.framework import ROOT
from tests.hosted.hosted import SANITIZERS, compile_hosted, run_hosted
from tests.hosted.patching import LIBRARY

FOLDER = ROOT / "tests" / "patch_sites"
PROGRAMS = sorted(path for path in FOLDER.glob("*.S") if path.name != "entry.S")


def test_there_are_some() -> None:
    assert len(PROGRAMS) >= 15


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The code that all programs share, compiled once."""
    folder = tmp_path_factory.mktemp("patch_sites")
    sources = [FOLDER / "harness.c", FOLDER / "entry.S", *sorted(LIBRARY.glob("*.c"))]
    return [compile_hosted([path], folder / f"{path.stem}.o", [*SANITIZERS, "-c"]) for path in sources]


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_program(program: Path, objects: list[Path], tmp_path: Path) -> None:
    run_hosted(compile_hosted([program, *objects], tmp_path / program.stem, SANITIZERS))
