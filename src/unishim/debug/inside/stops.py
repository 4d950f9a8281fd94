"""Stops at the program's faults, its end by a signal, and panics; and the hidden stops that load symbols."""

from __future__ import annotations

import signal

import gdb

from unishim.debug.inside import kernel
from unishim.debug.inside.symbols import Symbols

# Signals that the `linux` platform uses itself. For the program's own faults, gdb stops in the kernel.
_HOST_SIGNALS = ("SIGSYS", "SIGALRM", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL")
# Where a dynamic loader notifies debuggers of libraries (r_brk of struct r_debug, link.h): glibc's name, and musl's.
_LOADER_TELLS = "_dl_debug_state"


class _StopOnSignal(gdb.Parameter):  # type: ignore[misc]
    """Set whether gdb stops at the program's faults and when a signal ends it.

    Turn it off for programs that handle their faults themselves.
    """

    set_doc = "Set whether gdb stops at the program's faults and when a signal ends it."
    show_doc = "Show whether gdb stops at the program's faults and when a signal ends it."

    def __init__(self) -> None:
        super().__init__("unishim stop-on-signal", gdb.COMMAND_RUNNING, gdb.PARAM_BOOLEAN)
        self.value = True

    def get_set_string(self) -> str:
        """The text that gdb prints for `set`: none."""
        return ""


class Stops:
    """Our breakpoints, and their latest results."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.stop_at_program = False
        self.wants_stop = _StopOnSignal()
        self.select_program = False  # when gdb reports the stop, it is to show the program's frame
        self.last_fault = 0  # the signal of the last stop
        self._libraries: gdb.Breakpoint | None = None
        # Before paging is on, a breakpoint cannot be written to memory (KVM); a debugged process has no such limit.
        is_live = gdb.selected_inferior().pid != 0
        early = gdb.BP_HARDWARE_BREAKPOINT if is_live and not kernel.is_linux() else gdb.BP_BREAKPOINT
        _ProgramStarts("*ukplat_start_program", early, self)
        _Fault("*uk_signal_fault", gdb.BP_BREAKPOINT, self)
        _ProgramEnds("*uk_signal_end_process", gdb.BP_BREAKPOINT, self)
        _Panic("*uk_panic", gdb.BP_BREAKPOINT, self)
        for name in _HOST_SIGNALS:
            gdb.execute(f"handle {name} nostop noprint pass", to_string=True)
        gdb.events.stop.connect(self._stopped)

    def forget(self) -> None:
        """Before the program is started again: removes what will be at other addresses then."""
        self.symbols.forget()
        self.last_fault = 0
        if self._libraries is not None:
            self._libraries.delete()
            self._libraries = None

    def _stopped(self, _event: gdb.StopEvent) -> None:
        # Not within the stop that loads the loader's symbols: gdb accepts no new breakpoint there.
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
    """The kernel is about to jump to the program: all that it loads is mapped."""

    def stop(self) -> bool:
        self.stops.symbols.load()
        return self.stops.stop_at_program


class _LibraryLoaded(_Hidden):
    """The dynamic loader has mapped libraries, or is about to."""

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
    """uk_signal_end_process(process, status, signal) of the first process."""

    def stop(self) -> bool:
        if int(gdb.parse_and_eval("(long)((struct uk_process *)$rdi)->parent")):
            return False
        number = int(gdb.parse_and_eval("(int)$rdx"))
        if number and number != self.stops.last_fault and self.stops.wants_stop.value:
            gdb.write(f"\nSignal {_signal_text(number)}, ends the program.\n")
            self.stops.select_program = True
            return True
        if not kernel.is_linux():  # QEMU's own status is another one
            gdb.write(f"[The program exits with status {int(gdb.parse_and_eval('(int)$rsi'))}]\n")
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
    """Selects and shows the frame in which the program entered the kernel or was interrupted."""
    frame = gdb.newest_frame()
    while frame is not None and (kernel.is_in_kernel(frame.pc()) or frame.type() == gdb.SIGTRAMP_FRAME):
        frame = frame.older()
    if frame is not None:
        frame.select()
        gdb.execute("frame")
