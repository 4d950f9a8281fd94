"""The libraries of a kernel as they were linked: what each exports, needs and writes to.

A library is one relocatable object in the build directory, named LIBRARY.o (kernel/Makefile).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from unishim.build.image import ensure_image
from unishim.platforms.registry import PLATFORMS

# Sections that are written only while they are linked: constants with addresses, and the tables of uk/init.h.
_CONSTANT = (".data.rel.ro", ".uk_inittab")
# What the compiler appends to the name of a static variable of a function, or of a copy of it.
_SUFFIX = re.compile(r"(\.\d+|\.(constprop|isra|part)(\.\d+)?)+$")


@dataclass(frozen=True)
class Library:
    """One library of one image. `name` is the object's, without lib.

    `variables`: what it may write to, static variables of functions included; as FILE:NAME where several have the name.
    """

    name: str
    exports: frozenset[str]
    imports: frozenset[str]
    variables: frozenset[str]


@cache
def all_libraries() -> list[Library]:
    """The libraries of the default images of all platforms; builds an image that is missing or old."""
    libraries = []
    for platform in PLATFORMS:
        folder = ensure_image(platform).parent
        libraries += [read_library(folder / f"{name}.o") for name in (folder / "libraries").read_text().split()]
    return libraries


def read_library(path: Path) -> Library:
    """The symbol table of an object."""
    exports, imports = set(), set()
    variables: list[tuple[str, str]] = []
    with path.open("rb") as file:
        elf = ELFFile(file)
        table = elf.get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        source = ""
        for symbol in table.iter_symbols():
            place, kind = symbol["st_shndx"], symbol["st_info"]["type"]
            if kind == "STT_FILE":
                source = symbol.name
            elif place == "SHN_UNDEF":
                imports.add(symbol.name)
            elif symbol["st_info"]["bind"] != "STB_LOCAL":
                exports.add(symbol.name)
            if isinstance(place, int) and kind in ("STT_OBJECT", "STT_NOTYPE"):
                section = elf.get_section(place)
                if section["sh_flags"] & SH_FLAGS.SHF_WRITE and not section.name.startswith(_CONSTANT):
                    variables.append((source, _SUFFIX.sub("", symbol.name)))
    often = Counter(name for _, name in variables)
    names = {f"{source}:{name}" if often[name] > 1 else name for source, name in variables}
    return Library(path.stem.removeprefix("lib"), frozenset(exports), frozenset(imports - {""}), frozenset(names))
