"""Checks registrations (UK_PROVIDED_SYSCALLS in Makefile.uk) against definitions (macros in C) and the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from unishim.errors import BuildError
from unishim.syscalls.table import Syscall, by_name

_DEFINITION = re.compile(r"^UK_(LL)?SYSCALL(?:_R)?(_E)?_DEFINE\s*\(", re.MULTILINE)
_PARTIAL = re.compile(r"^UK_SYSCALL_PARTIAL\((\w+),\s*((?:\"[^\"]*\"\s*)+)\);", re.MULTILINE)


# Kinds whose argument is a number for some commands of the call and a pointer for others, or that is never followed.
_EITHER = ("hex", "addr")


@dataclass(frozen=True, slots=True)
class Definition:
    """A system call that a C source defines, and the line of its macro.

    `execenv`: the form is extended. `wrapper`: the macro makes a libc-style function too. `partial`: what the call
    lacks, None if nothing.
    """

    name: str
    types: tuple[str, ...]
    source: Path
    line: int
    execenv: bool = False
    wrapper: bool = True
    partial: str | None = None

    @property
    def place(self) -> str:
        """FILE:LINE."""
        return f"{self.source}:{self.line}"

    @property
    def library(self) -> str:
        """The name of the library's directory."""
        return self.source.parent.name

    @property
    def argument_count(self) -> int:
        """The number of arguments, without execenv."""
        return len(self.types)

    @property
    def registration(self) -> str:
        """The registration, as written in a Makefile.uk."""
        return f"{self.name}-{self.argument_count}{'e' if self.execenv else ''}"

    @property
    def symbols(self) -> list[str]:
        """The functions that the macro makes for others (kernel/include/uk/syscall.h)."""
        forms = ("r", "e", "r_e", "e_e") if self.execenv else ("r", "e")
        return [*(f"uk_syscall_{form}_{self.name}" for form in forms), *([self.name] if self.wrapper else [])]


def check(
    registrations: Sequence[str], makefiles: Iterable[Path], sources: Iterable[Path]
) -> dict[Syscall, Definition]:
    """The provided calls by ascending number, and the definition of each.

    Raises BuildError with file, line and fix for the first mistake.
    """
    makefiles = list(makefiles)
    definitions: dict[str, Definition] = {}
    for source in sources:
        for definition in find_definitions(source):
            other = definitions.setdefault(definition.name, definition)
            if other is not definition:
                raise BuildError(
                    f"{definition.place}: {definition.name} is already defined in {other.place}: "
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
                f"UK_PROVIDED_SYSCALLS-$(CONFIG_...) += {definition.registration}"
            )
    return {call: definitions[call.name] for call in sorted(provided.values(), key=lambda call: call.number)}


def _check_registration(
    registration: str, provided: dict[str, Syscall], definitions: dict[str, Definition], makefiles: Sequence[Path]
) -> Syscall:
    name, separator, count = registration.rpartition("-")
    place = _find_registration(registration, makefiles, provided)
    count, extended, rest = count.partition("e")
    if not separator or not count.isdigit() or rest:
        raise BuildError(
            f"{place}: '{registration}' is not a registration; write NAME-NUMBER_OF_ARGUMENTS, as in read-3, "
            "followed by an e for an extended form"
        )
    call = by_name().get(name)
    if call is None:
        similar = get_close_matches(name, by_name(), n=1)
        hint = f"did you mean {similar[0]}?" if similar else "see src/unishim/syscalls/table.py for the names"
        raise BuildError(f"{place}: Linux has no system call '{name}'; {hint}")
    if int(count) != len(call.arguments):
        raise BuildError(
            f"{place}: {name} takes {len(call.arguments)} arguments, not {count}; "
            f"write {name}-{len(call.arguments)}{extended}"
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
    if definition.execenv != bool(extended):
        form = "an extended form (_E_DEFINE)" if definition.execenv else "no extended form"
        raise BuildError(f"{place}: {name} is defined by {form}; write {definition.registration}")
    _check_types(definition, call)
    return call


def _check_types(definition: Definition, call: Syscall) -> None:
    """Checks that an argument is a pointer on both sides or on neither; other type differences are allowed."""
    for type_, argument in zip(definition.types, call.arguments, strict=True):
        if argument.kind.name not in _EITHER and ("*" in type_) != argument.kind.is_pointer:
            raise BuildError(
                f"{definition.place}: {call.name}: {argument.name} is '{type_}' here and '{argument.kind.c_type}' in "
                "the table of system calls; change one"
            )


def _find_registration(registration: str, makefiles: Iterable[Path], provided: dict[str, Syscall]) -> str:
    """The place of a registration as FILE:LINE; the last one, if there are several."""
    place = "Makefile.uk"
    word = re.compile(rf"(?<![\w-]){re.escape(registration)}(?![\w-])")
    for makefile in makefiles:
        for number, line in enumerate(makefile.read_text().splitlines(), start=1):
            if "UK_PROVIDED_SYSCALLS" in line and word.search(line):
                place = f"{makefile}:{number}"
    return place


def find_definitions(source: Path) -> list[Definition]:
    """The system calls that a C source defines with the macros of <uk/syscall.h>."""
    text = source.read_text()
    partial = {name: "".join(re.findall('"([^"]*)"', words)) for name, words in _PARTIAL.findall(text)}
    found = []
    for match in _DEFINITION.finditer(text):
        words = _split_arguments(text, match.end())
        line = text.count("\n", 0, match.start()) + 1
        if len(words) < 2 or len(words) % 2:
            raise BuildError(
                f"{source}:{line}: the macro takes the return type, the name, and a type and a name for each argument"
            )
        found.append(
            Definition(
                words[1],
                tuple(words[2::2]),
                source,
                line,
                execenv=match[2] is not None,
                wrapper=match[1] is None,
                partial=partial.pop(words[1], None),
            )
        )
    if partial:
        raise BuildError(
            f"{source}: UK_SYSCALL_PARTIAL({next(iter(partial))}, ...) does not precede a definition of that call"
        )
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
