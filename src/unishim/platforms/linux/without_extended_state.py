"""Runs a command whose ptrace does not access the extended state (NT_X86_XSTATE), as on a processor without XSAVE.

gdbserver before 14 knows only the places where Intel's processors store its components. On AMD's with AVX-512 it
overwrites other components with zeroes when the program continues: the program loses zmm16 to zmm19.

It is a separate script because a launcher with threads must not run Python code between fork and exec.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_SECCOMP_MODE_FILTER = 2
_SECCOMP_RET_ALLOW, _SECCOMP_RET_ERRNO = 0x7FFF0000, 0x00050000
_AUDIT_ARCH_X86_64 = 0xC000003E
_NR_PTRACE = 101
_PTRACE_GETREGSET, _PTRACE_SETREGSET = 0x4204, 0x4205
_NT_X86_XSTATE = 0x202
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # uapi linux/bpf_common.h
# struct seccomp_data: number, architecture, instruction pointer, arguments; the low half of each comes first.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)  # struct sock_filter


def refuse_extended_state() -> None:
    """Makes ptrace refuse it, for this process and those that it starts, from now on. Raises OSError."""
    filter_ = b"".join(
        (
            _instruction(_LOAD_WORD, _ARCHITECTURE),
            _instruction(_JUMP_IF_EQUAL, _AUDIT_ARCH_X86_64, 0, 8),
            _instruction(_LOAD_WORD, _NUMBER),
            _instruction(_JUMP_IF_EQUAL, _NR_PTRACE, 0, 6),
            _instruction(_LOAD_WORD, _ARGUMENTS),
            _instruction(_JUMP_IF_EQUAL, _PTRACE_GETREGSET, 1, 0),
            _instruction(_JUMP_IF_EQUAL, _PTRACE_SETREGSET, 0, 3),
            _instruction(_LOAD_WORD, _ARGUMENTS + 2 * 8),
            _instruction(_JUMP_IF_EQUAL, _NT_X86_XSTATE, 0, 1),
            _instruction(_RETURN, _SECCOMP_RET_ERRNO | errno.EINVAL),
            _instruction(_RETURN, _SECCOMP_RET_ALLOW),
        )
    )
    code = ctypes.create_string_buffer(filter_, len(filter_))
    program = struct.pack("@HP", len(filter_) // 8, ctypes.addressof(code))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0)):
        if libc.prctl(*(ctypes.c_long(word) if isinstance(word, int) else word for word in arguments)) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def command_without_extended_state(command: list[str]) -> list[str]:
    """The command that refuses extended state and then executes `command`."""
    return [sys.executable, "-I", "-S", __file__, *command]


if __name__ == "__main__":
    refuse_extended_state()
    os.execvp(sys.argv[1], sys.argv[1:])
