"""What a trace is made of: system calls, signals, the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Payload:
    """The memory behind one pointer argument. None: not copied (not readable, NULL, or not of that direction).

    What is copied follows unishim.syscalls.kinds.Capture, with `limit` as for strace's option -s:

    - STRING: without its NUL; at most 4096 bytes of a path, at most limit + 1 bytes of another string. `whole` is False
      when there is no NUL behind the bytes: the string goes on, or the memory ends.
    - BYTES: at most `limit` bytes.
    - ITEMS: at most 32 items; of those counted in bytes at most 128 bytes, or `limit` when it is more.
    - VECTOR: at most 32 struct iovec, then, of each in order, at most `limit` bytes of what it points to. Where the
      call writes there, `entry` has the struct iovec alone, and `leave` the data only as far as the result reaches.

    The bytes are fewer when the memory ends.
    """

    entry: bytes | None  # as the call began
    leave: bytes | None  # as the call ended
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """One system call."""

    number: int
    arguments: tuple[int, ...]  # six registers, unsigned
    result: int | None  # signed, negative errno; None: it never returned
    enter_ns: int  # since boot; 0 in a trace without times
    leave_ns: int | None
    ip: int  # address behind the syscall instruction
    tid: int
    payloads: Mapping[int, Payload] = field(default_factory=dict)  # by position of the argument


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that is delivered."""

    number: int
    code: int  # si_code
    address: int  # si_addr; of signals of faults
    pid: int  # si_pid and si_uid; of signals that were sent
    uid: int
    time_ns: int  # since boot
    tid: int
    value: int = 0  # si_value; of queued ones
    status: int = 0  # si_status; of SIGCHLD


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a process: by its own status, or by a signal (0: none)."""

    status: int
    signal: int
    time_ns: int  # since boot
