"""All system calls of Linux on x86-64: number, name, and kinds of arguments. The only place that defines them.

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl (Linux 6.18), the man pages, section 2, and the kernel's
SYSCALL_DEFINE macros. The x32 numbers (512 and above) are left out: unishim runs 64-bit programs only.

The text is in table_text.py. It has one line per call: its name, and NAME:KIND for each of its arguments;
unishim.syscalls.kinds describes the kinds. A line `= N` sets the number of the next call; the numbers count up from
there. A name after `!` is reserved: the kernel's table has it, but no kernel implements it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from unishim.syscalls.kinds import Argument, parse_argument
from unishim.syscalls.table_text import TABLE


@dataclass(frozen=True, slots=True)
class Syscall:
    """One system call: its number, name and arguments."""

    number: int
    name: str
    arguments: tuple[Argument, ...]
    reserved: bool = False

    def index_of(self, argument: str) -> int:
        """The position of an argument, 0 to 5. ValueError if the call has no argument of that name."""
        return [other.name for other in self.arguments].index(argument)


def parse_table(text: str) -> tuple[Syscall, ...]:
    """The calls in a table's text. ValueError with the line if it is malformed."""
    calls = []
    number = 0
    for line in text.strip().splitlines():
        words = line.split()
        try:
            if words[0] == "=":
                number = int(words[1])
                continue
            name = words[0].removeprefix("!")
            call = Syscall(number, name, tuple(map(parse_argument, words[1:])), reserved=words[0] != name)
            _check(call)
        except (ValueError, IndexError) as error:
            raise ValueError(f"table of system calls: '{line}': {error}") from None
        calls.append(call)
        number += 1
    return tuple(calls)


def _check(call: Syscall) -> None:
    """Checks that every argument that counts another one exists and is a number, or a pointer to one."""
    names = {argument.name: argument.kind for argument in call.arguments}
    if len(names) != len(call.arguments) or len(names) > 6:
        raise ValueError("argument names are not unique, or more than six")
    for argument in call.arguments:
        capture = argument.kind.capture
        if capture is None or capture.count_argument is None:
            continue
        kind = names.get(capture.count_argument)
        if kind is None or kind.is_pointer != str(capture.count).startswith("*"):
            raise ValueError(f"{argument.name} is counted by {capture.count_argument}, which is not such an argument")


@cache
def all_calls() -> tuple[Syscall, ...]:
    """All calls by ascending number."""
    return parse_table(TABLE)


@cache
def by_name() -> dict[str, Syscall]:
    """All calls by name."""
    return {call.name: call for call in all_calls()}


@cache
def by_number() -> dict[int, Syscall]:
    """All calls by number."""
    return {call.number: call for call in all_calls()}
