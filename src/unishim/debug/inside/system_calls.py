"""Formats system calls with the names of the table."""

from __future__ import annotations

_NO_CALL = 0xFFFFFFFFFFFFFFFF  # orig_rax when no call was interrupted
_ERROR_MAX = 4095


def call_text(number: int, arguments: list[int]) -> str:
    """`write(1, 0x7f..., 3)`; `call 999` for a number without a name."""
    from unishim.syscalls.table import by_number

    number &= 0xFFFFFFFF
    call = by_number().get(number)
    if call is None:
        return f"call {number}"
    values = arguments[: len(call.arguments)]
    return f"{call.name}({', '.join(str(value) if value < 4096 else hex(value) for value in values)})"


def is_call(number: int) -> bool:
    """Whether orig_rax names a call."""
    return number != _NO_CALL


def result_text(result: int) -> str:
    """`3`, `-1 ENOENT`."""
    if not -_ERROR_MAX <= result < 0:
        return str(result) if result < 1 << 32 else hex(result)
    from unishim.syscalls.errno_table import NAMES

    return f"-1 {NAMES.get(-result, -result)}"
