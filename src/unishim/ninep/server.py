"""A connection from its start to its end, and its thread."""

from __future__ import annotations

import errno
import os
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

from unishim.ninep.fids import many_descriptors
from unishim.ninep.messages import BODY, DATA, ERROR, HEADER, RLERROR, TVERSION
from unishim.ninep.operations import Handle, Unpack, operations_of
from unishim.ninep.session import Session, message_buffer
from unishim.ninep.tree import Share, Tree

# Up to the host's limit, so that a large message does not wait for its reader every 200 KiB.
_SOCKET_BUFFER = 1 << 20
_END_SECONDS = 5  # a file system that does not answer must not keep the run from ending


def serve(connection: socket.socket, share: Share) -> None:
    """Serves a share until the client closes its end, or sends something that cannot be answered. Owns the connection.

    The socket is a stream. This needs a thread of its own, because it waits for the client and for files. Raises
    UsageError if the share cannot be opened.
    """
    with connection, closing(Tree(share)) as tree, closing(Session(tree)) as session:
        _converse(connection, session)


@contextmanager
def serving(share: Share) -> Iterator[socket.socket]:
    """Serves a share while the block runs; yields the client's end of the connection.

    The block may close it once the client's process has it. Raises UsageError if the share cannot be opened.
    """
    with ExitStack() as stack:
        stack.enter_context(many_descriptors())
        tree = stack.enter_context(closing(Tree(share)))
        session = stack.enter_context(closing(Session(tree)))
        client, server = (stack.enter_context(end) for end in socket.socketpair())
        for end in (client, server):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER)
        thread = threading.Thread(target=_converse, args=(server, session), name="unishim 9p", daemon=True)
        thread.start()
        try:
            yield client
        finally:
            with suppress(OSError):  # no longer connected
                server.shutdown(socket.SHUT_RDWR)  # wakes the thread if it waits for the client
            thread.join(_END_SECONDS)
            if thread.is_alive():
                stack.pop_all()  # the thread needs them until the process ends


def _converse(connection: socket.socket, session: Session) -> None:
    operations = operations_of(read_only=session.tree.read_only)
    reply = session.reply
    # Writing to a socket whose other end is closed is an error here, not a signal, whatever this process does with
    # SIGPIPE.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    with suppress(ConnectionError):
        for kind, tag, body in _messages(connection, session):
            session.spliced = 0
            unpack, handle = operations.get(kind, _UNKNOWN)
            if not (session.has_version or kind == TVERSION):
                unpack, handle = _UNKNOWN
            try:
                end = handle(session, *_fields(unpack, body))
                kind += 1
            except OSError as error:
                ERROR.pack_into(reply, BODY, error.errno or errno.EIO)
                end, kind = BODY + ERROR.size, RLERROR
            HEADER.pack_into(reply, 0, end + session.spliced, kind, tag)
            if session.spliced:
                _send_spliced(connection, session, end)
            else:
                connection.sendall(reply[:end])
    # The client must not wait for an answer that never comes.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _messages(connection: socket.socket, session: Session) -> Iterator[tuple[int, int, memoryview]]:
    """Type, tag and body of each message, until the client closes or sends an impossible size.

    A body is valid until the next message is requested. Most messages arrive singly and whole, which takes one recv(2).
    """
    view = message_buffer()
    start = end = 0
    while True:
        while end - start < BODY:
            view[: end - start] = view[start:end]
            start, end = 0, end - start
            received = connection.recv_into(view[end:])
            if not received:
                return
            end += received
        size, kind, tag = HEADER.unpack_from(view, start)
        if not BODY <= size <= session.message_size:
            return
        if size > len(view) - start:
            view[: end - start] = view[start:end]
            start, end = 0, end - start
        while end < start + size:
            received = connection.recv_into(view[end:], start + size - end, socket.MSG_WAITALL)
            if not received:
                return
            end += received
        yield kind, tag, view[start + BODY : start + size]
        start += size
        if start == end:
            start = end = 0


def _send_spliced(connection: socket.socket, session: Session, end: int) -> None:
    """Sends a reply whose data is in the pipe, possibly with a remainder after it in the buffer."""
    connection.sendall(session.reply[:DATA])
    left = session.spliced
    while left:
        left -= os.splice(session.pipe_source, connection.fileno(), left)
    if end > DATA:
        connection.sendall(session.reply[DATA:end])


def _fields(unpack: Unpack, body: memoryview) -> tuple[Any, ...]:
    try:
        return unpack(body)
    except struct.error:
        raise OSError(errno.EINVAL, "a malformed message") from None


def _refuse(_session: Session) -> int:
    raise OSError(errno.EOPNOTSUPP, "no such operation")


_UNKNOWN: tuple[Unpack, Handle] = (lambda _body: (), _refuse)
