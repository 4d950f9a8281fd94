"""Which features the host's kernel offers to a process, found out by using them in a child process."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable

# uapi linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/sched.h, linux/auxvec.h, asm/hwcap2.h
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_SYSCALL_USER_DISPATCH = 22, 38, 59
_PR_SYS_DISPATCH_ON = 1
_SECCOMP_MODE_FILTER = 2
_BPF_RET, _SECCOMP_RET_ALLOW = 0x06, 0x7FFF0000
_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
_AT_HWCAP2, _HWCAP2_FSGSBASE = 26, 2


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jump_true", ctypes.c_uint8),
        ("jump_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def try_dispatch() -> str | None:
    """Syscall User Dispatch. Returns None if it works, else the system's reason; likewise in all these functions."""

    def turn_on(libc: ctypes.CDLL) -> int:
        allow = ctypes.c_char(0)  # SYSCALL_DISPATCH_FILTER_ALLOW: the child's own calls continue
        arguments = (_PR_SYS_DISPATCH_ON, 0, 0, ctypes.addressof(allow))
        return int(libc.prctl(_PR_SET_SYSCALL_USER_DISPATCH, *map(ctypes.c_ulong, arguments)))

    return _try_in_child(turn_on)


def try_seccomp() -> str | None:
    """A system call filter, installed by an unprivileged process."""

    def install(libc: ctypes.CDLL) -> int:
        instruction = _Instruction(_BPF_RET, 0, 0, _SECCOMP_RET_ALLOW)
        program = _Program(1, ctypes.pointer(instruction))
        no_new_privileges = libc.prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0)))
        return int(no_new_privileges or libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)))

    return _try_in_child(install)


def try_namespaces() -> str | None:
    """New user, mount, process and IPC namespaces, as the cage creates them."""
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    return _try_in_child(lambda libc: int(libc.unshare(flags)))


def try_memory_file() -> str | None:
    """A file in memory (memfd_create(2))."""
    try:
        descriptor = os.memfd_create("unishim-probe")
        try:
            os.ftruncate(descriptor, 1 << 30)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.strerror
    return None


def has_fsgsbase() -> bool:
    """Whether programs may write segment bases themselves."""
    libc = ctypes.CDLL(None)
    libc.getauxval.restype = ctypes.c_ulong
    return bool(libc.getauxval(ctypes.c_ulong(_AT_HWCAP2)) & _HWCAP2_FSGSBASE)


def _try_in_child(change: Callable[[ctypes.CDLL], int]) -> str | None:
    """Runs `change` in a child process, so that its effects stay there."""
    libc = ctypes.CDLL(None, use_errno=True)
    child = os.fork()
    if child == 0:
        status = 255
        try:
            status = 0 if change(libc) == 0 else min(ctypes.get_errno(), 254)
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        return None
    return os.strerror(status) if 0 < status < 255 else f"the child that tried it ended with status {status}"
