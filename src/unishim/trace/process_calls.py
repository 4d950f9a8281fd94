"""Calls on processes and threads for which strace deviates from the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.trace import numbers
from unishim.trace.arguments import argument_text, first, plain
from unishim.trace.extra_captures import PRCTL_OUTPUTS
from unishim.trace.quoting import pointer, quote, quote_cut
from unishim.trace.results import fd_numbers
from unishim.trace.view import View

# uapi linux/reboot.h
_REBOOT_FIRST = {0xFEE1DEAD: "LINUX_REBOOT_MAGIC1"}
_REBOOT_SECOND = {
    672274793: "LINUX_REBOOT_MAGIC2",
    85072278: "LINUX_REBOOT_MAGIC2A",
    369367448: "LINUX_REBOOT_MAGIC2B",
    537993216: "LINUX_REBOOT_MAGIC2C",
}


def _futex(view: View) -> list[str]:
    op = view.raw(1) & 0xFFFF_FFFF
    name = constant_set("futex").name_of(op & ~0x180)
    words = [pointer(view.raw(0))]
    value, second = str(view.raw(2) & 0xFFFF_FFFF), str(view.raw(3) & 0xFFFF_FFFF)
    timeout, address2 = argument_text(view, 3), pointer(view.raw(4))
    value3 = view.raw(5) & 0xFFFF_FFFF
    bits = "FUTEX_BITSET_MATCH_ANY" if value3 == 0xFFFF_FFFF else numbers.hexadecimal(value3)
    clocked = name in ("FUTEX_WAIT", "FUTEX_WAIT_BITSET", "FUTEX_WAIT_REQUEUE_PI", "FUTEX_LOCK_PI2")
    if name is None or (op & 0x100 and not clocked):
        return [*words, f"{op:#x} /* FUTEX_??? */", value, timeout, address2, numbers.hexadecimal(value3)]
    words.append(name + ("_PRIVATE" if op & 0x80 else "") + ("|FUTEX_CLOCK_REALTIME" if op & 0x100 else ""))
    shapes = {
        "FUTEX_WAIT": [value, timeout],
        "FUTEX_WAIT_BITSET": [value, timeout, bits],
        "FUTEX_WAKE": [value],
        "FUTEX_WAKE_BITSET": [value, bits],
        "FUTEX_FD": [value],
        "FUTEX_REQUEUE": [value, second, address2],
        "FUTEX_CMP_REQUEUE": [value, second, address2, str(value3)],
        "FUTEX_WAKE_OP": [value, second, address2, _wake_operation(value3)],
        "FUTEX_LOCK_PI": [timeout],
        "FUTEX_LOCK_PI2": [timeout],
        "FUTEX_WAIT_REQUEUE_PI": [value, timeout, address2],
        "FUTEX_CMP_REQUEUE_PI": [value, second, address2, str(value3)],
    }
    return [*words, *shapes.get(name, [])]


def _wake_operation(value: int) -> str:
    shift = "FUTEX_OP_OPARG_SHIFT<<28|" if value >> 31 else ""
    operation = _shifted(constant_set("futex_wake_op").decode(value >> 28 & 7), 28)
    compare = _shifted(constant_set("futex_wake_compare").decode(value >> 24 & 15), 24)
    first, second = numbers.hexadecimal(value >> 12 & 0xFFF), numbers.hexadecimal(value & 0xFFF)
    return f"{shift}{operation}|{first}<<12|{compare}|{second}"


def _shifted(text: str, bits: int) -> str:
    """A comment for a number without a name stays at the end."""
    number, space, comment = text.partition(" ")
    return f"{number}<<{bits}{space}{comment}"


def _clone(view: View) -> list[str]:
    flags = view.raw(0)
    known = constant_set("clone")
    signal = flags & 0xFF
    # strace has no names for flags that the call does not accept.
    named = flags & 0xFFFF_FF00 & ~known.value_of("CLONE_DETACHED")
    unnamed = flags & ~0xFF & ~named
    text = known.decode(named) if named else ""
    if unnamed:
        text = f"{text}|{unnamed:#x}" if text else f"{unnamed:#x} /* CLONE_??? */"
    if signal:
        text += ("|" if text else "") + numbers.signal_name(signal)
    words = [f"child_stack={pointer(view.raw(1))}", f"flags={text or 0}"]
    if flags & known.value_of("CLONE_PARENT_SETTID") or flags & known.value_of("CLONE_PIDFD"):
        words.append(f"parent_tid={argument_text(view, 2)}")
    if flags & known.value_of("CLONE_SETTLS"):
        words.append(f"tls={pointer(view.raw(4))}")
    if flags & (known.value_of("CLONE_CHILD_SETTID") | known.value_of("CLONE_CHILD_CLEARTID")):
        words.append(f"child_tidptr={pointer(view.raw(3))}")
    return words


def _wait4(view: View) -> list[str]:
    words = plain(view)
    data = view.leave(1)
    if view.raw(1) and (data is None or view.result == 0):
        words[1] = pointer(view.raw(1))
    elif data is not None:
        words[1] = f"[{numbers.wait_status(int.from_bytes(data[:4], 'little'))}]"
    if view.result == 0:
        words[3] = pointer(view.raw(3))
    return words


# Options of prctl(2), by what strace shows for them.
_PRCTL_WITHOUT = (
    "PR_GET_DUMPABLE",
    "PR_GET_FP_MODE",
    "PR_GET_KEEPCAPS",
    "PR_GET_SECCOMP",
    "PR_GET_SECUREBITS",
    "PR_GET_TIMERSLACK",
    "PR_GET_TIMING",
    "PR_SME_GET_VL",
    "PR_SVE_GET_VL",
    "PR_TASK_PERF_EVENTS_DISABLE",
    "PR_TASK_PERF_EVENTS_ENABLE",
)
_PRCTL_NUMBER = (
    "PR_SET_CHILD_SUBREAPER",
    "PR_SET_ENDIAN",
    "PR_SET_FPEMU",
    "PR_SET_FPEXC",
    "PR_SET_FP_MODE",
    "PR_SET_KEEPCAPS",
    "PR_SET_PTRACER",
    "PR_SET_TIMERSLACK",
    "PR_SET_TIMING",
    "PR_SET_UNALIGN",
)
_PRCTL_NAMED = {
    "PR_CAP_AMBIENT": "cap_ambient",
    "PR_SET_MM": "prctl_mm",
    "PR_SET_SECCOMP": "seccomp_mode",
    "PR_SET_SECUREBITS": "securebits",
    "PR_SET_TSC": "tsc",
}


def _rest(view: View, start: int) -> list[str]:
    return [numbers.hexadecimal(view.raw(index)) for index in range(start, 5)]


def _prctl_output(view: View, size: int) -> str:
    leave = view.leave(1)
    return pointer(view.raw(1)) if leave is None else f"[{int.from_bytes(leave[:size], 'little')}]"


def _prctl(view: View) -> list[str]:
    option = constant_set("prctl").name_of(view.raw(0) & 0xFFFF_FFFF)
    words = first(view, 1)
    data = view.entry(1)
    if option == "PR_SET_NAME":
        text = quote_cut(data, len(data), 15) if data is not None else pointer(view.raw(1))
        return [*words, text]
    if option == "PR_GET_NAME":
        name = view.leave(1)
        return [*words, pointer(view.raw(1)) if name is None else quote(name.partition(b"\0")[0])]
    if option == "PR_GET_PDEATHSIG":
        leave = view.leave(1)
        number = "" if leave is None else numbers.signal_name(int.from_bytes(leave[:4], "little"))
        return [*words, f"[{number}]" if number else pointer(view.raw(1))]
    if option == "PR_SET_PDEATHSIG":
        return [*words, numbers.signal_name(view.signed32(1))]
    if option == "PR_SET_DUMPABLE":
        names = {0: "SUID_DUMP_DISABLE", 1: "SUID_DUMP_USER", 2: "SUID_DUMP_ROOT"}
        return [*words, names.get(view.raw(1)) or f"{view.raw(1):#x} /* SUID_DUMP_??? */"]
    if option in _PRCTL_WITHOUT:
        return words
    if option in _PRCTL_NUMBER:
        return [*words, str(view.raw(1))]
    if option in PRCTL_OUTPUTS:
        return [*words, _prctl_output(view, PRCTL_OUTPUTS[option])]
    if option in _PRCTL_NAMED:
        text = constant_set(_PRCTL_NAMED[option]).decode(view.raw(1))
        return [*words, text] if option in ("PR_SET_TSC", "PR_SET_SECUREBITS") else [*words, text, *_rest(view, 2)]
    if option in ("PR_CAPBSET_READ", "PR_CAPBSET_DROP"):
        return [*words, constant_set("capability").decode(view.raw(1))]
    if option in ("PR_SET_NO_NEW_PRIVS", "PR_SET_THP_DISABLE"):
        return [*words, str(view.raw(1)), *_rest(view, 2)]
    if option in ("PR_GET_NO_NEW_PRIVS", "PR_GET_THP_DISABLE"):
        return [*words, *_rest(view, 1)]
    return [*words, *_rest(view, 1)]


def _arch_prctl(view: View) -> list[str]:
    name = constant_set("arch_prctl").name_of(view.raw(0) & 0xFFFF_FFFF)
    words = first(view, 1)
    data = view.leave(1)
    if name in ("ARCH_GET_FS", "ARCH_GET_GS"):
        return [*words, f"[{numbers.hexadecimal(int.from_bytes(data, 'little'))}]" if data else pointer(view.raw(1))]
    if name == "ARCH_GET_CPUID":
        return words
    if name in ("ARCH_GET_XCOMP_SUPP", "ARCH_GET_XCOMP_PERM", "ARCH_GET_XCOMP_GUEST_PERM"):
        return [*words, pointer(view.raw(1))]
    return [*words, numbers.hexadecimal(view.raw(1))]


def _affinity(view: View) -> list[str]:
    words = plain(view)
    data = view.memory(2)
    if data is not None:
        size = view.result if view.syscall.name == "sched_getaffinity" else view.value(1)
        if len(data) < size:
            return words
        bits = fd_numbers(data[:size], 8 * size)
        words[2] = f"[{' '.join(map(str, bits))}]"
    return words


def _membarrier(view: View) -> list[str]:
    return first(view, 3 if view.raw(1) & 1 else 2)


def _kcmp(view: View) -> list[str]:
    kind = constant_set("kcmp").name_of(view.raw(2))
    if kind == "KCMP_EPOLL_TFD":
        return [*first(view, 4), pointer(view.raw(4))]
    return first(view, 5 if kind in ("KCMP_FILE", None) else 3)


def _ptrace(view: View) -> list[str]:
    return first(view, 1 if view.raw(0) == 0 else 4)


def _personality(view: View) -> list[str]:
    return ["0xffffffff"] if view.raw(0) & 0xFFFF_FFFF == 0xFFFF_FFFF else plain(view)


def _reboot(view: View) -> list[str]:
    words = plain(view)
    for index, names in ((0, _REBOOT_FIRST), (1, _REBOOT_SECOND)):
        number = view.raw(index) & 0xFFFF_FFFF
        words[index] = names.get(number) or f"{numbers.hexadecimal(number)} /* LINUX_REBOOT_MAGIC_??? */"
    return words if words[2] == "LINUX_REBOOT_CMD_RESTART2" else words[:3]


def _hexadecimal(view: View) -> list[str]:
    """A call for which strace only shows the name."""
    return [numbers.hexadecimal(view.raw(index)) for index in range(len(view.syscall.arguments))]


NOTATIONS: dict[str, Callable[[View], list[str]]] = {
    "futex": _futex,
    "clone": _clone,
    "wait4": _wait4,
    "prctl": _prctl,
    "arch_prctl": _arch_prctl,
    "sched_getaffinity": _affinity,
    "sched_setaffinity": _affinity,
    "membarrier": _membarrier,
    "kcmp": _kcmp,
    "ptrace": _ptrace,
    "personality": _personality,
    "reboot": _reboot,
    "rseq": _hexadecimal,
    "set_tid_address": _hexadecimal,
}
