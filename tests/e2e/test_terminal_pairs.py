"""Pairs of terminals (/dev/ptmx, /dev/pts), compared with Linux."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import run_guest, run_native

SEEDS = [1, 2, 3, 4]


@pytest.mark.parametrize("program", ["terminal_pairs.c", "terminal_discipline.c"])
def test_parts(build_guest: Build, program: str) -> None:
    argv: list[str | Path] = [build_guest(program)]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.status == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_random(build_guest: Build, seed: int) -> None:
    """Random modes, input, output and requests."""
    argv: list[str | Path] = [build_guest("terminal_random.c"), str(seed), "2500"]
    native = run_native(argv)
    assert run_guest(argv) == native
    assert native.stdout.count(b"\n") >= 2500
