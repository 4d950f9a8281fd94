"""Accepts gdb's connections to a TCP port, and passes on what the filter lets through."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from unishim.debug.remote.packet_filter import PacketFilter, ProtocolError, may_begin
from unishim.host.tcp_peer import peer_user

_CANDIDATES_MAX = 16  # connections that have not sent anything
LAST_WORDS_SECONDS = 1  # for the stub's message that the run has ended
_PAUSE_SECONDS = 0.05  # before another attempt to accept


def accept(listener: socket.socket, deadline: float | None = None, stop: int | None = None) -> socket.socket | None:
    """The next connection of this user that speaks gdb's protocol; others are closed.

    None at the deadline (in time.monotonic()), or when the descriptor `stop` becomes readable.
    """
    candidates: dict[int, socket.socket] = {}
    try:
        while True:
            poll = select.poll()
            for descriptor in (listener.fileno(), *candidates, *([] if stop is None else [stop])):
                poll.register(descriptor, select.POLLIN)
            timeout = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
            ready = [descriptor for descriptor, _ in poll.poll(timeout)]
            if not ready or stop in ready:
                return None
            for descriptor in ready:
                if descriptor == listener.fileno():
                    _add(listener, candidates)
                    continue
                candidate = candidates.pop(descriptor)
                if _is_gdb(candidate):
                    return candidate
                candidate.close()
    finally:
        for candidate in candidates.values():
            candidate.close()


def _add(listener: socket.socket, candidates: dict[int, socket.socket]) -> None:
    try:
        connection = listener.accept()[0]
        user = peer_user(connection)
    except OSError:  # it has ended, or there are too many descriptors
        time.sleep(_PAUSE_SECONDS)
        return
    if user != os.geteuid():
        connection.close()
        return
    if len(candidates) == _CANDIDATES_MAX:
        candidates.pop(next(iter(candidates))).close()
    candidates[connection.fileno()] = connection


def _is_gdb(connection: socket.socket) -> bool:
    try:
        if not may_begin(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)):
            return False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        return False
    return True


def exchange(client: socket.socket, stub: socket.socket) -> None:
    """Passes data between gdb and a stub until one of them closes its connection or violates the protocol."""
    requests = PacketFilter()
    poll = select.poll()
    poll.register(client, select.POLLIN)
    poll.register(stub, select.POLLIN)
    with suppress(OSError, ProtocolError):
        while True:
            for descriptor, _ in poll.poll():
                source = client if descriptor == client.fileno() else stub
                data = source.recv(65536)
                if not data:
                    return
                if source is stub:
                    client.sendall(data)
                    continue
                to_stub, to_client = requests.feed(data)
                client.sendall(to_client)
                stub.sendall(to_stub)


class Gate:
    """Serves connections in a thread, one after the other, until the stack ends."""

    def __init__(self, listener: socket.socket, connect: Callable[[], socket.socket], stack: ExitStack) -> None:
        self._listener = listener
        self._connect = connect
        self._open: tuple[socket.socket, ...] = ()
        self._stop, self._stopper = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="unishim gdb gate", daemon=True)
        self._thread.start()
        stack.callback(self._end)

    def _serve(self) -> None:
        while (client := accept(self._listener, stop=self._stop)) is not None:
            with client, suppress(OSError), self._connect() as stub:
                self._open = (client, stub)
                exchange(client, stub)
            self._open = ()

    def _end(self) -> None:
        os.close(self._stopper)
        self._thread.join(LAST_WORDS_SECONDS)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        os.close(self._stop)
