"""Relays between a machine and streams that QEMU cannot get: they never wait, so that the launcher stays in control."""

from __future__ import annotations

import errno
import os
import select
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from unishim.errors import PlatformError
from unishim.host.os_errors import explain_os_error
from unishim.platforms.launching import STATUS_BROKEN_PIPE, StoppedError

_NAMES = {1: "stdout", 2: "stderr"}
_CLOSED = (errno.EPIPE, errno.ECONNRESET)


@dataclass(slots=True)
class Relay:
    """A descriptor to read from, and one to write to. `stream` is the number of the machine's stream.

    For input, the target is our pipe; closing it notifies the machine of the end.
    """

    source: int
    target: int
    stream: int
    _pending: memoryview = field(default_factory=lambda: memoryview(b""))
    _at_end: bool = False
    _is_socket: bool = field(init=False)

    def __post_init__(self) -> None:
        self._is_socket = stat.S_ISSOCK(os.fstat(self.target).st_mode)
        if self.is_input:
            os.set_blocking(self.target, False)  # it is ours alone

    @property
    def is_input(self) -> bool:
        """Whether it goes to the machine."""
        return self.stream == 0

    def is_done(self) -> bool:
        """Whether the source has ended and everything is written."""
        return self._at_end and not self._pending

    def interest(self) -> tuple[int, int]:
        """The descriptor that it waits for, and the events of poll(2)."""
        return (self.target, select.POLLOUT) if self._pending else (self.source, select.POLLIN)

    def step(self) -> None:
        """Reads or writes once; called when the descriptor of interest() is ready. Raises OSError of the target."""
        if not self._pending:
            try:
                self._pending = memoryview(os.read(self.source, 65536))
            except BlockingIOError:
                self._at_end = True  # after QEMU's end nothing follows
                return
            except OSError:  # a terminal that has hung up
                self._pending = memoryview(b"")
            if not self._pending:
                self._at_end = True
                return
        try:
            self._pending = self._pending[self._write() :]
        except BlockingIOError:
            return

    def _write(self) -> int:
        if not self._is_socket:
            return os.write(self.target, self._pending)
        # Not O_NONBLOCK, which would affect every other holder of the same socket.
        with socket.socket(fileno=os.dup(self.target)) as target:
            return target.send(self._pending, socket.MSG_DONTWAIT)

    def drop(self) -> None:
        """Forgets what cannot be written."""
        self._pending = memoryview(b"")


class Relays:
    """The relays of a run."""

    def __init__(self, relays: list[Relay]) -> None:
        self._relays = list(relays)

    def interests(self) -> Iterator[tuple[int, int]]:
        """What to wait for."""
        return (relay.interest() for relay in self._relays)

    def step(self, ready: dict[int, int]) -> list[Relay]:
        """Serves descriptors that poll(2) has reported; returns the relays that are done.

        Raises StoppedError if the reader of stdout is gone, and PlatformError if output cannot be written.
        """
        for relay in self._relays:
            if relay.interest()[0] in ready:
                try:
                    relay.step()
                except OSError as error:
                    _failed(relay, error)
        done = [relay for relay in self._relays if relay.is_done()]
        self._relays = [relay for relay in self._relays if not relay.is_done()]
        return done

    def after_machine(self) -> bool:
        """To be called after the machine's end: only its output is left. Returns whether there may be more of it."""
        self._relays = [relay for relay in self._relays if not relay.is_input]
        for relay in self._relays:
            os.set_blocking(relay.source, False)
        return bool(self._relays)


def _failed(relay: Relay, error: OSError) -> None:
    relay.drop()
    if relay.is_input or (error.errno in _CLOSED and relay.stream != 1):
        return  # nobody reads it any longer
    if error.errno in _CLOSED:
        raise StoppedError(STATUS_BROKEN_PIPE)
    raise PlatformError(f"the program's {_NAMES[relay.stream]}: {explain_os_error(error)}; the run was ended") from None
