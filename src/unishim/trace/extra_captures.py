"""Memory to copy if the meaning of an argument depends on another one; in the table it is a plain number.

A tracer may omit these: the address is shown then, as for unreadable memory.
"""

from __future__ import annotations

from unishim.syscalls.constants import constant_set
from unishim.syscalls.kinds import Capture, CaptureForm
from unishim.syscalls.structs import STRUCTS
from unishim.syscalls.table import Syscall

SIGNAL_FRAME_MASK_OFFSET = 296  # offset of uc_sigmask from the stack pointer at rt_sigreturn, on x86-64
_PAGE = 4096
_NAME = 16  # TASK_COMM_LEN

# request: direction, and the struct or number behind argp
IOCTL_ARGUMENTS = {
    "TCGETS": (">", "termios"),
    "TCSETS": ("<", "termios"),
    "TCSETSW": ("<", "termios"),
    "TCSETSF": ("<", "termios"),
    "TIOCGWINSZ": (">", "winsize"),
    "TIOCSWINSZ": ("<", "winsize"),
    "FIONREAD": (">", "int"),
    "TIOCOUTQ": (">", "int"),
    "TIOCGPGRP": (">", "int"),
    "TIOCSPGRP": ("<", "int"),
    "TIOCGSID": (">", "int"),
    "TIOCGPTN": (">", "int"),
    "TIOCSPTLCK": ("<", "int"),
    "FIONBIO": ("<", "int"),
    "FIOASYNC": ("<", "int"),
}
FCNTL_ARGUMENTS = {
    "F_GETLK": ("=", "flock"),
    "F_SETLK": ("<", "flock"),
    "F_SETLKW": ("<", "flock"),
    "F_OFD_GETLK": ("=", "flock"),
    "F_OFD_SETLK": ("<", "flock"),
    "F_OFD_SETLKW": ("<", "flock"),
    "F_SETOWN_EX": ("<", "f_owner_ex"),
    "F_GETOWN_EX": (">", "f_owner_ex"),
}
PRCTL_OUTPUTS = {
    "PR_GET_PDEATHSIG": 4,
    "PR_GET_UNALIGN": 4,
    "PR_GET_FPEMU": 4,
    "PR_GET_FPEXC": 4,
    "PR_GET_TSC": 4,
    "PR_GET_ENDIAN": 4,
    "PR_GET_CHILD_SUBREAPER": 4,
    "PR_GET_TID_ADDRESS": 8,
    "PR_GET_NAME": _NAME,
}
# Calls in which one argument, a command of this constant set, determines what another one is.
COMMAND_CALLS = {"ioctl": (1, "ioctl"), "fcntl": (1, "fcntl"), "prctl": (0, "prctl"), "arch_prctl": (0, "arch_prctl")}


def _items(direction: str, size: int) -> Capture:
    return Capture(direction in "<=", direction in ">=", CaptureForm.ITEMS, size, 1)


def extra_captures(syscall: Syscall, arguments: tuple[int, ...]) -> dict[int, Capture]:
    """What to copy for a call with these registers, by position of the argument.

    For rt_sigreturn, which has no arguments, position 0 stands for the signal mask in the signal's frame.
    """
    op = arguments[1]
    if syscall.name == "ioctl":
        request = constant_set("ioctl").name_of(op & 0xFFFF_FFFF)
        if request in IOCTL_ARGUMENTS:
            direction, item = IOCTL_ARGUMENTS[request]
            return {2: _items(direction, STRUCTS[item].size if item in STRUCTS else 4)}
    elif syscall.name == "fcntl":
        command = constant_set("fcntl").name_of(op & 0xFFFF_FFFF)
        if command in FCNTL_ARGUMENTS:
            direction, item = FCNTL_ARGUMENTS[command]
            return {2: _items(direction, STRUCTS[item].size)}
    elif syscall.name == "prctl":
        option = constant_set("prctl").name_of(arguments[0] & 0xFFFF_FFFF)
        if option == "PR_SET_NAME":
            return {1: Capture(True, False, CaptureForm.STRING, 1, 1)}
        if option in PRCTL_OUTPUTS:
            return {1: _items(">", PRCTL_OUTPUTS[option])}
    elif syscall.name == "arch_prctl":
        if constant_set("arch_prctl").name_of(arguments[0] & 0xFFFF_FFFF) in ("ARCH_GET_FS", "ARCH_GET_GS"):
            return {1: _items(">", 8)}
    elif syscall.name == "mincore":
        pages = -(-arguments[1] // _PAGE)
        return {2: Capture(False, True, CaptureForm.BYTES, 1, pages)}
    elif syscall.name == "pselect6":
        return {5: _items("<", 16)}
    elif syscall.name == "rt_sigreturn":
        return {0: _items("<", 8)}
    return {}
