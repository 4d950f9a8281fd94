"""The program and its kernel, as a handler sees them: `k`."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unishim.channel.host import Host
from unishim.channel.layout import (
    COMMAND_CALL,
    COMMAND_EXIT,
    COMMAND_FILES,
    COMMAND_MAPS,
    COMMAND_READ,
    COMMAND_READ_STRING,
    COMMAND_WRITE,
    DATA_SIZE,
)
from unishim.handlers.errors import GuestFaultError, SyscallError
from unishim.handlers.views import STRING_MAX, Pointer
from unishim.syscalls.table import Syscall, by_name

_MASK = (1 << 64) - 1
_SCRATCH_SIZE = 65536  # bytes of guest memory for arguments of the kernel's own calls
_PROT_READ_WRITE = 3
_MAP_PRIVATE_ANONYMOUS = 0x22
_MAPPINGS_MAX = 1 << 20  # more would not fit into the kernel's memory
_ERROR_MAX = 4095  # Linux's MAX_ERRNO

Value = int | bytes | bytearray | str | Pointer | None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file descriptor: its number, O_* flags, and its target as in Linux's /proc/self/fd."""

    fd: int
    flags: int
    name: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A part of the address space: addresses, protection such as "r-xp", and its name as in /proc/self/maps.

    The name is "" for anonymous memory.
    """

    start: int
    end: int
    protection: str
    name: str
    offset: int = 0  # in the file, bytes


class Guest:
    """The program and its kernel, while a handler runs.

    `k.write(1, b"text")` makes the kernel's own call, by any name in the table: bytes and str are copied into the
    program's memory for the call, a bytearray is copied back after it, None is NULL. It raises SyscallError if the call
    fails; `k.call(name, *numbers)` returns the plain result.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.errno = 0  # for handlers of the form syscall_define
        self._scratch = 0
        self._scratch_used = 0

    # Facts

    @property
    def ip(self) -> int:
        """The address after the program's `syscall` instruction."""
        return self._host.memory["ip"]

    @property
    def monotonic_ns(self) -> int:
        """Nanoseconds since boot, at the kernel's last event."""
        return self._host.memory["time_ns"]

    @property
    def realtime_ns(self) -> int:
        """Nanoseconds since 1970, from the program's clock at boot, advanced by the time since."""
        return self._host.memory["epoch_ns"] + self._host.memory["time_ns"]

    def files(self) -> list[OpenFile]:
        """The table of file descriptors."""
        rows = (line.split(" ", 2) for line in self._text(COMMAND_FILES))
        return [OpenFile(int(fd), int(flags), name) for fd, flags, name in rows]

    def maps(self) -> list[Mapping]:
        """The memory map, by ascending address."""
        found = []
        self._host.memory["address"] = 0
        while lines := self._text(COMMAND_MAPS):
            for line in lines:
                addresses, protection, offset, _device, _inode, *name = line.split(maxsplit=5)
                start, end = (int(address, 16) for address in addresses.split("-"))
                found.append(Mapping(start, end, protection, name[0] if name else "", int(offset, 16)))
            if len(found) > _MAPPINGS_MAX or found[-1].end <= self._host.memory["address"]:
                raise ValueError("the memory map does not end")
            self._host.memory["address"] = found[-1].end
        return found

    # Memory

    def read_memory(self, address: int, length: int) -> bytes:
        """Bytes of the program, at most as many as the machine has. Raises GuestFaultError if not all are readable."""
        if length > self._host.memory_size:  # the program can map the same page again and again
            raise GuestFaultError(address, length, "read")
        data = bytearray()
        while len(data) < length:
            part = min(length - len(data), DATA_SIZE)
            if self._transfer(COMMAND_READ, address + len(data), part) != part:
                raise GuestFaultError(address, length, "read")
            data += self._host.memory.data[:part]
        return bytes(data)

    def read_string(self, address: int, limit: int = STRING_MAX) -> bytes:
        """A C string without its NUL; at most `limit` bytes. Raises GuestFaultError if it is not readable."""
        limit = min(limit, DATA_SIZE)
        length = self._transfer(COMMAND_READ_STRING, address, limit)
        if length < 0:
            raise GuestFaultError(address, limit, "read")
        return bytes(self._host.memory.data[:length])

    def write_memory(self, address: int, data: bytes) -> None:
        """Writes bytes into the program. Raises GuestFaultError if not all of the memory is writable."""
        for offset in range(0, len(data), DATA_SIZE):
            part = data[offset : offset + DATA_SIZE]
            self._host.memory.data[: len(part)] = part
            if self._transfer(COMMAND_WRITE, address + offset, len(part)) != len(part):
                raise GuestFaultError(address, len(data), "written")

    # Calls

    def call(self, name: str | int, *arguments: int) -> int:
        """The kernel's own call, by name or number, bypassing all handlers: its result, or the negative errno."""
        memory = self._host.memory
        memory["number"] = by_name()[name].number if isinstance(name, str) else name
        memory.arguments = tuple(int(value) & _MASK for value in (*arguments, *[0] * (6 - len(arguments))))
        return self._host.exchange(COMMAND_CALL)

    def end(self, status: int) -> None:
        """Ends the program with a status; does not return."""
        self._host.memory["result"] = status
        self._host.exchange(COMMAND_EXIT)

    def __getattr__(self, name: str) -> Callable[..., int]:
        call = by_name().get(name)
        if call is None:
            raise AttributeError(f"Linux has no system call '{name}'")

        def kernel_call(*arguments: Value) -> int:
            return self._call_with_memory(call, arguments)

        return kernel_call

    def _call_with_memory(self, call: Syscall, values: Sequence[Value]) -> int:
        if len(values) != len(call.arguments):
            raise TypeError(f"{call.name} takes {len(call.arguments)} arguments, not {len(values)}")
        used = self._scratch_used
        numbers = [self._place(value) for value in values]
        result = self.call(call.number, *numbers)
        for value, address in zip(values, numbers, strict=True):
            if isinstance(value, bytearray):
                value[:] = self.read_memory(address, len(value))
        self._scratch_used = used
        if -_ERROR_MAX <= result < 0:
            raise SyscallError(-result)
        return result

    def _place(self, value: Value) -> int:
        """The number to pass for an argument; values that are not numbers are copied to scratch memory."""
        if value is None:
            return 0
        if not isinstance(value, bytes | bytearray | str):
            return int(value)
        data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
        if not self._scratch:
            self._scratch = self.call("mmap", 0, _SCRATCH_SIZE, _PROT_READ_WRITE, _MAP_PRIVATE_ANONYMOUS, -1, 0)
        address = self._scratch + self._scratch_used
        self._scratch_used += (len(data) + 16) & ~15
        if self._scratch < 0 or self._scratch_used > _SCRATCH_SIZE:
            raise SyscallError(errno.ENOMEM)
        self.write_memory(address, data + b"\0")
        return address

    def _transfer(self, command: int, address: int, length: int) -> int:
        memory = self._host.memory
        memory["address"] = address & _MASK
        memory["length"] = length
        return self._host.exchange(command)

    def _text(self, command: int) -> list[str]:
        length = self._host.exchange(command)
        return bytes(self._host.memory.data[:length]).decode("utf-8", "surrogateescape").split("\n")[:-1]
