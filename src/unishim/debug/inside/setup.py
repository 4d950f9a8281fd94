"""Sets everything up, once."""

from __future__ import annotations

import contextlib

import gdb

from unishim.debug.inside import information, kernel, running, signal_frame
from unishim.debug.inside.frames import EntryFilter
from unishim.debug.inside.stops import Stops
from unishim.debug.inside.symbols import Symbols
from unishim.debug.inside.thread_backtrace import Backtrace
from unishim.errors import BuildError
from unishim.paths import kernel_sources


class _Prefix(gdb.Command):  # type: ignore[misc]
    """Commands for a program on unishim's kernel."""

    def __init__(self) -> None:
        super().__init__("unishim", gdb.COMMAND_RUNNING, prefix=True)


class _Load(gdb.Command):  # type: ignore[misc]
    """Load the symbols of all files that are mapped now: unishim symbols. Stops of the loader do this automatically."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__("unishim symbols", gdb.COMMAND_FILES)
        self._symbols = symbols

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Loads them."""
        self._symbols.load(again=True)


def install() -> None:
    """Adds commands, parameters and stops; the kernel's symbols must be loaded."""
    if kernel.variable("uk_debugger") is None:
        gdb.write(
            "unishim: these are not the symbols of its kernel; first load IMAGE.dbg: file IMAGE.dbg\n", gdb.STDERR
        )
        return
    # The debug information names sources relative to here, so that objects are the same wherever they are built.
    with contextlib.suppress(BuildError):
        gdb.execute(f"set substitute-path kernel {kernel_sources()}")
    _Prefix()
    for kind in ("set", "show"):
        gdb.execute(f"python gdb.Command('{kind} unishim', gdb.COMMAND_SUPPORT, prefix=True)")
    symbols = Symbols()
    _Load(symbols)
    running.install(Stops(symbols))
    information.install()
    Backtrace()
    EntryFilter()
    if not kernel.is_linux():
        signal_frame.install()
    # If gdb was attached to a program that is already running.
    if gdb.selected_inferior().pid != 0:
        symbols.load()
