"""Where the program stops by itself: its faults, its end by a signal, a panic; and the hidden stops for symbols."""

from __future__ import annotations

import signal

import gdb

from unishim.debug.inside import kernel
from unishim.debug.inside.symbols import Symbols

# What the `linux` platform uses itself. The program's own faults are stopped at in the kernel.
_HOST_SIGNALS = ("SIGSYS", "SIGALRM", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL")
# Where a dynamic loader tells debuggers of libraries (r_brk of struct r_debug, link.h): glibc's name, and musl's.
_LOADER_TELLS = "_dl_debug_state"


class _StopOnSignal(gdb.Parameter):  # type: ignore[misc]
    """Set whether gdb stops at the program's faults and where a signal ends it.

    Off: for programs that handle their faults themselves.
    """

    set_doc = "Set whether gdb stops at the program's faults and where a signal ends it."
    show_doc = "Show whether gdb stops at the program's faults and where a signal ends it."

    def __init__(self) -> None:
        super().__init__("unishim stop-on-signal", gdb.COMMAND_RUNNING, gdb.PARAM_BOOLEAN)
        self.value = True

    def get_set_string(self) -> str:
        """Nothing to say."""
        return ""


class Stops:
    """The breakpoints of our own, and what they told last."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.stop_at_program = False
        self.wants_stop = _StopOnSignal()
        self.select_program = False  # when the stop is told: the frame to show is the program's
        self.last_fault = 0  # the signal that was stopped at
        self._libraries: gdb.Breakpoint | None = None
        # Before paging is on, memory has no place for a breakpoint (KVM); a debugged process has.
        is_live = gdb.selected_inferior().pid != 0
        early = gdb.BP_HARDWARE_BREAKPOINT if is_live and not kernel.is_linux() else gdb.BP_BREAKPOINT
        _ProgramStarts("*ukplat_start_program", early, self)
        _Fault("*uk_signal_fault", gdb.BP_BREAKPOINT, self)
        _ProgramEnds("*uk_process_exit", gdb.BP_BREAKPOINT, self)
        _Panic("*uk_panic", gdb.BP_BREAKPOINT, self)
        for name in _HOST_SIGNALS:
            gdb.execute(f"handle {name} nostop noprint pass", to_string=True)
        gdb.events.stop.connect(self._stopped)

    def forget(self) -> None:
        """Before the program is started again: what lies elsewhere then."""
        self.symbols.forget()
        self.last_fault = 0
        if self._libraries is not None:
            self._libraries.delete()
            self._libraries = None

    def _stopped(self, _event: gdb.StopEvent) -> None:
        # Not where the loader's symbols are loaded: gdb takes no new breakpoint there.
        if self._libraries is None and kernel.address_of(_LOADER_TELLS):
            self._libraries = _LibraryLoaded(_LOADER_TELLS, gdb.BP_BREAKPOINT, self)
        if self.select_program:
            self.select_program = False
            select_program_frame()


class _Hidden(gdb.Breakpoint):  # type: ignore[misc]
    def __init__(self, place: str, kind: int, stops: Stops) -> None:
        super().__init__(place, type=kind, internal=True)
        self.silent = True
        self.stops = stops


class _ProgramStarts(_Hidden):
    """The kernel is about to jump to the program: all that it loads is there."""

    def stop(self) -> bool:
        self.stops.symbols.load()
        return self.stops.stop_at_program


class _LibraryLoaded(_Hidden):
    """The dynamic loader has mapped some, or is about to."""

    def stop(self) -> bool:
        self.stops.symbols.load()
        return False


class _Fault(_Hidden):
    """uk_signal_fault(regs, fault)."""

    def stop(self) -> bool:
        if not self.stops.wants_stop.value:
            return False
        number = int(gdb.parse_and_eval("((struct uk_fault *)$rsi)->signal"))
        gdb.write(f"\nProgram received signal {_signal_text(number)}.\n")
        self.stops.select_program = True
        self.stops.last_fault = number
        return True


class _ProgramEnds(_Hidden):
    """uk_process_exit(status, signal)."""

    def stop(self) -> bool:
        number = int(gdb.parse_and_eval("(int)$rsi"))
        if number and number != self.stops.last_fault and self.stops.wants_stop.value:
            gdb.write(f"\nThe program ends by signal {_signal_text(number)}.\n")
            self.stops.select_program = True
            return True
        if not kernel.is_linux():  # QEMU's own status says something else
            gdb.write(f"[The program ends with status {int(gdb.parse_and_eval('(int)$rdi'))}]\n")
        return False


class _Panic(_Hidden):
    """The kernel itself fails."""

    def stop(self) -> bool:
        gdb.write("\nThe kernel panics.\n")
        return True


def _signal_text(number: int) -> str:
    try:
        return f"{signal.Signals(number).name}, {signal.strsignal(number)}"
    except ValueError:
        return str(number)


def select_program_frame() -> None:
    """Makes the frame where the program entered the kernel, or was interrupted, the selected one, and shows it."""
    frame = gdb.newest_frame()
    while frame is not None and (kernel.is_in_kernel(frame.pc()) or frame.type() == gdb.SIGTRAMP_FRAME):
        frame = frame.older()
    if frame is not None:
        frame.select()
        gdb.execute("frame")
