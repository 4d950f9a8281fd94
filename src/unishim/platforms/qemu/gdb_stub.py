"""QEMU's gdb stub, behind the socket of --gdb."""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from unishim.debug.remote.address import check_address

if TYPE_CHECKING:
    from unishim.debug.remote.listener import Listener
    from unishim.platforms.qemu.command import Machine


def with_stub(machine: Machine, listener: Listener, stack: ExitStack) -> Machine:
    """The machine with a stub that gdb reaches through the listener; `stack` ends the connections.

    QEMU itself accepts those to a Unix socket: only this user can make them. Those to a TCP port are filtered.
    """
    stub = listener.socket
    if listener.is_tcp:
        from unishim.debug.remote.gate import Gate

        path = f"{stack.enter_context(tempfile.TemporaryDirectory(prefix='unishim-gdb-'))}/stub"
        stub = stack.enter_context(socket.socket(socket.AF_UNIX))
        stub.bind(path)
        stub.listen(1)
        Gate(listener.socket, lambda: _connection(path), stack)
    backend = f"socket,id=gdb,fd={stub.fileno()},server=on,wait=off"
    arguments = ("-chardev", backend, "-gdb", "chardev:gdb")
    return replace(machine, extra=(*arguments, *machine.extra), inherited=(*machine.inherited, stub.fileno()))


def stub_by_hand(machine: Machine, address: str) -> Machine:
    """The machine with a stub for --dry-run: a Unix socket in any case, because nothing would filter a port."""
    place = os.path.abspath(check_address(address)[1]) if address.startswith("unix:") else "gdb.socket"  # noqa: PTH100
    backend = f"unix:path={place.replace(',', ',,')},server=on,wait=off"
    return replace(machine, extra=("-gdb", backend, *machine.extra))


def _connection(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection
