"""Calls for which strace deviates from the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.syscalls.scalars import SCALARS
from unishim.syscalls.structs import STRUCTS
from unishim.trace import file_calls, numbers, process_calls, socket_calls
from unishim.trace.arguments import first, plain
from unishim.trace.extra_captures import FCNTL_ARGUMENTS, IOCTL_ARGUMENTS
from unishim.trace.quoting import pointer, quote
from unishim.trace.results import fd_numbers
from unishim.trace.struct_notation import struct_text
from unishim.trace.view import View

Notation = Callable[[View], list[str]]


def _open(flags_index: int) -> Notation:
    """The mode is an argument only if a file may be created."""

    def notation(view: View) -> list[str]:
        flags = view.raw(flags_index)
        makes = flags & 0o100 or flags & 0o20000000
        return first(view, len(view.syscall.arguments) if makes else flags_index + 1)

    return notation


def _poll(view: View) -> list[str]:
    words = plain(view)
    data, count = view.entry(0), view.value(1)
    if data is None or view.raw(0) == 0:
        return words
    items: list[str] = []
    for number in range(min(count, 32)):
        item = data[8 * number : 8 * number + 8]
        if len(item) < 8:
            if not items:
                return words
            items.append(f"... /* {view.raw(0) + 8 * number:#x} */")
            break
        fd = int.from_bytes(item[:4], "little", signed=True)
        events = constant_set("poll").decode(int.from_bytes(item[4:6], "little"))
        items.append(f"{{fd={fd}}}" if fd < 0 else f"{{fd={fd}, events={events}}}")
    if count > 32:
        items.append("...")
    words[0] = f"[{', '.join(items)}]"
    return words


def _select(view: View) -> list[str]:
    words = plain(view)
    for index in (1, 2, 3):
        data = view.entry(index)
        if view.value(0) <= 0:
            words[index] = pointer(view.raw(index))
        elif data is not None and view.raw(index):
            words[index] = f"[{' '.join(map(str, fd_numbers(data, view.value(0))))}]"
    if view.syscall.name == "pselect6":
        data = view.entry(5)
        if data is not None and len(data) >= 16:
            address, size = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:16], "little")
            words[5] = f"{{sigmask={pointer(address)}, sigsetsize={size}}}"
    return words


# Numbers that the sound drivers use too; strace shows both names.
_SHARED_REQUESTS = {
    "TCSETS": "SNDCTL_TMR_START or ",
    "TCSETSW": "SNDCTL_TMR_STOP or ",
    "TCSETSF": "SNDCTL_TMR_CONTINUE or ",
}


def _ioctl(view: View) -> list[str]:
    request = constant_set("ioctl").name_of(view.raw(1) & 0xFFFF_FFFF)
    name = _SHARED_REQUESTS.get(request or "", "") + (request or _unknown_request(view.raw(1) & 0xFFFF_FFFF))
    words = [*first(view, 1), name]
    if request in ("FIOCLEX", "FIONCLEX", "TIOCEXCL", "TIOCNXCL", "TIOCSBRK", "TIOCCBRK", "TIOCNOTTY", "TIOCVHANGUP"):
        return words
    if request in ("TCSBRK", "TCSBRKP", "TIOCSCTTY"):
        return [*words, str(view.signed32(2))]
    direction, item = IOCTL_ARGUMENTS.get(request or "", ("", ""))
    data = (view.leave(2) if direction == ">" else view.entry(2)) if direction else None
    return [*words, _pointee(view, 2, item, data)]


def _pointee(view: View, index: int, item: str, data: bytes | None) -> str:
    text = None
    if data is not None and item in STRUCTS:
        text = struct_text(item, data)
    elif data is not None and len(data) >= SCALARS[item].size:
        text = f"[{int.from_bytes(data[: SCALARS[item].size], 'little', signed=SCALARS[item].signed)}]"
    return text or f"{view.raw(index):#x}" if view.raw(index) or text else _null_request(view)


def _null_request(view: View) -> str:
    return "NULL" if constant_set("ioctl").name_of(view.raw(1) & 0xFFFF_FFFF) else "0"


def _unknown_request(request: int) -> str:
    """_IOC(_IOC_READ, 0x54, 0x63, 0x4)."""
    directions = ("_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE")
    parts = (request >> 8 & 0xFF, request & 0xFF, request >> 16 & 0x3FFF)
    return f"_IOC({', '.join([directions[request >> 30], *map(numbers.hexadecimal, parts)])})"


def _fcntl(view: View) -> list[str]:
    command = constant_set("fcntl").name_of(view.raw(1) & 0xFFFF_FFFF) or ""
    words = first(view, 2)
    number = view.signed32(2)
    sets = {"F_SETFD": "fd", "F_SETFL": "open", "F_ADD_SEALS": "seal", "F_NOTIFY": "notify"}
    if command in ("F_GETFD", "F_GETFL", "F_GETOWN", "F_GETSIG", "F_GETLEASE", "F_GET_SEALS", "F_GETPIPE_SZ"):
        return words
    if command in sets:
        return [*words, constant_set(sets[command]).decode(view.raw(2) & 0xFFFF_FFFF)]
    if command in ("F_DUPFD", "F_DUPFD_CLOEXEC", "F_SETPIPE_SZ"):
        return [*words, str(view.raw(2))]
    if command == "F_SETOWN":
        return [*words, str(number)]
    if command == "F_SETSIG":
        return [*words, numbers.signal_name(number)]
    if command == "F_SETLEASE":
        return [*words, constant_set("lock_type").decode(view.raw(2))]
    if command in FCNTL_ARGUMENTS:
        direction, item = FCNTL_ARGUMENTS[command]
        data = view.leave(2) if direction in "=>" else view.entry(2)
        text = (struct_text(item, data) if data else None) or pointer(view.raw(2))
        if data and command in ("F_GETLK", "F_OFD_GETLK"):
            text = f"{text[:-1]}, l_pid={STRUCTS[item].unpack(data)['l_pid']!s}}}"
        return [*words, text]
    return [*words, f"{view.raw(2):#x}" if view.raw(2) else "0"]


def _mremap(view: View) -> list[str]:
    flags = constant_set("mremap")
    fixed = flags.value_of("MREMAP_FIXED") | flags.value_of("MREMAP_MAYMOVE")
    return first(view, 5 if view.raw(3) & fixed == fixed else 4)


def _mincore(view: View) -> list[str]:
    words = plain(view)
    data = view.leave(2)
    if view.raw(1) == 0 and view.raw(2):
        words[2] = "[]"
    elif data is not None:
        pages = -(-view.raw(1) // 4096)
        shown = [str(byte & 1) for byte in data[:pages]]
        words[2] = f"[{', '.join([*shown, *(['...'] if pages > len(shown) else [])])}]"
    return words


def _nanosleep(rem: int) -> Notation:
    """The remaining time is only returned if a signal interrupted the sleep."""

    def notation(view: View) -> list[str]:
        words = plain(view)
        left = view.call.payloads.get(rem)
        interrupted = view.call.result in (-516, -514, -4)
        text = struct_text("timespec", left.leave) if interrupted and left and left.leave else None
        words[rem] = text or pointer(view.raw(rem))
        return words

    return notation


def _getcwd(view: View) -> list[str]:
    words = plain(view)
    data = view.leave(0)
    if data is not None:
        words[0] = quote(data.partition(b"\0")[0])
    return words


def _rt_sigreturn(view: View) -> list[str]:
    data = view.entry(0)
    return [] if data is None else [f"{{mask={numbers.signal_set(data)}}}"]


def _unsigned(index: int) -> Notation:
    """A length that is shown as the register contains it."""

    def notation(view: View) -> list[str]:
        words = plain(view)
        words[index] = str(view.raw(index))
        return words

    return notation


def _after(index: int) -> Notation:
    """What is read and written is shown as it is after the call."""

    def notation(view: View) -> list[str]:
        words = plain(view)
        data = view.leave(index)
        words[index] = (struct_text(view.kind(index).name, data) if data else None) or pointer(view.raw(index))
        return words

    return notation


def _recvmsg(view: View) -> list[str]:
    words = _after(1)(view)
    data = view.entry(1)
    if view.failed and data is not None and len(data) >= STRUCTS["msghdr"].size:
        words[1] = f"{{msg_namelen={STRUCTS['msghdr'].unpack(data)['msg_namelen']!s}}}"
    return words


def _epoll_ctl(view: View) -> list[str]:
    words = plain(view)
    if words[1] == "EPOLL_CTL_DEL":
        words[3] = pointer(view.raw(3))
    return words


def _when_ended(*indexes: int) -> Notation:
    """Arguments that strace reads after the call, and does not read if it failed."""

    def notation(view: View) -> list[str]:
        words = plain(view)
        if view.failed:
            for index in indexes:
                words[index] = pointer(view.raw(index))
        return words

    return notation


NOTATIONS: dict[str, Notation] = {
    **file_calls.NOTATIONS,
    **process_calls.NOTATIONS,
    **socket_calls.NOTATIONS,
    "open": _open(1),
    "openat": _open(2),
    "mq_open": _open(1),
    "poll": _poll,
    "ppoll": _poll,
    "select": _select,
    "pselect6": _select,
    "ioctl": _ioctl,
    "fcntl": _fcntl,
    "mincore": _mincore,
    "mremap": _mremap,
    "nanosleep": _nanosleep(1),
    "clock_nanosleep": _nanosleep(3),
    "getcwd": _getcwd,
    "rt_sigreturn": _rt_sigreturn,
    "truncate": _unsigned(1),
    "ftruncate": _unsigned(1),
    "readlink": _unsigned(2),
    "readlinkat": _unsigned(3),
    "adjtimex": _after(0),
    "clock_adjtime": _after(1),
    "recvmsg": _recvmsg,
    "epoll_ctl": _epoll_ctl,
    "epoll_pwait": _when_ended(4),
    "epoll_pwait2": _when_ended(3, 4),
}
