"""The dynamic linking information of an ELF file."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unishim.errors import BinaryError

_DF_1_NODEFLIB = 0x800
_DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, MemoryError, AssertionError)
_LISTS = ("DT_NEEDED", "DT_FILTER", "DT_AUXILIARY")
_STRINGS = ("DT_SONAME", "DT_RPATH", "DT_RUNPATH")


@dataclass(frozen=True, slots=True)
class Linking:
    """The dynamic section (gABI chapter 5). `rpath` and `runpath` are None if absent."""

    interpreter: str | None
    needed: tuple[str, ...]  # including DT_FILTER
    optional: tuple[str, ...]  # DT_AUXILIARY
    soname: str | None
    rpath: str | None
    runpath: str | None
    no_default_folders: bool  # DF_1_NODEFLIB, set by ld -z nodefaultlib


def read_linking(path: str) -> Linking:
    """Reads a 64-bit x86-64 ELF file. Raises OSError, or BinaryError if it is another kind of file or damaged."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    with Path(path).open("rb") as file:
        try:
            elf = ELFFile(file)
            if elf.elfclass != 64 or elf["e_machine"] != "EM_X86_64":
                raise BinaryError(f"{path}: built for another architecture; only x86-64 programs run here")
            return _read(elf)
        except ELFError as error:
            raise BinaryError(f"{path}: not an ELF file, or damaged: {error}") from None
        # pyelftools trusts a file's contents and fails somewhere if it is damaged: with EINVAL if it seeks too far.
        except (*_DAMAGE, OSError) as error:
            if isinstance(error, OSError) and error.errno != errno.EINVAL:
                raise
            raise BinaryError(f"{path}: damaged ELF file: its headers contradict each other") from None


def _read(elf: Any) -> Linking:
    interpreter = None
    lists: dict[str, list[str]] = {tag: [] for tag in _LISTS}
    strings: dict[str, str] = {}
    flags = 0
    for segment in elf.iter_segments():
        if segment["p_type"] == "PT_INTERP":
            interpreter = str(segment.get_interp_name())
        if segment["p_type"] != "PT_DYNAMIC":
            continue
        for tag in segment.iter_tags():
            kind = tag.entry.d_tag
            if kind in _LISTS:
                lists[kind].append(_text(elf, segment, tag.entry.d_val))
            elif kind in _STRINGS:
                strings[kind] = _text(elf, segment, tag.entry.d_val)
            elif kind == "DT_FLAGS_1":
                flags = tag.entry.d_val
    return Linking(
        interpreter,
        (*lists["DT_NEEDED"], *lists["DT_FILTER"]),
        tuple(lists["DT_AUXILIARY"]),
        strings.get("DT_SONAME"),
        strings.get("DT_RPATH"),
        strings.get("DT_RUNPATH"),
        bool(flags & _DF_1_NODEFLIB),
    )


def _text(elf: Any, segment: Any, offset: int) -> str:
    from elftools.common.utils import parse_cstring_from_stream

    _, table = segment.get_table_offset("DT_STRTAB")
    text = parse_cstring_from_stream(elf.stream, table + offset)
    if text is None:
        raise ValueError("a string is not terminated")
    return text.decode(errors="surrogateescape")
