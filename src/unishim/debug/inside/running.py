"""Runs to the program: start, run, and the program's first instruction."""

from __future__ import annotations

import gdb

from unishim.debug.inside import kernel
from unishim.debug.inside.stops import Stops


class _Command(gdb.Command):  # type: ignore[misc]
    """A command that runs the program."""

    name = ""

    def __init__(self, stops: Stops) -> None:
        super().__init__(self.name, gdb.COMMAND_RUNNING)
        self._stops = stops

    def reach_program(self) -> None:
        """Runs to the program's first instruction; does nothing if it was already reached."""
        if _is_live() and kernel.program() is not None:
            return
        if not _is_live() and not kernel.is_linux():
            raise gdb.GdbError("the run has ended; to start again, quit gdb and restart it")
        self._stops.stop_at_program = True
        try:
            if _is_live():
                _quietly("continue")
            elif _Run.is_ours:
                # Not at the end of the run: gdb is not ready for this then.
                self._stops.forget()
                _quietly("starti")
                _quietly("continue")
            else:
                _quietly("run")
        finally:
            self._stops.stop_at_program = False
        if not _is_live():
            raise gdb.GdbError("the kernel ended before the program started; see above")
        _Run.install(self._stops)
        entry = int(gdb.parse_and_eval("$rdi"))
        if kernel.is_linux():
            # From here on the host has mapped the program. A hardware breakpoint could be set earlier, but gdb 13 would
            # then mistake every later signal, including that of Ctrl-C, for its trap.
            _run_to("resume_start")
        _run_to(f"{entry:#x}")


class _Begin(_Command):
    """Run to the program's first instruction, with its symbols loaded: unishim begin."""

    name = "unishim begin"

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Runs it."""
        self.reach_program()
        gdb.execute("frame")


class _Start(_Command):
    """Run to the program's main: start.

    If main is unknown, run to the first instruction.
    """

    name = "start"

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Runs it."""
        self.reach_program()
        if gdb.lookup_global_symbol("main") is None:
            gdb.execute("frame")
            return
        gdb.execute("tbreak main")
        _continue()


class _Run(_Command):
    """Continue the program: run. On the `linux` platform, restart it if it has ended."""

    name = "run"
    is_ours = False

    @classmethod
    def install(cls, stops: Stops) -> None:
        """Replaces gdb's own command, which is needed once: it has no way to stop silently."""
        if not cls.is_ours:
            cls.is_ours = True
            cls(stops)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Runs it."""
        self.reach_program()
        _continue()


def _continue() -> None:
    try:
        gdb.execute("continue")
    except gdb.error as error:  # QEMU disconnects without a message when it ends
        raise gdb.GdbError(str(error)) from None


def _run_to(place: str) -> None:
    gdb.Breakpoint(f"*{place}", internal=True, temporary=True)
    _quietly("continue")


def _quietly(command: str) -> None:
    """Executes a command that runs the program, without printing where it stopped."""
    gdb.execute(f"with suppress-cli-notifications on -- {command}", to_string=True)


def _is_live() -> bool:
    return bool(gdb.selected_inferior().pid)


def install(stops: Stops) -> None:
    """Adds the commands."""
    _Begin(stops)
    _Start(stops)
    if _is_live():
        _Run.install(stops)
