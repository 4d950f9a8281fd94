"""Handlers (kernel/lib/posix-*) only marshal and check: they hold no state."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT
from unishim.build.image import ensure_image
from unishim.platforms.choice import PLATFORMS

HANDLERS = {f"lib{path.name.replace('-', '_')}" for path in (ROOT / "kernel" / "lib").glob("posix-*")}


def writable_symbols(path: Path) -> list[str]:
    """The names of an object's variables in .data and .bss, those of single functions included (nm(1))."""
    text = subprocess.check_output(["nm", "-P", path], text=True, timeout=TIMEOUT)
    return [name for name, kind, *_ in map(str.split, text.splitlines()) if kind in "BbCDdGgSs"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_handlers_hold_no_state(platform: str) -> None:
    objects = {path.stem: writable_symbols(path) for path in ensure_image(platform).parent.glob("lib*.o")}
    assert objects.keys() >= HANDLERS
    assert {name for name in objects if name.startswith("libposix_")} == HANDLERS
    assert not {name: symbols for name, symbols in objects.items() if name in HANDLERS and symbols}
    # Other libraries have some, and nm reports it.
    assert sum(map(bool, objects.values())) > 10
