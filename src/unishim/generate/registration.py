"""Checks registrations (UK_PROVIDED_SYSCALLS in Makefile.uk) against definitions (macros in C) and the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from unishim.errors import BuildError
from unishim.syscalls.table import Syscall, by_name

_DEFINITION = re.compile(r"^UK_(?:LL)?SYSCALL(?:_R)?_DEFINE\s*\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Definition:
    """A system call that a C source defines, where, and in which library (the folder's name)."""

    name: str
    argument_count: int
    place: str
    library: str


def check(registrations: Sequence[str], makefiles: Iterable[Path], sources: Iterable[Path]) -> dict[Syscall, str]:
    """The provided calls by ascending number, and the library of each.

    Raises BuildError with file, line and mend for the first mistake.
    """
    makefiles = list(makefiles)
    definitions: dict[str, Definition] = {}
    for source in sources:
        for definition in find_definitions(source):
            other = definitions.setdefault(definition.name, definition)
            if other is not definition:
                raise BuildError(
                    f"{definition.place}: {definition.name} is defined a second time; first in {other.place}: "
                    "leave one library out of the configuration or remove one definition"
                )
    provided: dict[str, Syscall] = {}
    for registration in registrations:
        call = _check_registration(registration, provided, definitions, makefiles)
        provided[call.name] = call
    for definition in definitions.values():
        if definition.name not in provided:
            raise BuildError(
                f"{definition.place}: {definition.name} is defined but not registered; add to its Makefile.uk: "
                f"UK_PROVIDED_SYSCALLS-$(CONFIG_...) += {definition.name}-{definition.argument_count}"
            )
    return {call: definitions[call.name].library for call in sorted(provided.values(), key=lambda call: call.number)}


def _check_registration(
    registration: str, provided: dict[str, Syscall], definitions: dict[str, Definition], makefiles: Sequence[Path]
) -> Syscall:
    name, separator, count = registration.rpartition("-")
    place = _find_registration(registration, makefiles, provided)
    if not separator or not count.isdigit():
        raise BuildError(f"{place}: '{registration}' is no registration; write NAME-NUMBER_OF_ARGUMENTS, as in read-3")
    call = by_name().get(name)
    if call is None:
        similar = get_close_matches(name, by_name(), n=1)
        hint = f"did you mean {similar[0]}?" if similar else "see src/unishim/syscalls/table.py for the names"
        raise BuildError(f"{place}: Linux has no system call '{name}'; {hint}")
    if int(count) != len(call.arguments):
        raise BuildError(
            f"{place}: {name} takes {len(call.arguments)} arguments, not {count}; write {name}-{len(call.arguments)}"
        )
    if name in provided:
        raise BuildError(f"{place}: {name} is provided twice; remove one of the registrations")
    definition = definitions.get(name)
    if definition is None:
        raise BuildError(
            f"{place}: {name} is registered but no source of the chosen libraries defines it; define it with "
            f"UK_SYSCALL_R_DEFINE(..., {name}, ...) or remove the registration"
        )
    if definition.argument_count != int(count):
        raise BuildError(
            f"{definition.place}: {name} is defined with {definition.argument_count} arguments, but takes {count}; "
            "give the macro a type and a name for each"
        )
    return call


def _find_registration(registration: str, makefiles: Iterable[Path], provided: dict[str, Syscall]) -> str:
    """The place of a registration as FILE:LINE; of the last one, when it stands more than once."""
    place = "Makefile.uk"
    word = re.compile(rf"(?<![\w-]){re.escape(registration)}(?![\w-])")
    for makefile in makefiles:
        for number, line in enumerate(makefile.read_text().splitlines(), start=1):
            if "UK_PROVIDED_SYSCALLS" in line and word.search(line):
                place = f"{makefile}:{number}"
    return place


def find_definitions(source: Path) -> list[Definition]:
    """The system calls that a C source defines by the macros of <uk/syscall.h>."""
    text = source.read_text()
    found = []
    for match in _DEFINITION.finditer(text):
        words = _split_arguments(text, match.end())
        line = text.count("\n", 0, match.start()) + 1
        if len(words) < 2 or len(words) % 2:
            raise BuildError(
                f"{source}:{line}: the macro takes the return type, the name, and a type and a name for each argument"
            )
        found.append(Definition(words[1], len(words) // 2 - 1, f"{source}:{line}", source.parent.name))
    return found


def _split_arguments(text: str, start: int) -> list[str]:
    """The arguments of a macro whose opening parenthesis ends just before `start`."""
    depth = 1
    words = [""]
    for character in text[start:]:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                break
        if character == "," and depth == 1:
            words.append("")
        else:
            words[-1] += character
    return [" ".join(word.split()) for word in words]
