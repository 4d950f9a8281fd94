"""Loads symbols of the files that the kernel has mapped: the program, its interpreter, shared libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import gdb

from unishim.debug.inside import kernel

_COMPARED = 1024  # bytes at a file's start: headers, and usually the build ID
_TYPE_EXEC = 2  # ET_EXEC, elf(5)


class _FileParameter(gdb.Parameter):  # type: ignore[misc]
    """A parameter that is a path; "" if not set."""

    def __init__(self, name: str, words: str) -> None:
        self.set_doc = f"Set {words}."
        self.show_doc = f"Show {words}."
        self.__doc__ = ""
        super().__init__(f"unishim {name}", gdb.COMMAND_FILES, gdb.PARAM_OPTIONAL_FILENAME)

    def get_set_string(self) -> str:
        """The text that gdb prints for `set`: none."""
        return ""


class Symbols:
    """The symbols that were loaded, and those that can be loaded."""

    def __init__(self) -> None:
        self._program = _FileParameter("program", "the host file of the program")
        self._root = _FileParameter("root", "the host directory that is the program's root")
        self._loaded: dict[tuple[str, int], str] = {}  # the quoted host file
        self._missing: set[str] = set()

    def load(self, *, again: bool = False) -> None:
        """Loads the symbols of all files that are mapped as code and exist on the host, each once.

        `again`: also look again for files that were not found.
        """
        if again:
            self._missing.clear()
        for name, base in self._mapped():
            if (name, base) in self._loaded or name in self._missing:
                continue
            host = self._find(name, base)
            if host is None:
                self._missing.add(name)
                gdb.write(
                    f"unishim: no symbols for {name}: the file was not found on the host; see: help set unishim root\n"
                )
                continue
            quoted = '"' + host.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self._loaded[name, base] = quoted
            gdb.execute(f"add-symbol-file {quoted} -o {base:#x}", to_string=True)

    def forget(self) -> None:
        """Unloads the symbols; the next run loads them at other addresses."""
        for quoted in self._loaded.values():
            gdb.execute(f"remove-symbol-file {quoted}", to_string=True)
        self._loaded.clear()

    def _mapped(self) -> Iterator[tuple[str, int]]:
        """Names of files, and the offset of their addresses."""
        program = kernel.program()
        if program is None:
            return
        known = set()
        for part in ("main", "interpreter"):
            if int(program[part]["file"]):
                name = kernel.file_name(program[part]["file"])
                known.add(name)
                yield name, int(program[part]["base"])
        lowest: dict[str, int] = {}  # the address of the file's start
        for vma in kernel.vmas():
            if not int(vma["source"]["file"]):
                continue
            name = kernel.file_name(vma["source"]["file"])
            lowest.setdefault(name, int(vma["start"]) - int(vma["source"]["offset"]))
            if name not in known and "x" in kernel.protection(vma):
                known.add(name)
                yield name, lowest[name]

    def _find(self, name: str, base: int) -> str | None:
        """The host file for a path of the program."""
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
    """Whether memory contains the start of the file; assumed if they cannot be compared."""
    with open(path, "rb") as file:  # noqa: PTH123
        start = file.read(_COMPARED)
    if len(start) > 17 and start[16] == _TYPE_EXEC:
        return True
    try:
        return bytes(gdb.selected_inferior().read_memory(base, len(start))) == start
    except gdb.MemoryError:
        return True
