"""Memory that programs map, move and free at random: its contents, natively and on the unikernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import run_guest, run_native

OPERATIONS = 1500


@pytest.mark.parametrize(("memory", "used"), [("24M", 10), ("64M", 50), ("512M", 200)])
def test_contents(build_guest: Build, memory: str, used: int) -> None:
    """The program may use most of a small machine's memory, up to the last runs of free pages."""
    argv: list[str | Path] = [build_guest("memory_model.c"), str(OPERATIONS), str(used), str(used)]
    native = run_native(argv)
    assert run_guest(argv, "--memory", memory) == native
    assert native.stdout == b"all contents are right; 0 pages are left\n"


@pytest.mark.parametrize("way", ["sparse", "separate"])
def test_many_mappings(build_guest: Build, way: str) -> None:
    argv: list[str | Path] = [build_guest("many_mappings.c"), way]
    assert run_guest(argv, "--memory", "512M") == run_native(argv)


def test_kept_memory(build_guest: Build) -> None:
    argv: list[str | Path] = [build_guest("kept_memory.c")]
    native = run_native(argv)
    assert run_guest(argv, "--memory", "512M") == native
    assert native.stdout == b"0 pages were not zero\n"


def test_many_views(build_guest: Build) -> None:
    """Of one file: on `linux`, more address space than the image may have at once."""
    argv: list[str | Path] = [build_guest("many_views.c")]
    native = run_native(argv)
    assert run_guest(argv, "--memory", "64M") == native
    assert native.status == 0
