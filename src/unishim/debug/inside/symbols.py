"""Symbols of what the kernel has mapped: the program, its interpreter, shared libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import gdb

from unishim.debug.inside import kernel

_COMPARED = 1024  # bytes at a file's start: headers, and the build ID of most
_TYPE_EXEC = 2  # ET_EXEC, elf(5)


class _FileParameter(gdb.Parameter):  # type: ignore[misc]
    """A parameter that is a path; "" when it is not set."""

    def __init__(self, name: str, words: str) -> None:
        self.set_doc = f"Set {words}."
        self.show_doc = f"Show {words}."
        self.__doc__ = ""
        super().__init__(f"unishim {name}", gdb.COMMAND_FILES, gdb.PARAM_OPTIONAL_FILENAME)

    def get_set_string(self) -> str:
        """Nothing to say."""
        return ""


class Symbols:
    """What was loaded, and what there is to load."""

    def __init__(self) -> None:
        self._program = _FileParameter("program", "the host's file of the program that runs")
        self._root = _FileParameter("root", "the host's folder that is the program's root")
        self._loaded: dict[tuple[str, int], str] = {}  # the quoted file of the host
        self._missing: set[str] = set()

    def load(self, *, again: bool = False) -> None:
        """Loads symbols of all files that are mapped as code and that the host has, each once.

        `again`: also looks for those that were not found.
        """
        if again:
            self._missing.clear()
        for name, base in self._mapped():
            if (name, base) in self._loaded or name in self._missing:
                continue
            host = self._find(name, base)
            if host is None:
                self._missing.add(name)
                gdb.write(f"unishim: no symbols of {name}: the host has no such file; see: help set unishim root\n")
                continue
            quoted = '"' + host.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self._loaded[name, base] = quoted
            gdb.execute(f"add-symbol-file {quoted} -o {base:#x}", to_string=True)

    def forget(self) -> None:
        """The next run loads them elsewhere."""
        for quoted in self._loaded.values():
            gdb.execute(f"remove-symbol-file {quoted}", to_string=True)
        self._loaded.clear()

    def _mapped(self) -> Iterator[tuple[str, int]]:
        """Names of files, and what is added to their addresses."""
        program = kernel.program()
        if program is None:
            return
        known = set()
        for part in ("main", "interpreter"):
            if int(program[part]["file"]):
                name = kernel.file_name(program[part]["file"])
                known.add(name)
                yield name, int(program[part]["base"])
        lowest: dict[str, int] = {}  # where the file's start would be
        for vma in kernel.vmas():
            if not int(vma["source"]["file"]):
                continue
            name = kernel.file_name(vma["source"]["file"])
            lowest.setdefault(name, int(vma["start"]) - int(vma["source"]["offset"]))
            if name not in known and "x" in kernel.protection(vma):
                known.add(name)
                yield name, lowest[name]

    def _find(self, name: str, base: int) -> str | None:
        """The host's file of a path of the program."""
        program = kernel.program()
        is_program = program is not None and base == int(program["main"]["base"])
        places: list[str] = [self._program.value] if is_program and self._program.value else []
        if self._root.value:
            places.append(os.path.join(self._root.value, name.lstrip("/")))  # noqa: PTH118 - as gdb has it
        for place in [*places, name]:
            if os.path.isfile(place) and _is_same(place, base):  # noqa: PTH113
                return place
        return None


def _is_same(path: str, base: int) -> bool:
    """Whether the file's start is what lies in memory; what cannot be compared is believed."""
    with open(path, "rb") as file:  # noqa: PTH123
        start = file.read(_COMPARED)
    if len(start) > 17 and start[16] == _TYPE_EXEC:
        return True
    try:
        return bytes(gdb.selected_inferior().read_memory(base, len(start))) == start
    except gdb.MemoryError:
        return True
