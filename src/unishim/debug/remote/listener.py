"""The socket on which a run with --gdb waits for gdb.

Who controls a debugged program acts with the rights of its launcher. So the default is a Unix socket in a directory
that other users cannot enter; a TCP port, which every user of the host and every web page can reach, must be asked for.
"""

from __future__ import annotations

import os
import shlex
import socket
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from unishim.debug.remote.address import check_address
from unishim.debug.session import SCRIPT, symbols_of
from unishim.errors import UsageError
from unishim.printable import say


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket, and what gdb's `target remote` calls it."""

    socket: socket.socket
    target: str

    @property
    def is_tcp(self) -> bool:
        """Whether more than the user's own processes can connect."""
        return self.socket.family == socket.AF_INET


def listen(address: str, stack: ExitStack) -> Listener:
    """Starts to wait for gdb; `stack` ends it. Raises UsageError."""
    kind, place = check_address(address)
    try:
        if kind == "tcp":
            listener = stack.enter_context(socket.create_server(("127.0.0.1", int(place))))
            return Listener(listener, f"localhost:{place}")
        path = place or f"{stack.enter_context(tempfile.TemporaryDirectory(prefix='unishim-gdb-'))}/socket"
        return Listener(_unix_socket(path, stack), os.path.abspath(path))  # noqa: PTH100 - keeps symbolic links
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(f"--gdb {address}: {reason}; choose another {'port' if kind == 'tcp' else 'path'}") from None


def announce(listener: Listener, kernel: Path, *, quiet: bool) -> None:
    """Prints how gdb connects; without a banner, only what the user cannot know."""
    if listener.is_tcp:
        say(
            f"unishim: warning: every program of yours that connects to port {listener.target.rpartition(':')[2]} can "
            "control this run with your rights; --gdb alone is safer"
        )
    if quiet and listener.is_tcp:
        return
    how = f"target remote {listener.target}" if quiet else connect_command(listener.target, kernel)
    say(f"unishim: for gdb: {how}")


def connect_command(target: str, kernel: Path) -> str:
    """The command with which a user connects gdb."""
    symbols = os.fspath(symbols_of(kernel))
    return shlex.join(["gdb", symbols, "-ex", f"target remote {target}", "-x", os.fspath(SCRIPT)])


def _unix_socket(path: str, stack: ExitStack) -> socket.socket:
    listener = stack.enter_context(socket.socket(socket.AF_UNIX))
    listener.bind(path)
    stack.callback(_remove, path)
    # Nobody can connect before listen(), whatever the umask is.
    os.chmod(path, 0o600)  # noqa: PTH101
    listener.listen()
    return listener


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108
