"""Runs a process under gdbserver: accepts gdb's connection and passes it to gdbserver as stdin and stdout.

gdbserver itself would listen on all addresses of the host.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack

from unishim.contract import STATUS_TIMEOUT
from unishim.errors import UsageError
from unishim.host.tools import require_tool
from unishim.platforms.launching import StoppedError
from unishim.platforms.linux.without_extended_state import command_without_extended_state


def listen(port: int, stack: ExitStack) -> socket.socket:
    """A socket that gdb can connect to from this host only. Raises UsageError."""
    try:
        return stack.enter_context(socket.create_server(("127.0.0.1", port)))
    except OSError as error:
        raise UsageError(f"--gdb {port}: {os.strerror(error.errno or 0)}; choose another port") from None


def accept(listener: socket.socket, deadline: float | None, stack: ExitStack) -> int:
    """The descriptor of gdb's connection. Raises StoppedError at the deadline (in time.monotonic())."""
    timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
    if not select.select([listener], [], [], timeout)[0]:
        raise StoppedError(STATUS_TIMEOUT)
    connection = stack.enter_context(listener.accept()[0])
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection.fileno()


def must_not_see_extended_state() -> bool:
    """Whether gdbserver would destroy the program's vector registers; see debug/extended_state.py."""
    from unishim.debug.extended_state import gdb_mistakes
    from unishim.host.processor import extended_state_components

    try:
        return gdb_mistakes(extended_state_components())
    except OSError:  # the places are unknown: assume the worst
        return True


def server_command(
    command: Sequence[str], streams: Sequence[int], stack: ExitStack, hide_extended_state: bool | None = None
) -> tuple[list[str], list[int]]:
    """Gdbserver's command, and the descriptors that it inherits: the program's streams (-1: closed), for later use.

    `hide_extended_state`: hide it from gdbserver; None: if must_not_see_extended_state().
    """
    if hide_extended_state is None:
        hide_extended_state = must_not_see_extended_state()
    inherited = []
    script = 'exec "$@"'
    for number, stream in enumerate(streams):
        copy = os.dup(stream) if stream >= 0 else os.open(os.devnull, os.O_RDWR)
        stack.callback(os.close, copy)
        inherited.append(copy)
        script += f" {number}<&{copy} {copy}<&-"
    file = os.memfd_create("wrapper")
    stack.callback(os.close, file)
    inherited.append(file)
    os.write(file, f"{script} {file}<&-\n".encode())
    # gdbserver would split a word with spaces.
    server = [require_tool("gdbserver"), "--wrapper", "sh", f"/proc/self/fd/{file}", "--", "-", *command]
    return command_without_extended_state(server) if hide_extended_state else server, inherited
