"""Generates the headers of the system call shim: numbers, names, dispatch, error numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from unishim.generate.output import HEADER, write_if_changed
from unishim.generate.registration import Definition
from unishim.generate.syscall_arguments import captures, formats, texts_with_offsets
from unishim.syscalls.errno_table import ALIASES, ERRNO
from unishim.syscalls.table import Syscall, all_calls, by_number

_ARGUMENTS = [f"arg{index}" for index in range(6)]


def write_headers(definitions: Mapping[Syscall, Definition], folder: Path) -> None:
    """Writes all headers into `folder` (uk/bits), and provided_syscalls.json next to them."""
    provided = list(definitions)
    facts = {
        call.name: {"library": definition.library, "partial": definition.partial}
        for call, definition in definitions.items()
    }
    stubs = [call.name for call in all_calls() if call not in definitions]
    for name, text in {
        "syscall_nrs.h": _numbers(),
        "provided_syscalls.h": _provided(provided),
        "syscall_dispatch.h": _dispatch(definitions),
        "syscall_names.h": _names(),
        "syscall_stubs.h": _stubs(stubs),
        "syscall_stubs.sym": "".join(f"{stub}\n" for stub in stubs),
        "syscall_captures.h": captures(),
        "syscall_formats.h": formats(),
        "errno_values.h": _errno_values(),
        "errno_names.h": _errno_names(),
        "provided_syscalls.json": json.dumps(facts, indent=1) + "\n",
    }.items():
        write_if_changed(folder / name, text)


def _numbers() -> str:
    lines = [f"#define SYS_{call.name} {call.number}" for call in all_calls()]
    lines.append(f"#define UK_SYSCALL_MAX {all_calls()[-1].number}")
    return HEADER + "\n".join(lines) + "\n"


def _provided(provided: Sequence[Syscall]) -> str:
    return HEADER + "".join(f"#define HAVE_uk_syscall_{call.name} 1\n" for call in provided)


def _dispatch(definitions: Mapping[Syscall, Definition]) -> str:
    """Prototypes, and the cases of a switch: a macro, so that each case evaluates only the arguments of its call."""
    lines = ["#include <uk/bits/syscall_nrs.h>", "#include <uk/types.h>", ""]
    for call, definition in definitions.items():
        types = ", ".join(["long"] * len(call.arguments)) or "void"
        lines += [f"long uk_syscall_{form}_{call.name}({types});" for form in "re"]
        if definition.execenv:
            types = ", ".join(["long"] * (len(call.arguments) + 1))
            lines += [f"long uk_syscall_{form}_e_{call.name}({types});" for form in "re"]
    highest = max((call.number for call in definitions), default=0)
    lines += ["", "/* The highest number that is provided. */", f"#define UK_SYSCALL_LAST {highest}"]
    lines += ["", "/* Cases of a switch in a function that returns the call's result. */"]
    lines.append(f"#define UK_SYSCALL_CASES(execenv, {', '.join(_ARGUMENTS)})")
    for call, definition in definitions.items():
        arguments = _ARGUMENTS[: len(call.arguments)]
        function = f"uk_syscall_r_{call.name}"
        if definition.execenv:
            function, arguments = f"uk_syscall_r_e_{call.name}", ["(long)(execenv)", *arguments]
        lines[-1] += " \\"
        lines.append(f"\tcase SYS_{call.name}:")
        lines[-1] += " \\"
        lines.append(f"\t\treturn {function}({', '.join(arguments)});")
    lines += ["", "static inline bool uk_syscall_is_in_switch(long nr)", "{", "\tswitch (nr) {"]
    lines += [f"\tcase SYS_{call.name}:" for call in definitions]
    lines += ["\t\treturn true;", "\tdefault:", "\t\treturn false;", "\t}", "}"]
    return HEADER + "\n".join(lines) + "\n"


def _stubs(names: Sequence[str]) -> str:
    lines = ["#include <uk/essentials.h>", "#include <uk/syscall.h>", ""]
    lines += [f'long __weak {name}(void)\n{{\n\treturn uk_syscall_e_stub("{name}");\n}}\n' for name in names]
    return HEADER + "\n".join(lines)


def _names() -> str:
    names = [call.name if (call := by_number().get(number)) else "" for number in range(all_calls()[-1].number + 1)]
    return HEADER + "#include <uk/types.h>\n\n" + texts_with_offsets(names, "syscall_names", "syscall_name_offsets")


def _errno_values() -> str:
    lines = [f"#define {name} {number}" for name, number in ERRNO.items()]
    lines += [f"#define {alias} {name}" for alias, name in ALIASES.items()]
    return HEADER + "\n".join(lines) + "\n"


def _errno_names() -> str:
    lines = [f'\t[{number}] = "{name}",' for name, number in ERRNO.items()]
    return f"{HEADER}static const char *const errno_names[] = {{\n" + "\n".join(lines) + "\n};\n"
