"""Runs a process under gdbserver: accepts gdb's connection and passes it to gdbserver as stdin and stdout.

gdbserver itself would listen on all addresses of the host. A connection from a TCP port is filtered on its way.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from unishim.contract import STATUS_TIMEOUT
from unishim.host.tools import require_tool
from unishim.platforms.launching import StoppedError
from unishim.platforms.linux.without_extended_state import command_without_extended_state

if TYPE_CHECKING:
    from unishim.debug.remote.listener import Listener


def accept(listener: Listener, deadline: float | None, stack: ExitStack) -> int:
    """A descriptor for gdbserver, connected to gdb. Raises StoppedError at the deadline (in time.monotonic())."""
    if listener.is_tcp:
        return _accept_filtered(listener.socket, deadline, stack)
    timeout = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    poll = select.poll()
    poll.register(listener.socket, select.POLLIN)
    if not poll.poll(timeout):
        raise StoppedError(STATUS_TIMEOUT)
    return stack.enter_context(listener.socket.accept()[0]).fileno()


def _accept_filtered(listener: socket.socket, deadline: float | None, stack: ExitStack) -> int:
    from unishim.debug.remote import gate

    client = gate.accept(listener, deadline)
    if client is None:
        raise StoppedError(STATUS_TIMEOUT)
    listener.close()  # gdbserver serves one connection
    ours, servers = socket.socketpair()

    def serve() -> None:
        with client, ours:
            gate.exchange(client, ours)

    thread = threading.Thread(target=serve, name="unishim gdb filter", daemon=True)
    thread.start()
    stack.callback(thread.join, gate.LAST_WORDS_SECONDS)
    stack.enter_context(servers)
    return servers.fileno()


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
