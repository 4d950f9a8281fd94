"""The elements of a trace: system calls, signals, the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Payload:
    """The memory that one pointer argument refers to. None: not copied (not readable, NULL, or not in that direction).

    What is copied depends on unishim.syscalls.kinds.Capture; `limit` is that of strace's option -s:

    - STRING: without its NUL; at most 4096 bytes of a path, at most limit + 1 bytes of another string. `whole` is False
      if no NUL follows the bytes: the string continues, or the memory ends.
    - BYTES: at most `limit` bytes.
    - ITEMS: at most 32 items; if they are counted in bytes, at most 128 bytes, or `limit` if that is more.
    - VECTOR: at most 32 struct iovec, then, for each in order, at most `limit` bytes that it refers to. If the call
      writes there, `entry` contains only the struct iovec, and `leave` the data only as far as the result reaches.

    There are fewer bytes if the memory ends.
    """

    entry: bytes | None  # at the start of the call
    leave: bytes | None  # at the end of the call
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """One system call."""

    number: int
    arguments: tuple[int, ...]  # six registers, unsigned
    result: int | None  # signed, negative errno; None: it never returned
    enter_ns: int  # since boot; 0 in a trace without times
    leave_ns: int | None
    ip: int  # address after the syscall instruction
    tid: int
    payloads: Mapping[int, Payload] = field(default_factory=dict)  # by position of the argument


@dataclass(frozen=True, slots=True)
class Signal:
    """A delivered signal."""

    number: int
    code: int  # si_code
    address: int  # si_addr, for signals of faults
    pid: int  # si_pid and si_uid, for signals that were sent
    uid: int
    time_ns: int  # since boot
    tid: int
    value: int = 0  # si_value, for queued signals
    status: int = 0  # si_status, for SIGCHLD


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a process: by its own status, or by a signal (0: none)."""

    status: int
    signal: int
    time_ns: int  # since boot
