"""Serves the host's terminal to a machine.

The machine has a virtio-serial port for it, which QEMU connects with a socket of ours. Both directions carry messages:
their kind and size, 4 bytes each, then the content (unishim/contract.py). The machine makes one request at a time.
Input stays with the host's terminal until the program reads it, in the mode that the program has set.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import struct
import termios
import threading
from collections.abc import Callable

from unishim.contract import (
    STREAM_IOCTL,
    STREAM_IOCTL_SIZE,
    STREAM_READ,
    STREAM_READABLE,
    STREAM_REPLY,
    STREAM_SIGNAL,
    STREAM_STOP,
    STREAM_WRITE,
)

_HEADER = struct.Struct("<II")
_RESULT = struct.Struct("<q")
_REQUEST = struct.Struct("<I")
_ENDING_SECONDS = 1
# Requests of ioctl_tty(2) with an argument in memory, and with a number: those of uk/plat.h. Others could type in the
# user's name (TIOCSTI).
_POINTER_REQUESTS = {
    *(termios.TCGETS, termios.TCSETS, termios.TCSETSW, termios.TCSETSF),
    *(0x802C542A, 0x402C542B, 0x402C542C, 0x402C542D),  # TCGETS2, TCSETS2, TCSETSW2, TCSETSF2
    *(termios.TIOCGWINSZ, termios.TIOCSWINSZ, termios.FIONREAD, termios.TIOCOUTQ),
}
_NUMBER_REQUESTS = {termios.TCSBRK, termios.TCXONC, termios.TCFLSH}


class Terminal:
    """A terminal, and the connection to a machine. The machine's end is `theirs`, for QEMU to inherit."""

    def __init__(self, descriptor: int, stop: Callable[[], None] = lambda: None) -> None:
        """`stop` stops this process as a job, and returns when it continues; stop_if_requested() calls it."""
        self._descriptor = descriptor  # we own it
        self._stop = stop
        self.stops = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)  # readable: a stop is requested
        self._ours, self.theirs = socket.socketpair()
        self._is_awaited = False  # the machine wants to know about input
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="unishim terminal", daemon=True)

    def __enter__(self) -> Terminal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.theirs.close()
        os.close(self.stops)
        with contextlib.suppress(OSError):
            self._ours.shutdown(socket.SHUT_RDWR)
        self._thread.join(_ENDING_SECONDS)
        if not self._thread.is_alive():  # otherwise it is in a call that waits for the terminal
            self._ours.close()
            os.close(self._descriptor)

    def signal(self, number: int) -> None:
        """Passes a signal to the program."""
        self._send(STREAM_SIGNAL, _REQUEST.pack(number))

    def stop_if_requested(self) -> None:
        """Stops this process, if the machine has asked for that. For the main thread."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.stops)
            self._stop()
            self._reply(0)

    def _send(self, kind: int, content: bytes = b"") -> None:
        with self._sending, contextlib.suppress(OSError):
            self._ours.sendall(_HEADER.pack(kind, len(content)) + content)

    def _reply(self, result: int, content: bytes = b"") -> None:
        self._send(STREAM_REPLY, _RESULT.pack(result) + content)

    def _serve(self) -> None:
        received = b""
        poll = select.poll()
        poll.register(self._ours, select.POLLIN)
        while True:
            if self._is_awaited:
                poll.register(self._descriptor, select.POLLIN)
            for descriptor, _ in poll.poll():
                if descriptor == self._descriptor:
                    self._is_awaited = False
                    poll.unregister(self._descriptor)
                    self._send(STREAM_READABLE)
                    continue
                try:
                    data = self._ours.recv(65536)
                except OSError:
                    return
                if not data:
                    return
                received = self._answer_all(received + data)

    def _answer_all(self, received: bytes) -> bytes:
        """Answers the complete requests; returns the rest."""
        while len(received) >= _HEADER.size:
            kind, size = _HEADER.unpack_from(received)
            end = _HEADER.size + size
            if len(received) < end:
                break
            content, received = received[_HEADER.size : end], received[end:]
            try:
                self._answer(kind, content)
            except OSError as error:
                self._reply(-(error.errno or errno.EIO))
        return received

    def _answer(self, kind: int, content: bytes) -> None:
        if kind == STREAM_READ:
            self._read(_REQUEST.unpack(content)[0])
        elif kind == STREAM_WRITE:
            self._reply(os.write(self._descriptor, content))
        elif kind == STREAM_STOP:
            os.eventfd_write(self.stops, 1)
        elif kind == STREAM_IOCTL and len(content) == _REQUEST.size + STREAM_IOCTL_SIZE:
            self._ioctl(_REQUEST.unpack_from(content)[0], bytearray(content[_REQUEST.size :]))
        else:
            self._reply(-errno.EINVAL)

    def _read(self, size: int) -> None:
        """0: only look whether there is input."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        if not poll.poll(0):
            self._is_awaited = True
            self._reply(-errno.EAGAIN)
            return
        data = os.read(self._descriptor, size) if size else b""
        self._reply(len(data), data)

    def _ioctl(self, request: int, argument: bytearray) -> None:
        if request in _NUMBER_REQUESTS:
            fcntl.ioctl(self._descriptor, request, int.from_bytes(argument[:4], "little", signed=True))
        elif request in _POINTER_REQUESTS:
            fcntl.ioctl(self._descriptor, request, argument, True)
        else:
            self._reply(-errno.ENOTTY)
            return
        self._reply(0, bytes(argument))
