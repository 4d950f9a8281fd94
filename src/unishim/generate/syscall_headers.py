"""The headers of the system call shim: numbers, names, dispatch, error numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from unishim.generate.output import HEADER, write_if_changed
from unishim.syscalls.errno_table import ALIASES, ERRNO
from unishim.syscalls.table import Syscall, all_calls, by_number

_ARGUMENTS = [f"arg{index}" for index in range(6)]


def write_headers(libraries: Mapping[Syscall, str], folder: Path) -> None:
    """Writes all headers into `folder` (uk/bits), and provided_syscalls.json beside them."""
    provided = list(libraries)
    for name, text in {
        "syscall_nrs.h": _numbers(),
        "provided_syscalls.h": _provided(provided),
        "syscall_dispatch.h": _dispatch(provided),
        "syscall_names.h": _names(),
        "errno_values.h": _errno_values(),
        "provided_syscalls.json": json.dumps({call.name: library for call, library in libraries.items()}, indent=1)
        + "\n",
    }.items():
        write_if_changed(folder / name, text)


def _numbers() -> str:
    lines = [f"#define SYS_{call.name} {call.number}" for call in all_calls()]
    lines.append(f"#define UK_SYSCALL_MAX {all_calls()[-1].number}")
    return HEADER + "\n".join(lines) + "\n"


def _provided(provided: Sequence[Syscall]) -> str:
    return HEADER + "".join(f"#define HAVE_uk_syscall_{call.name} 1\n" for call in provided)


def _dispatch(provided: Sequence[Syscall]) -> str:
    """Prototypes, and the cases of a switch. A macro, so that each case evaluates just the arguments its call takes."""
    lines = ["#include <uk/bits/syscall_nrs.h>", "#include <uk/types.h>", ""]
    for call in provided:
        types = ", ".join(["long"] * len(call.arguments)) or "void"
        lines.append(f"long uk_syscall_r_{call.name}({types});")
        lines.append(f"long uk_syscall_e_{call.name}({types});")
    lines += ["", "/* Of a switch in a function that returns the call's result. */"]
    lines.append(f"#define UK_SYSCALL_CASES({', '.join(_ARGUMENTS)})")
    for call in provided:
        arguments = ", ".join(_ARGUMENTS[: len(call.arguments)])
        lines[-1] += " \\"
        lines.append(f"\tcase SYS_{call.name}:")
        lines[-1] += " \\"
        lines.append(f"\t\treturn uk_syscall_r_{call.name}({arguments});")
    lines += ["", "static inline bool uk_syscall_is_in_switch(long nr)", "{", "\tswitch (nr) {"]
    lines += [f"\tcase SYS_{call.name}:" for call in provided]
    lines += ["\t\treturn true;", "\tdefault:", "\t\treturn false;", "\t}", "}"]
    return HEADER + "\n".join(lines) + "\n"


def _names() -> str:
    """One string of all names and an offset a number; offset 0, the empty name, where there is no call."""
    text = [""]
    offsets = []
    position = 1
    for number in range(all_calls()[-1].number + 1):
        call = by_number().get(number)
        if call is None:
            offsets.append(0)
            continue
        offsets.append(position)
        text.append(call.name)
        position += len(call.name) + 1
    names = "\n".join(f'\t"{name}\\0"' for name in text)
    rows = ",\n".join(
        "\t" + ", ".join(str(offset) for offset in offsets[start : start + 12]) for start in range(0, len(offsets), 12)
    )
    return (
        f"{HEADER}#include <uk/types.h>\n\n"
        f"static const char syscall_names[] =\n{names};\n\n"
        f"static const u16 syscall_name_offsets[] = {{\n{rows}\n}};\n"
    )


def _errno_values() -> str:
    lines = [f"#define {name} {number}" for name, number in ERRNO.items()]
    lines += [f"#define {alias} {name}" for alias, name in ALIASES.items()]
    return HEADER + "\n".join(lines) + "\n"
