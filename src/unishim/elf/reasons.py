"""The reasons why a file cannot be executed, in one list for the checks on the host and in the kernel.

The order is that in which both check; the C enumeration is generated from it. `{}` stands for a detail that only the
host's message contains.
"""

from __future__ import annotations

from enum import Enum


class ElfReason(Enum):
    """A reason with its message."""

    EMPTY = "the file is empty"
    NOT_ELF = "not an ELF file"
    TRUNCATED_HEADER = "the file ends inside the ELF header"
    NOT_64_BIT = "a 32-bit program; only 64-bit ones run here"
    NOT_LITTLE_ENDIAN = "a big-endian program; only x86-64 ones run here"
    BAD_VERSION = "unknown ELF version"
    BAD_OS_ABI = "built for another operating system (OS ABI is neither System V nor Linux)"
    BAD_MACHINE = "built for another architecture; only x86-64 programs run here"
    RELOCATABLE = "an object file (ET_REL), not a program; link it first"
    CORE = "a core dump (ET_CORE), not a program"
    BAD_TYPE = "unknown ELF file type"
    BAD_HEADER_ENTRY_SIZE = "wrong size of program headers (e_phentsize)"
    BAD_HEADER_COUNT = "no program headers, or too many of them (e_phnum)"
    HEADERS_BEYOND_FILE = "the program headers are beyond the end of the file (truncated?)"
    BAD_INTERPRETER = "malformed interpreter (PT_INTERP)"
    NO_LOAD_SEGMENT = "nothing to load (no PT_LOAD segment)"
    FILE_SIZE_ABOVE_MEMORY_SIZE = "a segment has more bytes in the file than in memory (p_filesz, p_memsz)"
    SEGMENT_BEYOND_FILE = "a segment is beyond the end of the file (truncated?)"
    SEGMENT_BEYOND_ADDRESS_SPACE = "a segment is beyond the address space"
    SEGMENT_TOO_LOW = "linked below 0x10000, where nothing can be mapped; link it higher (-Wl,-Ttext-segment=0x400000)"
    SEGMENT_NOT_CONGRUENT = "a segment's offset and address differ modulo the page size"
    SEGMENTS_OVERLAP = "segments overlap or are not in ascending order"
    TOO_LARGE = "larger than the guest's memory; set a larger --memory"
    ENTRY_OUTSIDE = "the entry point is outside the executable segments"

    @property
    def message(self) -> str:
        """The message, without a file name."""
        return self.value
