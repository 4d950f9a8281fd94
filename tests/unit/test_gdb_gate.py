"""The socket of --gdb: who can connect, and the value of the option."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest

from unishim.cli.run import command
from unishim.debug.remote.address import check_address
from unishim.debug.remote.gate import accept, exchange
from unishim.debug.remote.listener import listen
from unishim.errors import UsageError
from unishim.host.tcp_peer import peer_user


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def client(server: socket.socket, data: bytes = b"") -> socket.socket:
    connection = socket.create_connection(server.getsockname())
    connection.sendall(data)
    return connection


def test_web_pages_and_silent_connections(listener: socket.socket) -> None:
    """They are closed or wait; gdb, which comes last, is accepted."""
    with client(listener) as silent, client(listener, b"POST / HTTP/1.1\r\n\r\n$qRcmd,41#00") as page:
        with client(listener, b"+") as gdb:
            accepted = accept(listener)
            assert accepted is not None
            with accepted:
                assert accepted.getpeername() == gdb.getsockname()
        with pytest.raises(ConnectionResetError):
            page.recv(1)
        assert silent.recv(1) == b""


def test_many_silent_connections(listener: socket.socket) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(client(listener))
        gdb = stack.enter_context(client(listener, b"$?#3f"))
        accepted = accept(listener)
        assert accepted is not None
        with accepted:
            assert accepted.getpeername() == gdb.getsockname()


def test_deadline(listener: socket.socket) -> None:
    with client(listener, b"GET /"):
        assert accept(listener, time.monotonic() + 0.2) is None


def test_peer(listener: socket.socket) -> None:
    """Also through a socket of IPv6; not after the peer has closed its socket, which no user owns then."""
    with client(listener), listener.accept()[0] as connection:
        assert peer_user(connection) == os.geteuid()
    with socket.socket(socket.AF_INET6) as mapped:
        mapped.connect(("::ffff:127.0.0.1", listener.getsockname()[1]))
        with listener.accept()[0] as connection:
            assert peer_user(connection) == os.geteuid()
    gone = client(listener, b"+")
    with listener.accept()[0] as connection:
        gone.close()
        assert connection.recv(2) == b"+"
        assert connection.recv(2) == b""
        assert peer_user(connection) is None


def test_another_user(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connections of whoever is not us are closed; here, we are who is not the peer."""
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with client(listener, b"+") as stranger:
        assert accept(listener, time.monotonic() + 0.5) is None
        with pytest.raises(ConnectionResetError):
            assert stranger.recv(1) == b"closed"


def test_exchange_filters() -> None:
    ours, gate_client = socket.socketpair()
    stub, gate_stub = socket.socketpair()
    with ours, stub:
        thread = threading.Thread(target=exchange, args=(gate_client, gate_stub))
        thread.start()
        for end in (ours, stub):
            end.settimeout(60)
        ours.sendall(b"$vRun#%02x" % (sum(b"vRun") % 256))
        assert ours.recv(5, socket.MSG_WAITALL) == b"+$#00"
        ours.sendall(b"+$?#3f")
        assert stub.recv(4, socket.MSG_WAITALL) == b"$?#3f"[:4]
        stub.sendall(b"answer")
        assert ours.recv(6, socket.MSG_WAITALL) == b"answer"
        ours.sendall(b"HTTP")
        thread.join()
        for end in (gate_client, gate_stub):
            end.close()
        assert stub.recv(9) == b"f"
        assert stub.recv(1) == b""


def test_private(tmp_path: Path) -> None:
    """Nobody else can reach the socket, whatever the umask is; nothing is left of it."""
    code = f"""
import os, stat
from contextlib import ExitStack
from unishim.debug.remote.listener import listen
os.umask(0)
with ExitStack() as stack:
    path = listen("unix", stack).target
    print(oct(os.stat(os.path.dirname(path)).st_mode & 0o7777), oct(os.stat(path).st_mode & 0o7777))
    own = listen("unix:{tmp_path}/own", stack).target
    print(oct(os.stat(own).st_mode & 0o7777))
print(os.path.exists(os.path.dirname(path)), os.path.exists(own))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["0o700", "0o600", "0o600", "False", "False"]


@pytest.mark.parametrize(
    "address",
    [
        "1234",
        "tcp:0",
        "tcp:65536",
        "tcp:",
        "tcp:-1",
        "tcp:1x",
        "tcp:0.0.0.0:1",
        "tcp:\u0661",
        "unix:",
        "udp:1",
        "",
        "unix:a\0b",
    ],
)
def test_bad_addresses(address: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_address(address)
    assert "\n" not in str(raised.value)


def test_places_that_do_not_work(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    for path in (taken, tmp_path / "no" / "place", tmp_path / ("x" * 200)):
        with ExitStack() as stack, pytest.raises(UsageError, match="choose another path"):
            listen(f"unix:{path}", stack)
    assert taken.exists()


@pytest.mark.parametrize(
    ("words", "gdb", "binary"),
    [
        (["--gdb", "./hello"], "unix", "./hello"),
        (["--gdb"], "unix", None),
        (["--gdb", "--paused", "./hello", "1234"], "unix", "./hello"),
        (["--gdb=unix", "./hello"], "unix", "./hello"),
        (["--gdb", "tcp:1234", "./hello"], "tcp:1234", "./hello"),
        (["--gdb=tcp:1234", "--", "tcp:1"], "tcp:1234", "tcp:1"),
        (["--gdb", "unix:/tmp/x", "./hello"], "unix:/tmp/x", "./hello"),
        (["--gdb", "1234", "./hello"], "1234", "./hello"),
        (["./hello", "--gdb", "tcp:1"], None, "./hello"),
    ],
)
def test_option(words: list[str], gdb: str | None, binary: str | None) -> None:
    with command.make_context("run", words) as context:
        assert (context.params["gdb"], context.params["binary"]) == (gdb, binary)


def test_bad_option() -> None:
    with pytest.raises((UsageError, click.ClickException), match="--gdb hello"):
        command.make_context("run", ["--gdb=hello", "./hello"])
