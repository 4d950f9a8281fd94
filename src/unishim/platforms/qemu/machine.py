"""Runs a machine in QEMU and waits for its end."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from unishim.contract import STATUS_TIMEOUT, TERMINALS_OWN
from unishim.errors import PlatformError
from unishim.host.tools import require_tool
from unishim.platforms.launching import (
    PROGRAM_SIGNALS,
    STATUS_BROKEN_PIPE,
    TERMINAL_SIGNALS,
    StoppedError,
    end_process,
    open_pipe,
    read_all,
    signals_raise,
)
from unishim.platforms.qemu.command import QEMU, Channels, Machine, machine_memory, qemu_command
from unishim.platforms.qemu.relays import Relays
from unishim.platforms.qemu.streams import Streams

if TYPE_CHECKING:
    from unishim.channel.host import Host
    from unishim.platforms.outcome import Outcome


def find_qemu() -> str:
    """QEMU's path. Raises PlatformError if it is not installed."""
    return require_tool(QEMU)


def run_machine(
    machine: Machine,
    streams: Streams,
    timeout: float | None,
    host: Host | None = None,
    *,
    on_start: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> Outcome:
    """Runs a machine to its end; `host` serves its channel; `on_start` is called with QEMU's process.

    Raises PlatformError if it ends without a report.
    """
    qemu, setpriv = find_qemu(), require_tool("setpriv")
    with ExitStack() as stack:
        report_source, report_target = open_pipe(stack)
        error_source, error_target = open_pipe(stack)
        descriptors = [streams.stdout, streams.stderr, report_target]
        channels = Channels(
            f"/dev/fdset/{streams.stdout}", f"/dev/fdset/{streams.stderr}", f"/dev/fdset/{report_target}"
        )
        inherited = list(machine.inherited)
        if host is not None:
            memory, bell_source, bell_target = _shared_memory(stack, machine), *os.pipe()
            stack.enter_context(host.serving(memory, bell_source))
            descriptors.append(bell_target)
            inherited.append(memory)
            channels = replace(channels, bell=f"/dev/fdset/{bell_target}", memory=f"/proc/self/fd/{memory}")
        if streams.terminal is not None:
            inherited.append(streams.terminal.theirs.fileno())
            channels = replace(channels, terminal=streams.terminal.theirs.fileno())
        channels = replace(channels, descriptors=tuple(descriptors))
        command = qemu_command(machine, channels, qemu=qemu)
        started = time.monotonic()
        # QEMU ends with this process. In a session of its own, Ctrl-C in a terminal only reaches this process.
        try:
            process = subprocess.Popen(
                [setpriv, "--pdeathsig", "KILL", "--", *command],
                stdin=streams.stdin,
                stdout=subprocess.DEVNULL,
                stderr=error_target,
                pass_fds=[*descriptors, *inherited],
                start_new_session=True,
            )
        finally:
            if host is not None:
                os.close(bell_target)  # now the bell closes when the machine ends
        stack.callback(end_process, process)
        on_start(process)
        if host is not None:
            host.end_machine = process.kill
        os.set_blocking(report_source, False)
        os.set_blocking(error_source, False)
        deadline = None if timeout is None else started + timeout
        try:
            with signals_raise() as signals:
                if streams.terminal is not None:
                    signals.keep((*TERMINAL_SIGNALS, *PROGRAM_SIGNALS))
                    signals.forward(streams.terminal.signal)
                    if not streams.terminals & TERMINALS_OWN:
                        signals.stop_together(process)
                _wait(process, streams, deadline)
        except StoppedError as stopped:
            if host is not None:
                host.was_stopped = True
            from unishim.platforms.outcome import Outcome

            return Outcome(stopped.status, 0, time.monotonic() - started, 0, 0, 0, launched_s=started)
        wall = time.monotonic() - started
        report = read_all(report_source)
        if not report:
            raise PlatformError(_explain(process.returncode, read_all(error_source).decode(errors="replace")))
        from unishim.platforms.outcome import parse_report

        return parse_report(report, wall, started)


def _shared_memory(stack: ExitStack, machine: Machine) -> int:
    """A file for the machine's memory."""
    memory = os.memfd_create("unishim-memory")
    stack.callback(os.close, memory)
    os.ftruncate(memory, machine_memory(machine))
    return memory


def _wait(process: subprocess.Popen[bytes], streams: Streams, deadline: float | None) -> None:
    """Runs the relays until QEMU ends and all its output is written. Raises StoppedError if it must be ended."""
    relays = Relays(streams.relays)
    stops = [] if streams.terminal is None else [(streams.terminal.stops, select.POLLIN)]
    pidfd = os.pidfd_open(process.pid)
    try:
        is_running = True
        while is_running:
            events = _poll(relays, [(pidfd, select.POLLIN), (streams.stdout, 0), *stops], deadline)
            if streams.terminal is not None:
                streams.terminal.stop_if_requested()
            for relay in relays.step(events):
                if relay.is_input:
                    streams.close(relay.target)  # notifies the machine of the end of input
            # POLLERR on the writing end of a pipe: its reader has closed.
            if events.get(streams.stdout, 0) & select.POLLERR:
                raise StoppedError(STATUS_BROKEN_PIPE)
            is_running = pidfd not in events
    finally:
        os.close(pidfd)
    process.wait()
    while relays.after_machine():
        relays.step(_poll(relays, [], deadline, is_last=True))


def _poll(
    relays: Relays, others: list[tuple[int, int]], deadline: float | None, *, is_last: bool = False
) -> dict[int, int]:
    """Waits for the relays and other descriptors. Raises StoppedError when the time runs out.

    `is_last`: sources that have nothing now are at their end, so all are reported.
    """
    poll = select.poll()
    for descriptor, mask in (*others, *relays.interests()):
        poll.register(descriptor, mask)
    readers = {descriptor: mask for descriptor, mask in relays.interests() if mask == select.POLLIN}
    if is_last and readers:
        return readers
    timeout = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    events = dict(poll.poll(timeout))
    if not events:
        raise StoppedError(STATUS_TIMEOUT)
    return events


def _explain(status: int, errors: str) -> str:
    lines = [line for line in errors.splitlines() if line.strip()]
    reason = lines[-1] if lines else f"status {status}"
    return f"QEMU ended without a report from the kernel: {reason}; see the console above, or try --machine pc"
