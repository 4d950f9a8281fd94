"""The result of a call, as strace shows it after the equals sign."""

from __future__ import annotations

import os
from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.syscalls.errno_table import NAMES, RESTART_NAMES
from unishim.trace import numbers
from unishim.trace.view import View

_RESTARTS = {
    "ERESTARTSYS": "To be restarted if SA_RESTART is set",
    "ERESTARTNOINTR": "To be restarted",
    "ERESTARTNOHAND": "To be restarted if no handler",
    "ERESTART_RESTARTBLOCK": "Interrupted by signal",
}
_ADDRESSES = {"mmap", "brk", "mremap", "shmat"}
_DUMPABLE = {0: "SUID_DUMP_DISABLE", 1: "SUID_DUMP_USER", 2: "SUID_DUMP_ROOT"}


def result_text(view: View) -> str:
    """Everything after the equals sign."""
    if not view.ended:
        return "?"
    if view.failed:
        return error_text(-view.result)
    name = view.syscall.name
    if name in _ADDRESSES:
        return f"{view.result:#x}" if view.result else "NULL"
    notation = _NOTATIONS.get(name)
    return notation(view) if notation else str(view.result)


def error_text(number: int) -> str:
    """-1 ENOENT (No such file or directory)."""
    if restart := RESTART_NAMES.get(number):
        return f"? {restart} ({_RESTARTS[restart]})"
    if number in NAMES:
        return f"-1 {NAMES[number]} ({os.strerror(number)})"
    return f"-1 (errno {number})"


def _fcntl(view: View) -> str:
    command = constant_set("fcntl").name_of(view.raw(1) & 0xFFFF_FFFF)
    sets = {"F_GETFD": "fd", "F_GETFL": "open", "F_GET_SEALS": "seal"}
    if command in sets and (view.result or command != "F_GETFD"):
        word = "seals" if command == "F_GET_SEALS" else "flags"
        return f"{numbers.hexadecimal(view.result)} ({word} {constant_set(sets[command]).decode(view.result)})"
    if command == "F_GETSIG" and view.result:
        return f"{view.result} ({numbers.signal_name(view.result)})"
    if command == "F_GETLEASE":
        return f"{view.result:#x} ({constant_set('lock_type').decode(view.result)})"
    return str(view.result)


def _prctl(view: View) -> str:
    option = constant_set("prctl").name_of(view.raw(0) & 0xFFFF_FFFF)
    if option == "PR_GET_DUMPABLE" and view.result in _DUMPABLE:
        return f"{view.result} ({_DUMPABLE[view.result]})"
    if option == "PR_GET_SECCOMP":
        return f"{view.result} ({constant_set('seccomp_mode').decode(view.result)})"
    if option in ("PR_GET_SECUREBITS",) and view.result:
        return f"{view.result:#x} ({constant_set('securebits').decode(view.result)})"
    return str(view.result)


def _ready(words: list[str], result: int) -> str:
    if result == 0:
        return "0 (Timeout)"
    return f"{result} ({', '.join(words)})" if words else str(result)


def _poll(view: View) -> str:
    data, events = view.leave(0), constant_set("poll")
    if data is None or not view.result:
        return _ready([], view.result)
    ready = []
    for start in range(0, len(data) // 8 * 8, 8):
        fd = int.from_bytes(data[start : start + 4], "little", signed=True)
        happened = int.from_bytes(data[start + 6 : start + 8], "little")
        if happened and fd >= 0:
            ready.append(f"{{fd={fd}, revents={events.decode(happened)}}}")
    words = [f"[{', '.join(ready)}]"]
    if view.syscall.name == "ppoll":
        words += _left(view, 2, "tv_nsec")
    return _ready(words, view.result)


def _left(view: View, index: int, fraction: str) -> list[str]:
    data = view.leave(index)
    if data is None or len(data) < 16:
        return []
    seconds, rest = (int.from_bytes(data[start : start + 8], "little", signed=True) for start in (0, 8))
    return [f"left {{tv_sec={seconds}, {fraction}={rest}}}"]


def _select(view: View) -> str:
    if not view.result:
        return "0 (Timeout)"
    words = []
    for index, direction in ((1, "in"), (2, "out"), (3, "except")):
        data = view.leave(index)
        if data is not None and view.raw(index):
            ready = fd_numbers(data, view.value(0))
            if ready:
                words.append(f"{direction} [{' '.join(map(str, ready))}]")
    words += _left(view, 4, "tv_usec" if view.syscall.name == "select" else "tv_nsec")
    return _ready(words, view.result)


def fd_numbers(data: bytes, count: int) -> list[int]:
    """The descriptors below `count` whose bits are set."""
    return [number for number in range(min(count, 8 * len(data))) if data[number // 8] >> number % 8 & 1]


def _named(name: str) -> Callable[[View], str]:
    return lambda view: f"{numbers.hexadecimal(view.result)} ({constant_set(name).decode(view.result)})"


def _scheduler(view: View) -> str:
    return f"{numbers.hexadecimal(view.result)} ({constant_set('scheduler').decode(view.result)})"


def _membarrier(view: View) -> str:
    """The query's result as a set of commands."""
    if view.raw(0) & 0xFFFF_FFFF or not view.result:
        return str(view.result)
    words = [name for name, bit in constant_set("membarrier").values.items() if view.result & bit]
    rest = view.result & ~sum(constant_set("membarrier").values.values())
    return f"{view.result:#x} ({'|'.join([*words, f'{rest:#x}'] if rest else words)})"


def _sigtimedwait(view: View) -> str:
    return f"{view.result} ({numbers.signal_name(view.result)})"


_NOTATIONS: dict[str, Callable[[View], str]] = {
    "fcntl": _fcntl,
    "prctl": _prctl,
    "poll": _poll,
    "ppoll": _poll,
    "select": _select,
    "pselect6": _select,
    "umask": lambda view: numbers.octal(view.result),
    "personality": _named("personality"),
    "adjtimex": _named("adjtimex_state"),
    "clock_adjtime": _named("adjtimex_state"),
    "sched_getscheduler": _scheduler,
    "membarrier": _membarrier,
    "rt_sigtimedwait": _sigtimedwait,
}
