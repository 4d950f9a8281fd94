"""Runs the kernel as a Linux process and waits for its end.

The image gets the program's streams as they are; Python only waits.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.errors import PlatformError
from unishim.platforms.launching import (
    STATUS_TIMEOUT,
    Outcome,
    StoppedError,
    end_process,
    open_pipe,
    parse_report,
    read_all,
    signals_raise,
)

if TYPE_CHECKING:
    import socket

    from unishim.channel.host import Host
    from unishim.platforms.shares import SharedFolder


@dataclass(frozen=True, slots=True)
class Process:
    """A process to run: memory in bytes, parameters of the kernel, the program's argv."""

    kernel: Path
    initrd: str | None
    parameters: str
    argv: tuple[str, ...]
    memory: int
    shares: tuple[SharedFolder, ...] = ()


def process_command(process: Process, extra: Sequence[str] = ()) -> list[str]:
    """The command of the image."""
    return [
        os.fspath(process.kernel),
        *("-k", str(process.memory >> 10)),
        *(["-i", process.initrd] if process.initrd is not None else []),
        *(["-p", process.parameters] if process.parameters else []),
        *extra,
        *(["--", *process.argv] if process.argv else []),
    ]


def run_process(process: Process, streams: Sequence[int], timeout: float | None, host: Host | None = None) -> Outcome:
    """Runs a process to its end; `streams` are its stdin, stdout, stderr (-1: closed); `host` serves its channel.

    Raises PlatformError when it ends without a report.
    """
    with ExitStack() as stack:
        report_source, report_target = open_pipe(stack)
        inherited = [report_target]
        extra = ["-r", str(report_target)]
        if host is not None:
            from unishim.channel.layout import SIZE as CHANNEL_SIZE

            memory, (bell_source, bell_target) = os.memfd_create("unishim-channel"), os.pipe()
            stack.callback(os.close, memory)
            os.ftruncate(memory, CHANNEL_SIZE)
            stack.enter_context(host.serving(memory, bell_source))
            inherited += [memory, bell_target]
            extra += ["-c", f"{memory},{bell_target}"]
        connections = [_serve(stack, shared) for shared in process.shares]
        for shared, connection in zip(process.shares, connections, strict=True):
            inherited.append(connection.fileno())
            extra += ["-s", f"{shared.tag}={connection.fileno()}"]
        started = time.monotonic()
        try:
            child = subprocess.Popen(
                process_command(process, extra),
                stdin=streams[0] if streams[0] >= 0 else subprocess.DEVNULL,
                stdout=streams[1] if streams[1] >= 0 else subprocess.DEVNULL,
                stderr=streams[2] if streams[2] >= 0 else subprocess.DEVNULL,
                pass_fds=inherited,
            )
        finally:
            if host is not None:
                os.close(bell_target)
            for connection in connections:
                connection.close()
        stack.callback(end_process, child)
        if host is not None:
            host.end_machine = child.kill
        try:
            with signals_raise():
                _wait(child, None if timeout is None else started + timeout)
        except StoppedError as stopped:
            return Outcome(stopped.status, 0, time.monotonic() - started, 0, 0, 0, launched_s=started)
        wall = time.monotonic() - started
        os.set_blocking(report_source, False)
        report = read_all(report_source)
        if not report:
            raise PlatformError(_explain(child.returncode))
        return replace(parse_report(report, wall), launched_s=started)


def _serve(stack: ExitStack, shared: SharedFolder) -> socket.socket:
    from unishim.ninep import Share, serving

    return stack.enter_context(serving(Share(shared.folder, read_only=shared.read_only)))


def _wait(child: subprocess.Popen[bytes], deadline: float | None) -> None:
    """Until it ends. Raises StoppedError when the time runs out."""
    pidfd = os.pidfd_open(child.pid)
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        timeout = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(timeout):
            raise StoppedError(STATUS_TIMEOUT)
    finally:
        os.close(pidfd)
    child.wait()


def _explain(status: int) -> str:
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    return f"the process ended {how} and without a report of the kernel; see above, or try --platform qemu"
