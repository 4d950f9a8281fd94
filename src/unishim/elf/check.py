"""Checks on the host, before a run starts, whether a file can be executed.

kernel/lib/elfloader/elf_check.c makes the same checks in the same order in the guest; a test compares the two.
Sources: System V gABI chapters 4 and 5, x86-64 psABI chapter 4, Linux fs/binfmt_elf.c.
"""

from __future__ import annotations

import mmap
import os
import struct

from unishim.elf.reasons import ElfReason
from unishim.errors import BinaryError, BinaryNotFoundError
from unishim.record import Record

PAGE_SIZE = 4096
GUEST_END = 0x7FFF_FFFF_F000
HEADERS_SIZE_MAX = 65536
MM_LOWEST = 0x10000
_INTERPRETER_SIZE_MAX = 4096

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_MAGIC = b"\x7fELF"
_ET_REL, _ET_EXEC, _ET_DYN, _ET_CORE = 1, 2, 3, 4
_EM_X86_64 = 62
PT_LOAD, PT_INTERP, PT_GNU_STACK = 1, 3, 0x6474E551
_PF_X, _PF_W = 1, 2

Image = bytes | bytearray | mmap.mmap


class ElfRefusedError(BinaryError):
    """A file that is refused, for one of the reasons that host and kernel share."""

    def __init__(self, name: str, reason: ElfReason) -> None:
        super().__init__(f"{name}: {reason.message}")
        self.reason = reason


class Segment(Record):
    """A program header (gABI, figure 5-1)."""

    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


class ExecutableFacts(Record):
    """The properties of a checked executable. Addresses are those in the file, sizes are in bytes."""

    type: int
    os_abi: int
    entry: int
    low: int
    high: int
    executable_stack: bool


def check_executable(path: str | os.PathLike[str], memory: int) -> ExecutableFacts:
    """Checks a file for a guest with `memory` bytes. Raises BinaryNotFoundError or BinaryError."""
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise ElfRefusedError(name, ElfReason.EMPTY)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
                facts = check_image(image, name, memory)
                if len(image) > memory:
                    raise ElfRefusedError(name, ElfReason.TOO_LARGE)
                return facts
    except FileNotFoundError:
        raise BinaryNotFoundError(f"{name}: no such file") from None
    except NotADirectoryError:
        raise BinaryNotFoundError(f"{name}: no such file; a part of the path is not a directory") from None
    except IsADirectoryError:
        raise BinaryError(f"{name}: is a directory; name a program in it") from None
    except PermissionError:
        raise BinaryError(f"{name}: not readable; change its permissions") from None
    except OSError as error:
        raise BinaryError(f"{name}: cannot read it: {error.strerror}") from None
    except ValueError:
        raise BinaryError(f"{name}: not a regular file; name a program") from None


def check_image(image: Image, name: str, memory: int) -> ExecutableFacts:
    """Checks the bytes of a file. Raises ElfRefusedError with the first reason that applies."""

    def refuse_if(condition: bool, reason: ElfReason) -> None:
        if condition:
            raise ElfRefusedError(name, reason)

    size = len(image)
    refuse_if(size == 0, ElfReason.EMPTY)
    refuse_if(image[: min(size, 4)] != _MAGIC[: min(size, 4)], ElfReason.NOT_ELF)
    refuse_if(size < _HEADER.size, ElfReason.TRUNCATED_HEADER)
    ident, type_, machine, version, entry, phoff, _, _, _, phentsize, phnum, _, _, _ = _HEADER.unpack_from(image)
    refuse_if(ident[4] != 2, ElfReason.NOT_64_BIT)
    refuse_if(ident[5] != 1, ElfReason.NOT_LITTLE_ENDIAN)
    refuse_if(ident[6] != 1, ElfReason.BAD_VERSION)
    refuse_if(ident[7] not in (0, 3), ElfReason.BAD_OS_ABI)
    refuse_if(machine != _EM_X86_64, ElfReason.BAD_MACHINE)
    refuse_if(version != 1, ElfReason.BAD_VERSION)
    refuse_if(type_ == _ET_REL, ElfReason.RELOCATABLE)
    refuse_if(type_ == _ET_CORE, ElfReason.CORE)
    refuse_if(type_ not in (_ET_EXEC, _ET_DYN), ElfReason.BAD_TYPE)
    refuse_if(phentsize != _SEGMENT.size, ElfReason.BAD_HEADER_ENTRY_SIZE)
    table = phnum * _SEGMENT.size
    refuse_if(phnum == 0 or table > HEADERS_SIZE_MAX, ElfReason.BAD_HEADER_COUNT)
    refuse_if(phoff > size or table > size - phoff, ElfReason.HEADERS_BEYOND_FILE)
    segments = [Segment(*_SEGMENT.unpack_from(image, phoff + index * _SEGMENT.size)) for index in range(phnum)]

    low = high = -1
    needed = 0
    interpreter: Image = b""
    entry_inside = executable_stack = False
    for segment in segments:
        if segment.type == PT_GNU_STACK:
            executable_stack = bool(segment.flags & _PF_X)
        if segment.type == PT_INTERP and not interpreter:
            end = segment.offset + segment.filesz
            refuse_if(not 2 <= segment.filesz <= _INTERPRETER_SIZE_MAX or end > size, ElfReason.BAD_INTERPRETER)
            interpreter = image[segment.offset : end]
        if segment.type != PT_LOAD or segment.memsz == 0:
            continue
        reason = _segment_reason(segment, size, type_)
        if reason:
            raise ElfRefusedError(name, reason)
        start = segment.vaddr // PAGE_SIZE * PAGE_SIZE
        if low < 0:
            low = start
        refuse_if(start < high, ElfReason.SEGMENTS_OVERLAP)
        high = -(-(segment.vaddr + segment.memsz) // PAGE_SIZE) * PAGE_SIZE
        # Read-only parts stay borrowed from the file.
        needed += high - start if segment.flags & _PF_W else 0
        if segment.flags & _PF_X and segment.vaddr <= entry < segment.vaddr + segment.memsz:
            entry_inside = True
    refuse_if(low < 0, ElfReason.NO_LOAD_SEGMENT)
    refuse_if(needed > memory, ElfReason.TOO_LARGE)
    refuse_if(not entry_inside, ElfReason.ENTRY_OUTSIDE)
    refuse_if(bool(interpreter) and interpreter[-1] != 0, ElfReason.BAD_INTERPRETER)
    return ExecutableFacts(type_, ident[7], entry, low, high, executable_stack)


def _segment_reason(segment: Segment, size: int, type_: int) -> ElfReason | None:
    if segment.filesz > segment.memsz:
        return ElfReason.FILE_SIZE_ABOVE_MEMORY_SIZE
    if segment.offset > size or segment.filesz > size - segment.offset:
        return ElfReason.SEGMENT_BEYOND_FILE
    if segment.vaddr > GUEST_END or segment.memsz > GUEST_END - segment.vaddr:
        return ElfReason.SEGMENT_BEYOND_ADDRESS_SPACE
    if type_ == _ET_EXEC and segment.vaddr < MM_LOWEST:
        return ElfReason.SEGMENT_TOO_LOW
    if (segment.offset ^ segment.vaddr) % PAGE_SIZE:
        return ElfReason.SEGMENT_NOT_CONGRUENT
    return None
