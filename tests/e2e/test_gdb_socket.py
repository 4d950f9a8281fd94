"""Attacks on the sockets of --gdb: other users, web pages, and requests that leave the debugged program."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.debugged import gdb
from tests.framework import TIMEOUT, UNISHIM
from unishim.debug.session import SCRIPT, symbols_of


@contextmanager
def waiting(program: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A run that waits for gdb, and the lines that it printed when it began to listen."""
    command = [*UNISHIM, "run", "-q", "--accel", "tcg", "--paused", "--timeout", "60", *words, program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        try:
            assert run.stderr is not None
            yield run, [run.stderr.readline()]
        finally:
            run.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def packet(content: bytes) -> bytes:
    return b"$" + content + b"#%02x" % (sum(content) % 256)


def ask(connection: socket.socket, content: bytes) -> bytes:
    """The stub's answer."""
    connection.sendall(packet(content))
    data = b""
    while not re.search(rb"\$[^#]*#..", data):
        part = connection.recv(65536)
        assert part, data
        data += part
    connection.sendall(b"+")
    return data.partition(b"$")[2][:-3]


def test_private_socket(hello: Path, kernel: Path) -> None:
    """Without a value, gdb connects by a socket that other users cannot reach, and nothing listens on a port."""
    with waiting(hello, "--gdb") as (run, lines):
        match = re.fullmatch(r"unishim: for gdb: target remote (/\S+)\n", lines[0])
        assert match, lines
        path = Path(match[1])
        folder = path.parent.stat()
        assert (folder.st_mode & 0o7777, folder.st_uid) == (0o700, os.geteuid())
        assert path.stat().st_mode & 0o077 == 0
        words: list[str | Path] = [symbols_of(kernel), "-ex", f"target remote {path}", "-x", SCRIPT]
        done = gdb(words, ["unishim begin", "continue"])
        output, _ = run.communicate(timeout=TIMEOUT)
        assert (run.returncode, output) == (0, "Hello world!\n"), done.stdout + done.stderr
        assert not path.parent.exists()


def test_port_without_files_and_monitor(hello: Path, tmp_path: Path) -> None:
    """A web page gets nothing, and gdb's connection cannot do more than debug."""
    port = free_port()
    stolen = tmp_path / "stolen"
    with waiting(hello, "--gdb", f"tcp:{port}") as (run, lines):
        assert lines[0].startswith(f"unishim: warning: every program of yours that connects to port {port} ")
        commands = [b"qRcmd," + f"pmemsave 0 4096 {stolen}".encode().hex().encode()]
        commands += [b"vFile:open:" + os.fsencode(stolen).hex().encode() + b",602,1b4", b"vRun;2f62696e2f6964", b"!"]
        body = b"\n".join(map(packet, commands))
        request = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as page:
            page.sendall(request + body)
            with suppress(ConnectionResetError):
                assert page.recv(1) == b""
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as debugger:
            assert b"PacketSize" in ask(debugger, b"qSupported:multiprocess+")
            for request in commands:
                assert ask(debugger, request) == b"", request
            assert re.fullmatch(rb"[ST]05.*", ask(debugger, b"?"))
            debugger.sendall(packet(b"k"))
            run.wait(timeout=TIMEOUT)
        assert not stolen.exists()


def test_a_port_alone_is_refused(hello: Path) -> None:
    done = subprocess.run([*UNISHIM, "run", "--gdb", "1234", hello], capture_output=True, text=True, check=False)
    assert done.returncode == 125
    assert done.stderr.count("\n") == 1
    assert "write --gdb tcp:1234" in done.stderr


def test_dry_run_opens_no_port(hello: Path) -> None:
    for value in ("--gdb", "--gdb=tcp:1234"):
        done = subprocess.run(
            [*UNISHIM, "run", "--accel", "tcg", value, "--dry-run", hello], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "1234" not in done.stdout
        assert "gdb" in done.stdout
