"""The system calls in a program's code, found by disassembly.

Instructions are decoded from each function symbol on, and from the start of each executable section or segment where
there are none; a `syscall` counts only where decoding reaches it, since its two bytes also stand inside of others.
The number is what the straight-line code before it put into %eax. A site whose number comes from elsewhere (libc's
`syscall()` passes it on) is counted, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from unishim.syscalls.table import by_number

_SHF_EXECINSTR = 4
_PF_X = 1


@dataclass(frozen=True, slots=True)
class SyscallSites:
    """System calls by name, and how many sites have a number that the code around them does not tell."""

    names: tuple[str, ...]
    sites: int
    unknown: int


def find_syscall_sites(elf: Any) -> SyscallSites:
    """Disassembles the code of an x86-64 ELF file."""
    numbers: set[int] = set()
    sites = unknown = 0
    for code, address, starts in _code(elf):
        for number in _numbers(code, address, starts):
            sites += 1
            if number is None or number not in by_number():
                unknown += 1
            else:
                numbers.add(number)
    return SyscallSites(tuple(by_number()[number].name for number in sorted(numbers)), sites, unknown)


def _code(elf: Any) -> Iterator[tuple[bytes, int, list[int]]]:
    """Executable bytes, their address, and where functions start in them."""
    functions = _function_starts(elf)
    sections = [
        section
        for section in elf.iter_sections()
        if section["sh_flags"] & _SHF_EXECINSTR and section["sh_type"] == "SHT_PROGBITS"
    ]
    if sections:
        pieces = [(section.data(), section["sh_addr"]) for section in sections]
    else:
        pieces = [
            (segment.data(), segment["p_vaddr"])
            for segment in elf.iter_segments()
            if segment["p_type"] == "PT_LOAD" and segment["p_flags"] & _PF_X
        ]
    for data, address in pieces:
        end = address + len(data)
        yield data, address, sorted({address, *(start for start in functions if address <= start < end)})


def _function_starts(elf: Any) -> set[int]:
    return {
        symbol["st_value"]
        for section in elf.iter_sections()
        if section["sh_type"] in ("SHT_SYMTAB", "SHT_DYNSYM")
        for symbol in section.iter_symbols()
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_value"]
    }


def _numbers(code: bytes, address: int, starts: list[int]) -> Iterator[int | None]:
    """The number of each `syscall` in the code, None where it is not known."""
    from iced_x86 import Decoder, FlowControl, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register

    writes = (OpAccess.WRITE, OpAccess.READ_WRITE, OpAccess.COND_WRITE, OpAccess.READ_COND_WRITE)
    eax_family = {Register.RAX, Register.EAX, Register.AX, Register.AL, Register.AH}
    factory = InstructionInfoFactory()
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else address + len(code)
        decoder = Decoder(64, code[start - address : end - address], ip=start)
        number: int | None = None
        for instruction in decoder:
            if instruction.mnemonic == Mnemonic.SYSCALL:
                yield number
                number = None
                continue
            register = instruction.op0_register if instruction.op_count else Register.NONE
            if instruction.mnemonic == Mnemonic.MOV and register in (Register.EAX, Register.RAX):
                immediate = instruction.op1_kind in (OpKind.IMMEDIATE32, OpKind.IMMEDIATE32TO64, OpKind.IMMEDIATE64)
                number = instruction.immediate(1) if immediate else None
            elif instruction.mnemonic == Mnemonic.XOR and register == instruction.op1_register == Register.EAX:
                number = 0
            elif instruction.flow_control in (FlowControl.CALL, FlowControl.INDIRECT_CALL):
                number = None
            elif number is not None:
                used = factory.info(instruction).used_registers()
                if any(entry.register in eax_family and entry.access in writes for entry in used):
                    number = None
