"""System calls handled in Python.

    from unishim.handlers import syscall_r_define, syscall_wrap

    @syscall_r_define
    def getcpu(k, cpu, node, tcache):
        cpu.value = 0
        return 0

    @syscall_wrap
    def write(k, call, fd, buf, count):
        return call(count=min(count, 16))

`k` is the kernel and the program (Guest); the following arguments are typed according to the table of system calls.
Handlers are those that a file passed as `unishim run --handlers FILE.py` defines at its top level, and those passed to
`unishim.run(handlers=...)`. docs/how-to/answer-calls-in-python.md explains more.
"""

from __future__ import annotations

from unishim.handlers.definitions import Handler, syscall_define, syscall_r_define, syscall_wrap
from unishim.handlers.errors import GuestFaultError, HandlerError, SyscallError
from unishim.handlers.guest import Guest, Mapping, OpenFile
from unishim.handlers.rules import delay, fail
from unishim.handlers.views import Buffer, NumberView, Pointer, StructView, Text

__all__ = [
    "Buffer",
    "Guest",
    "GuestFaultError",
    "Handler",
    "HandlerError",
    "Mapping",
    "NumberView",
    "OpenFile",
    "Pointer",
    "StructView",
    "SyscallError",
    "Text",
    "delay",
    "fail",
    "syscall_define",
    "syscall_r_define",
    "syscall_wrap",
]
