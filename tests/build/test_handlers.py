"""Handlers (kernel/lib/posix-*) only marshal and check: they hold no state."""

from __future__ import annotations

from tests.build.built_objects import all_libraries
from tests.framework import ROOT

HANDLERS = {path.name.replace("-", "_") for path in (ROOT / "kernel" / "lib").glob("posix-*")}


def test_handlers_hold_no_state() -> None:
    libraries = all_libraries()
    assert {library.name for library in libraries if library.name.startswith("posix_")} == HANDLERS
    assert not {
        library.name: library.variables for library in libraries if library.name in HANDLERS and library.variables
    }
    # Other libraries have some, and the symbol table reports them.
    assert sum(bool(library.variables) for library in libraries) > 10
