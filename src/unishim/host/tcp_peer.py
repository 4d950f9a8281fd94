"""The user at the other end of a TCP connection from this host."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

_ESTABLISHED = "01"  # TCP_ESTABLISHED in the host kernel's net/tcp_states.h


def peer_user(connection: socket.socket) -> int | None:
    """The user ID of the process that made this IPv4 connection on this host; None: the connection has ended.

    /proc/net/tcp (proc(5)) shows user 0 for a socket that no process holds, so only established connections count.
    """
    peer, own = connection.getpeername(), connection.getsockname()
    for table, prefix in (("tcp", b""), ("tcp6", bytes(10) + b"\xff\xff")):
        wanted = [_place(prefix, peer), _place(prefix, own), _ESTABLISHED]
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1:4] == wanted:
                return int(fields[7])
    return None


def _place(prefix: bytes, name: tuple[str, int]) -> str:
    """An address and a port as in the table: 32-bit numbers in the host's byte order."""
    address = prefix + socket.inet_aton(name[0])
    words = struct.unpack(f"={len(address) // 4}I", address)
    return "".join(f"{word:08X}" for word in words) + f":{name[1]:04X}"
