"""Records the system calls of a native run with ptrace(2), like the unikernel's tracer: according to Kind.capture."""

from __future__ import annotations

import ctypes
import os
import signal as signal_names
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from unishim.syscalls.kinds import Capture, CaptureForm
from unishim.syscalls.table import Syscall, by_number
from unishim.trace.call import Call, Exit, Payload, Signal
from unishim.trace.extra_captures import extra_captures

PATH_MAX = 4096
ITEMS_MAX = 32
PTRACE_TRACEME, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_SYSCALL = 0, 12, 13, 24
PTRACE_SETOPTIONS, PTRACE_GETSIGINFO = 0x4200, 0x4202
PTRACE_O_TRACESYSGOOD, PTRACE_O_EXITKILL = 1, 0x100000
ADDR_NO_RANDOMIZE = 0x40000
SYSCALL_STOP = signal_names.SIGTRAP | 0x80
# user_regs_struct: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip ...
REGISTERS = struct.Struct("<27Q")
ARGUMENT_REGISTERS = (14, 13, 12, 7, 9, 8)
RAX, ORIG_RAX, RIP, RSP = 10, 15, 16, 19

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long

Event = Call | Signal | Exit


def _ptrace(request: int, pid: int, address: int | None = None, data: object = None) -> None:
    if _libc.ptrace(request, pid, address, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def no_random_addresses() -> None:
    """For preexec_fn: programs get the same addresses in each run."""
    _libc.personality(ADDR_NO_RANDOMIZE)


class Recorder:
    """One run of a program."""

    def __init__(self, argv: Sequence[str | Path], limit: int = 32, inject: int | None = None) -> None:
        self.limit = limit
        self.inject = inject  # errno: all calls except execve and exit_group fail with it and are not made
        self.pid = os.fork()
        if self.pid == 0:
            try:
                no_random_addresses()
                null = os.open("/dev/null", os.O_RDWR)
                for fd in range(3):
                    os.dup2(null, fd)
                os.closerange(3, 1024)
                _libc.ptrace(PTRACE_TRACEME, 0, None, None)
                os.execve(argv[0], [os.fspath(word) for word in argv], {})
            finally:
                os._exit(127)
        self.memory = -1

    def events(self) -> list[Event]:
        """Runs the program to its end."""
        found: list[Event] = []
        os.waitpid(self.pid, 0)
        self.memory = os.open(f"/proc/{self.pid}/mem", os.O_RDONLY)
        try:
            _ptrace(PTRACE_SETOPTIONS, self.pid, None, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)
            entered: Call | None = None
            deliver = 0
            while True:
                _ptrace(PTRACE_SYSCALL, self.pid, None, deliver)
                deliver = 0
                _, status = os.waitpid(self.pid, 0)
                if not os.WIFSTOPPED(status):
                    if entered is not None:
                        found.append(entered)
                    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                    found.append(Exit(0 if ended else os.WEXITSTATUS(status), ended, time.monotonic_ns()))
                    return found
                if os.WSTOPSIG(status) != SYSCALL_STOP:
                    deliver = os.WSTOPSIG(status)
                    found.append(self._signal())
                elif entered is None:
                    entered = self._enter()
                else:
                    found.append(self._leave(entered))
                    entered = None
        finally:
            os.close(self.memory)

    def _registers(self) -> list[int]:
        buffer = ctypes.create_string_buffer(REGISTERS.size)
        _ptrace(PTRACE_GETREGS, self.pid, None, buffer)
        return list(REGISTERS.unpack(buffer.raw))

    def _enter(self) -> Call:
        registers = self._registers()
        arguments = tuple(registers[index] for index in ARGUMENT_REGISTERS)
        number = registers[ORIG_RAX]
        payloads = {}
        syscall = by_number().get(number & 0xFFFF_FFFF)
        for index, capture in self._captures(syscall, number, arguments).items():
            address = arguments[index] if index < len(syscall.arguments if syscall else ()) else registers[RSP] + 296
            entry, whole = None, True
            if capture.reads_in or capture.form is CaptureForm.VECTOR:
                entry, whole = self._copy(capture, address, arguments, syscall, None)
            payloads[index] = Payload(entry, None, whole)
        if self.inject is not None and number not in (59, 231):
            registers[ORIG_RAX] = 2**64 - 1
            _ptrace(PTRACE_SETREGS, self.pid, None, ctypes.create_string_buffer(REGISTERS.pack(*registers)))
        return Call(number, arguments, None, time.monotonic_ns(), None, registers[RIP], self.pid, payloads)

    def _leave(self, call: Call) -> Call:
        registers = self._registers()
        result = registers[RAX] - 2**64 if registers[RAX] >> 63 else registers[RAX]
        if self.inject is not None and call.number not in (59, 231):
            result = -self.inject
            registers[RAX] = result % 2**64
            _ptrace(PTRACE_SETREGS, self.pid, None, ctypes.create_string_buffer(REGISTERS.pack(*registers)))
        payloads = {}
        syscall = by_number().get(call.number & 0xFFFF_FFFF)
        for index, capture in self._captures(syscall, call.number, call.arguments).items():
            before = call.payloads.get(index, Payload(None, None))
            leave = None
            if capture.reads_out and index < 6:
                leave, _ = self._copy(capture, call.arguments[index], call.arguments, syscall, result)
            payloads[index] = Payload(before.entry, leave, before.whole)
        return Call(
            call.number, call.arguments, result, call.enter_ns, time.monotonic_ns(), call.ip, self.pid, payloads
        )

    def _captures(self, syscall: Syscall | None, number: int, arguments: tuple[int, ...]) -> dict[int, Capture]:
        if syscall is None:
            return {}
        captures = {
            index: argument.kind.capture
            for index, argument in enumerate(syscall.arguments)
            if argument.kind.capture is not None
        }
        return captures | extra_captures(syscall, arguments)

    def _read(self, address: int, size: int) -> bytes:
        """As many bytes as can be read."""
        data = b""
        while len(data) < size:
            # Page by page, so that memory before a hole is read.
            start = address + len(data)
            step = min(size - len(data), 4096 - start % 4096)
            try:
                piece = os.pread(self.memory, step, start)
            except (OSError, OverflowError):
                break
            if not piece:
                break
            data += piece
        return data

    def _copy(
        self, capture: Capture, address: int, arguments: tuple[int, ...], syscall: Syscall | None, result: int | None
    ) -> tuple[bytes | None, bool]:
        if address == 0 or syscall is None:
            return None, True
        count = self._count(capture, arguments, syscall, result)
        if capture.form is CaptureForm.STRING:
            limit = (
                PATH_MAX
                if any(argument.kind.capture is capture and argument.kind.is_path for argument in syscall.arguments)
                else self.limit + 1
            )
            data = self._read(address, limit)
            text, separator, _ = data.partition(b"\0")
            return (text if data else None), bool(separator)
        if capture.form is CaptureForm.BYTES:
            size = min(count, self.limit)
        elif capture.form is CaptureForm.ITEMS:
            size = (
                min(count, max(self.limit, 128))
                if capture.item_size == 1
                else min(count, ITEMS_MAX) * capture.item_size
            )
        elif capture.form is CaptureForm.VECTOR:
            return self._copy_vector(capture, address, count, result), True
        else:
            return None, True
        data = self._read(address, size)
        return (data if data or size == 0 else None), True

    def _copy_vector(self, capture: Capture, address: int, count: int, result: int | None) -> bytes | None:
        size = min(count, ITEMS_MAX) * 16
        data = self._read(address, size)
        if not data and size:
            return None
        if capture.reads_out and result is None:
            return data
        left = result if capture.reads_out else None
        for base, length in struct.iter_unpack("<QQ", data[: len(data) // 16 * 16]):
            size = length if left is None else min(length, max(left, 0))
            data += self._read(base, min(size, self.limit))
            left = None if left is None else left - size
        return data

    def _count(self, capture: Capture, arguments: tuple[int, ...], syscall: Syscall, result: int | None) -> int:
        if isinstance(capture.count, int):
            return capture.count
        if capture.count == "result":
            return max(result or 0, 0)
        other = syscall.index_of(capture.count_argument or "")
        if capture.count.startswith("*"):
            return int.from_bytes(self._read(arguments[other], 4), "little")
        return max(syscall.arguments[other].kind.value(arguments[other]), 0)

    def _signal(self) -> Signal:
        buffer = ctypes.create_string_buffer(128)
        _ptrace(PTRACE_GETSIGINFO, self.pid, None, buffer)
        number, _, code = struct.unpack_from("<iii", buffer.raw)
        pid, uid, value = struct.unpack_from("<iIQ", buffer.raw, 16)
        address = struct.unpack_from("<Q", buffer.raw, 16)[0]
        return Signal(number, code, address, pid, uid, time.monotonic_ns(), self.pid, value, value & 0xFFFF_FFFF)
