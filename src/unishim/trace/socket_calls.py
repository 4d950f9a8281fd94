"""Calls on sockets and System V IPC for which strace deviates from the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.syscalls.errno_table import ERRNO
from unishim.trace import numbers
from unishim.trace.arguments import bytes_text, plain
from unishim.trace.quoting import pointer
from unishim.trace.struct_notation import struct_text
from unishim.trace.view import View

_PROTOCOLS = {"AF_INET": "ip_protocol", "AF_INET6": "ip_protocol", "AF_NETLINK": "netlink_protocol"}
_OPTIONS = {"SOL_SOCKET": "socket_option", "SOL_IP": "ip_option", "SOL_TCP": "tcp_option", "SOL_IPV6": "ipv6_option"}
_OPTION_STRUCTS = {
    "SO_LINGER": "linger",
    "SO_PEERCRED": "ucred",
    "SO_RCVTIMEO_OLD": "timeval",
    "SO_SNDTIMEO_OLD": "timeval",
}


def _socket(view: View) -> list[str]:
    """The meaning of the protocol depends on the family."""
    words = plain(view)
    protocols = _PROTOCOLS.get(words[0])
    words[2] = constant_set(protocols).decode(view.raw(2)) if protocols else str(view.raw(2) & 0xFFFF_FFFF)
    return words


def _sockopt(view: View) -> list[str]:
    """The meaning of the option depends on the level; the value is a number, a struct or bytes."""
    words = plain(view)
    options = _OPTIONS.get(words[1])
    option = constant_set(options).name_of(view.raw(2) & 0xFFFF_FFFF) if options else None
    if options:
        words[2] = constant_set(options).decode(view.raw(2))
    data = view.memory(3)
    length = view.value(4) if view.syscall.name == "setsockopt" else view.count(3)
    if data is None or length < 0 or view.raw(3) == 0:
        words[3] = pointer(view.raw(3))
        return words
    data = data[:length]
    text = struct_text(_OPTION_STRUCTS[option], data) if option in _OPTION_STRUCTS else None
    if text is None and length == 4 and len(data) == 4:
        text = f"[{_option_number(option or '', int.from_bytes(data, 'little', signed=True))}]"
    words[3] = text or bytes_text(data, length, view.limit) or pointer(view.raw(3))
    return words


def _option_number(option: str, number: int) -> str:
    if option == "SO_ERROR":
        return next((name for name, value in ERRNO.items() if value == number), str(number))
    return str(number)


def _ipc_get(flags_index: int) -> Callable[[View], list[str]]:
    """The key is hexadecimal; the flags include permissions."""

    def notation(view: View) -> list[str]:
        words = plain(view)
        words[0] = "IPC_PRIVATE" if view.raw(0) & 0xFFFF_FFFF == 0 else f"{view.raw(0) & 0xFFFF_FFFF:#x}"
        flags = view.raw(flags_index) & 0xFFFF_FFFF
        names = constant_set(view.kind(flags_index).set_name or "")
        known = [name for name, number in names.values.items() if flags & number == number]
        rest = flags & ~sum(names.value_of(name) for name in known)
        words[flags_index] = "|".join([*known, numbers.octal(rest)])
        return words

    return notation


NOTATIONS: dict[str, Callable[[View], list[str]]] = {
    "socket": _socket,
    "socketpair": _socket,
    "setsockopt": _sockopt,
    "getsockopt": _sockopt,
    "shmget": _ipc_get(2),
    "semget": _ipc_get(2),
    "msgget": _ipc_get(1),
}
