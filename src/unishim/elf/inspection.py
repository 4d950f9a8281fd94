"""What an ELF file contains and what that means here. Any ELF file of any architecture can be inspected."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unishim.elf.check import check_executable
from unishim.elf.syscall_sites import SyscallSites, find_syscall_sites
from unishim.errors import BinaryError, BinaryNotFoundError

_TYPES = {"ET_REL": "relocatable object", "ET_EXEC": "executable", "ET_DYN": "shared object", "ET_CORE": "core dump"}
_DF_BIND_NOW = 0x8
_DF_1_NOW = 0x1
_DF_1_PIE = 0x08000000
_PF_X = 1
_CHECK_MEMORY = 1 << 39  # large enough never to be exceeded


@dataclass(frozen=True, slots=True)
class ProgramHeader:
    """One program header, with readelf's names. Addresses and sizes are those in the file."""

    type: str
    offset: int
    virtual_address: int
    physical_address: int
    file_size: int
    memory_size: int
    flags: str
    align: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """The results. None if the file does not contain the information."""

    path: str
    type: str
    machine: str
    entry: int
    interpreter: str | None
    static_pie: bool
    loadable: bool
    loading: str
    relro: str  # none, partial, full
    canary: bool | None
    nx: bool
    pie: bool
    program_headers: list[ProgramHeader]
    syscalls: SyscallSites | None


def inspect_binary(path: str | os.PathLike[str]) -> Inspection:
    """Reads a file. Raises BinaryNotFoundError, or BinaryError if it is not an ELF file or is damaged."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    name = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            return _inspect(name, ELFFile(file))
    except FileNotFoundError:
        raise BinaryNotFoundError(f"{name}: no such file") from None
    except OSError as error:
        raise BinaryError(f"{name}: cannot read it: {error.strerror}") from None
    except ELFError as error:
        raise BinaryError(f"{name}: not an ELF file, or damaged: {error}") from None
    # pyelftools trusts a file's contents; a damaged file fails somewhere in it.
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, MemoryError, AssertionError):
        raise BinaryError(f"{name}: damaged ELF file: its headers contradict each other") from None


def _inspect(name: str, elf: Any) -> Inspection:
    segments = list(elf.iter_segments())
    dynamic = _dynamic_tags(segments)
    interpreter = next((segment.get_interp_name() for segment in segments if segment["p_type"] == "PT_INTERP"), None)
    pie = elf["e_type"] == "ET_DYN" and bool(dynamic.get("DT_FLAGS_1", 0) & _DF_1_PIE)
    loadable, loading = _loading(name, elf["e_type"], interpreter)
    return Inspection(
        path=name,
        type=_type_words(elf["e_type"], pie, interpreter),
        machine=elf.get_machine_arch(),
        entry=elf["e_entry"],
        interpreter=interpreter,
        static_pie=pie and interpreter is None,
        loadable=loadable,
        loading=loading,
        relro=_relro(segments, dynamic),
        canary=_canary(elf),
        nx=any(segment["p_type"] == "PT_GNU_STACK" and not segment["p_flags"] & _PF_X for segment in segments),
        pie=pie,
        program_headers=[_program_header(segment) for segment in segments],
        syscalls=find_syscall_sites(elf) if elf["e_machine"] == "EM_X86_64" else None,
    )


def _dynamic_tags(segments: Iterable[Any]) -> dict[str, int]:
    for segment in segments:
        if segment["p_type"] == "PT_DYNAMIC":
            return {tag.entry.d_tag: tag.entry.d_val for tag in segment.iter_tags()}
    return {}


def _type_words(type_: object, pie: bool, interpreter: str | None) -> str:
    words = _TYPES.get(str(type_), f"unknown type {type_}")
    if pie:
        words = "position-independent executable"
    if words.endswith("executable"):
        words = f"{'static' if interpreter is None else 'dynamic'} {words}"
    return f"{words} ({type_})"


def _loading(name: str, type_: object, interpreter: str | None) -> tuple[bool, str]:
    try:
        check_executable(name, _CHECK_MEMORY)
    except BinaryError as error:
        reason = str(error).removeprefix(f"{name}: ")
        return False, f"cannot be loaded: {reason}"
    place = "at the address it was linked for" if type_ == "ET_EXEC" else "at a random address"
    if interpreter is not None:
        return True, f"{place}; its interpreter {interpreter} loads its libraries"
    return True, f"{place}, without an interpreter"


def _relro(segments: Iterable[Any], dynamic: dict[str, int]) -> str:
    if not any(segment["p_type"] == "PT_GNU_RELRO" for segment in segments):
        return "none"
    now = (
        "DT_BIND_NOW" in dynamic
        or dynamic.get("DT_FLAGS", 0) & _DF_BIND_NOW
        or dynamic.get("DT_FLAGS_1", 0) & _DF_1_NOW
    )
    # A static-PIE binds nothing lazily: all of its relocations are done before it starts.
    return "full" if now or "DT_NEEDED" not in dynamic else "partial"


def _canary(elf: Any) -> bool | None:
    """Whether the program contains the compiler's stack check; None for a file without symbols."""
    tables = [section for section in elf.iter_sections() if section["sh_type"] in ("SHT_SYMTAB", "SHT_DYNSYM")]
    if not tables:
        return None
    names = ("__stack_chk_fail", "__stack_chk_fail_local", "__intel_security_cookie")
    return any(table.get_symbol_by_name(name) for table in tables for name in names)


def _program_header(segment: Any) -> ProgramHeader:
    flags = segment["p_flags"]
    type_ = segment["p_type"]
    return ProgramHeader(
        type=type_.removeprefix("PT_") if isinstance(type_, str) else f"0x{type_:x}",
        offset=segment["p_offset"],
        virtual_address=segment["p_vaddr"],
        physical_address=segment["p_paddr"],
        file_size=segment["p_filesz"],
        memory_size=segment["p_memsz"],
        flags="".join(letter if flags & bit else " " for letter, bit in (("R", 4), ("W", 2), ("E", 1))),
        align=segment["p_align"],
    )
