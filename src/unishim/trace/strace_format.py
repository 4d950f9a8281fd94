"""A trace in the notation of strace 6.1, without time stamps."""

from __future__ import annotations

from unishim.syscalls.table import by_number
from unishim.trace import numbers
from unishim.trace.arguments import plain
from unishim.trace.call import Call, Exit, Signal
from unishim.trace.results import error_text, result_text
from unishim.trace.special_calls import NOTATIONS
from unishim.trace.struct_notation import siginfo
from unishim.trace.view import View

RESULT_COLUMN = 39  # the column of the equals sign, if the call is shorter
STRING_LIMIT = 32  # bytes, strace's default


def format_call(call: Call, *, limit: int = STRING_LIMIT) -> str:
    """One line: the call, its arguments, its result. `limit` is the maximum number of bytes shown of a string."""
    syscall = by_number().get(call.number & 0xFFFF_FFFF)  # Linux uses only these bits
    if syscall is None:
        arguments = ", ".join(f"{argument:#x}" if argument else "0" for argument in call.arguments)
        result = "?" if call.result is None else _unknown_result(call.result)
        return _line(f"syscall_{call.number & 0xFFFF_FFFF_FFFF_FFFF:#x}({arguments})", result)
    view = View(call, syscall, limit)
    arguments = ", ".join(NOTATIONS.get(syscall.name, plain)(view))
    return _line(f"{syscall.name}({arguments})", result_text(view))


def _line(call: str, result: str) -> str:
    return f"{call.ljust(RESULT_COLUMN)} = {result}" if len(call) < RESULT_COLUMN else f"{call} = {result}"


def _unknown_result(result: int) -> str:
    return error_text(-result) if -4095 <= result < 0 else f"{result:#x}" if result else "0"


def format_signal(signal: Signal) -> str:
    """--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=1, si_uid=0} ---."""
    fields = {
        "si_signo": signal.number,
        "si_errno": 0,
        "si_code": signal.code,
        "si_pid": signal.pid,
        "si_uid": signal.uid,
        "si_addr": signal.address,
        "si_value": signal.value,
        "si_status": signal.status,
        "si_tid": signal.pid,
        "si_overrun": signal.uid,
    }
    return f"--- {numbers.signal_name(signal.number)} {siginfo(fields)} ---"


def format_exit(event: Exit) -> str:
    """+++ exited with 0 +++, +++ killed by SIGSEGV +++."""
    if event.signal:
        return f"+++ killed by {numbers.signal_name(event.signal)} +++"
    return f"+++ exited with {event.status} +++"
