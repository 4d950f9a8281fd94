"""Runs the kernel as a Linux process and waits for its end.

The image inherits the program's streams; Python only waits.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack

from unishim.contract import REPORT_STOP, SIGNAL_FORWARDED, STATUS_SIGNAL, STATUS_TIMEOUT
from unishim.errors import PlatformError
from unishim.platforms.launching import (
    PROGRAM_SIGNALS,
    TERMINAL_SIGNALS,
    StoppedError,
    open_pipe,
    read_all,
    signals_raise,
)
from unishim.platforms.linux.child import Child
from unishim.platforms.terminals import modes_restored
from unishim.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from unishim.channel.host import Host
    from unishim.debug.remote.listener import Listener
    from unishim.platforms.outcome import Outcome
    from unishim.platforms.shares import SharedFolder
    from unishim.platforms.terminals import Modes


_ENDED_BY_GDB = "the process ended without a report from the kernel; gdb may have ended it"


class Process(Record):
    """A process to run: memory in bytes, kernel parameters, the program's argv."""

    kernel: str
    initrd: str | None
    parameters: str
    argv: tuple[str, ...]
    memory: int
    shares: tuple[SharedFolder, ...] = ()
    terminals: int = 0  # see terminals_of()


def linux_command(process: Process, extra: Sequence[str] = ()) -> list[str]:
    """The command line of the image."""
    return [
        process.kernel,
        *("-k", str(process.memory >> 10)),
        *(["-i", process.initrd] if process.initrd is not None else []),
        *(["-p", process.parameters] if process.parameters else []),
        *extra,
        *(["--", *process.argv] if process.argv else []),
    ]


class Connections:
    """The connections of a process: options of the image, and descriptors that it inherits."""

    def __init__(self, started: ExitStack) -> None:
        self.extra: list[str] = []
        self.inherited: list[int] = []
        self._started = started

    def started(self) -> None:
        """Closes our copies of the process's descriptors, so that the other ends notice when the process ends."""
        self._started.close()


def connect(process: Process, stack: ExitStack, host: Host | None) -> Connections:
    """Serves a process's shared directories and its channel while `stack` is open."""
    connections = Connections(stack.enter_context(ExitStack()))
    if host is not None:
        from unishim.channel.layout import SIZE as CHANNEL_SIZE

        memory, (bell_source, bell_target) = os.memfd_create("unishim-channel"), os.pipe()
        stack.callback(os.close, memory)
        os.ftruncate(memory, CHANNEL_SIZE)
        stack.enter_context(host.serving(memory, bell_source))
        stack.callback(connections.started)
        connections._started.callback(os.close, bell_target)
        connections.inherited += [memory, bell_target]
        connections.extra += ["-c", f"{memory},{bell_target}"]
    for shared in process.shares:
        connection = _serve(stack, shared)
        connections._started.callback(connection.close)
        connections.inherited.append(connection.fileno())
        connections.extra += ["-s", f"{shared.tag}={connection.fileno()}"]
    return connections


def run_linux(
    process: Process,
    streams: Sequence[int],
    timeout: float | None,
    host: Host | None = None,
    *,
    gdb: Listener | None = None,
    hide_extended_state: bool | None = None,
) -> Outcome:
    """Runs a process to its end; `streams` are its stdin, stdout, stderr (-1: closed); `host` serves its channel.

    `gdb` is where gdbserver waits for gdb. `hide_extended_state` hides vector registers from gdbserver (None:
    if it would destroy them). Raises PlatformError if the process ends without a report.
    """
    with ExitStack() as stack:
        report_source, report_target = open_pipe(stack)
        connections = connect(process, stack, host)
        command = linux_command(process, [*connections.extra, "-r", str(report_target)])
        inherited = [*connections.inherited, report_target]
        started = time.monotonic()
        deadline = None if timeout is None else started + timeout
        try:
            with modes_restored(process.terminals, streams) as modes, signals_raise() as signals:
                if gdb is not None:
                    from unishim.platforms.linux import gdbserver

                    command, more = gdbserver.server_command(command, streams, stack, hide_extended_state)
                    client = gdbserver.accept(gdb, deadline, stack)
                    streams = (client, client, -1)
                    inherited += more
                signals.keep((*PROGRAM_SIGNALS, *(TERMINAL_SIGNALS if process.terminals else ())))
                try:
                    child = Child(command, streams, inherited)
                finally:
                    connections.started()
                stack.callback(child.close)
                signals.forward(lambda number: child.send_signal(SIGNAL_FORWARDED + number))
                if host is not None:
                    host.end_machine = child.kill
                from unishim.platforms.outcome import parse_report  # while the image runs

                report = _Report(report_source, child, modes)
                status = _wait(child, deadline, report)
        except StoppedError as stopped:
            if host is not None:
                host.was_stopped = True
            return _stopped(stopped.status, started)
        wall = time.monotonic() - started
        line = report.line()
        if not line and status < 0:
            ended_by = -status % SIGNAL_FORWARDED
            forwarded = PROGRAM_SIGNALS if -status >= SIGNAL_FORWARDED else ()
            if ended_by in (*TERMINAL_SIGNALS, *forwarded):  # it arrived before the program ran
                return _stopped(STATUS_SIGNAL + ended_by, started)
        if not line:
            raise PlatformError(_explain(status) if gdb is None else _ENDED_BY_GDB)
        return parse_report(line, wall, started)


class _Report:
    """What the kernel reports: the report line, and before it requests to stop."""

    def __init__(self, source: int, child: Child, modes: Modes) -> None:
        os.set_blocking(source, False)
        self.source = source
        self._child = child
        self._modes = modes
        self._line = b""

    def read(self) -> None:
        """Reads what is there, and stops if that is requested."""
        data = read_all(self.source)
        if not self._line and data[:1] == bytes([REPORT_STOP]):
            self._modes.stop()
            self._child.send_signal(SIGNAL_FORWARDED + signal.SIGCONT)
            data = data[1:]
        self._line += data

    def line(self) -> bytes:
        """The report line, after the end."""
        self.read()
        return self._line


def _stopped(status: int, started: float) -> Outcome:
    from unishim.platforms.outcome import Outcome

    return Outcome(status, 0, time.monotonic() - started, 0, 0, 0, launched_s=started)


def _serve(stack: ExitStack, shared: SharedFolder) -> socket.socket:
    from unishim.ninep import Share, serving

    return stack.enter_context(serving(Share(shared.folder, read_only=shared.read_only)))


def _wait(child: Child, deadline: float | None, report: _Report) -> int:
    """Waits until it ends, and returns its exit status. Raises StoppedError when the time runs out."""
    while True:
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        status = child.wait(seconds, report.source, report.read)
        if status is not None:
            return status
        if seconds == 0:
            raise StoppedError(STATUS_TIMEOUT)


def _explain(status: int) -> str:
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    return f"the process ended {how}, without a report from the kernel; see above, or try --platform qemu"
