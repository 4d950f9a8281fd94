"""The program's standard streams, as descriptors for QEMU.

QEMU gets the descriptors themselves, not copies through Python, so that order and offsets are those of a native run.
Three of its properties need care: it accepts an output descriptor only if it is open for writing alone, it makes
descriptors non-blocking, which affects every other holder of the same open file, and it switches a terminal on its
stdin to raw mode. So pipes and terminals are reopened for output, flags are restored at the end, and what cannot
be reopened (sockets) or must not be touched (a terminal for input, without a connection to the terminal itself) goes
through a pipe that Python feeds.

So do regular files and devices: if a write fails, because the disk is full, QEMU tries it again without end. Python
sees the error and ends the run. Two streams with the same file share a pipe, which keeps their order.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unishim.platforms.qemu.relays import Relay
from unishim.platforms.terminals import CONTROLLING, modes_restored, open_controlling, terminals_of

if TYPE_CHECKING:
    from unishim.platforms.qemu.terminal import Terminal

_NULL = os.makedev(1, 3)  # /dev/null, admin-guide/devices.txt: writes to it never fail


@dataclass
class Streams:
    """The machine's descriptors; on exit, flags are restored and our descriptors are closed."""

    stdin: int = -1
    stdout: int = -1
    stderr: int = -1
    relays: list[Relay] = field(default_factory=list)
    terminals: int = 0  # see terminals_of()
    terminal: Terminal | None = None  # serves the terminal; None: its mode does not change, and stdin is its input
    _served: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _owned: set[int] = field(default_factory=set)
    _flags: dict[int, int] = field(default_factory=dict)

    def __enter__(self) -> Streams:
        if self.terminal is not None:
            self._served.enter_context(self.terminal)
        return self

    def __exit__(self, *_: object) -> None:
        self._served.close()
        for descriptor, flags in self._flags.items():
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
        for descriptor in list(self._owned):
            self.close(descriptor)

    def own(self, descriptor: int) -> int:
        """Registers a descriptor to close at the end."""
        self._owned.add(descriptor)
        return descriptor

    def close(self, descriptor: int) -> None:
        """Closes one of our descriptors now."""
        self._owned.remove(descriptor)
        os.close(descriptor)

    def _serve_terminal(self, descriptors: Sequence[int]) -> None:
        """The controlling terminal, or else the first stream that is one."""
        from unishim.platforms.qemu.terminal import Terminal

        modes = self._served.enter_context(modes_restored(self.terminals, descriptors))
        descriptor = open_controlling()
        if descriptor is None:
            descriptor = os.dup(next(d for n, d in enumerate(descriptors) if self.terminals >> n & 1))
        self.terminal = Terminal(descriptor, modes.stop)

    def keep_flags(self, descriptor: int) -> None:
        """Registers the flags of an open file to restore at the end."""
        self._flags[descriptor] = fcntl.fcntl(descriptor, fcntl.F_GETFL)

    def pipe(self) -> tuple[int, int]:
        """Creates a pipe."""
        source, target = os.pipe()
        return self.own(source), self.own(target)


def open_streams(stdin: int, stdout: int, stderr: int, *, serve_terminal: bool = False) -> Streams:
    """Prepares three descriptors (-1: closed) for a machine, and their terminal if it is to be served."""
    streams = Streams(terminals=terminals_of((stdin, stdout, stderr), may_own=serve_terminal))
    if serve_terminal and streams.terminals:
        streams._serve_terminal((stdin, stdout, stderr))
    else:
        streams.terminals &= ~CONTROLLING
    streams.stdin = _prepare_input(streams, stdin)
    streams.stdout = _prepare_output(streams, stdout, 1)
    streams.stderr = _prepare_output(streams, stderr, 2)
    return streams


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _prepare_input(streams: Streams, descriptor: int) -> int:
    if not _is_open(descriptor):
        return streams.own(os.open(os.devnull, os.O_RDONLY))
    if streams.terminal is not None and os.isatty(descriptor):
        return streams.own(os.open(os.devnull, os.O_RDONLY))
    if os.isatty(descriptor):
        source, target = streams.pipe()
        streams.relays.append(Relay(descriptor, target, 0))
        return source
    streams.keep_flags(descriptor)
    return descriptor


def _prepare_output(streams: Streams, descriptor: int, number: int) -> int:
    if not _is_open(descriptor):
        return streams.own(os.open(os.devnull, os.O_WRONLY))
    facts = os.fstat(descriptor)
    is_pipe, is_terminal = stat.S_ISFIFO(facts.st_mode), os.isatty(descriptor)
    is_null = stat.S_ISCHR(facts.st_mode) and facts.st_rdev == _NULL
    if not (is_pipe or is_terminal or is_null):
        for other in streams.relays:
            if not other.is_input and os.path.sameopenfile(other.target, descriptor):
                return streams.own(os.dup(streams.stdout))
        source, target = streams.pipe()
        streams.relays.append(Relay(source, descriptor, number))
        return target
    if not is_null or fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_WRONLY:
        try:
            # Without a reader a pipe cannot be reopened (ENXIO); then the old descriptor returns EPIPE.
            return streams.own(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK))
        except OSError:
            pass
    streams.keep_flags(descriptor)
    return streams.own(os.dup(descriptor))
