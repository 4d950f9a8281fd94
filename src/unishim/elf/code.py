"""The decoded code of an ELF file: instructions by address, and from where control can reach each of them."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from iced_x86 import Decoder, FlowControl, Instruction, Mnemonic, OpKind, Register

_SHF_EXECINSTR = 4
_PF_X = 1
_DEPTH_MAX = 16  # depth of calls that is examined to learn whether a function returns
_IMMEDIATES = (OpKind.IMMEDIATE32, OpKind.IMMEDIATE32TO64, OpKind.IMMEDIATE64)
_ENDS = (
    FlowControl.UNCONDITIONAL_BRANCH,
    FlowControl.INDIRECT_BRANCH,
    FlowControl.RETURN,
    FlowControl.EXCEPTION,
    FlowControl.INTERRUPT,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Executable bytes, their address, and the function starts in them."""

    data: bytes
    address: int
    starts: list[int]


class Code:
    """Pieces of one address space, decoded from each function symbol on.

    `taken` are addresses that the file's data contains: a function there can be called through a pointer. `is_whole`:
    all callers of a function are within the pieces.
    """

    def __init__(self, pieces: Iterable[Piece], taken: frozenset[int], *, is_whole: bool) -> None:
        self.instructions: list[Instruction] = []
        self.is_whole = is_whole
        self._starts: set[int] = set()
        for piece in sorted(pieces, key=lambda piece: piece.address):
            self._starts.update(piece.starts)
            ends = [*piece.starts[1:], piece.address + len(piece.data)]
            for start, end in zip(piece.starts, ends, strict=True):
                part = piece.data[start - piece.address : end - piece.address]
                self.instructions.extend(Decoder(64, part, ip=start))
        self._taken = set(taken)
        self.jumps: dict[int, list[int]] = defaultdict(list)
        self.calls: dict[int, list[int]] = defaultdict(list)
        self._indirect_jumps: list[int] = []
        self._returns: dict[int, bool] = {}
        self._depth = 0
        self._index_edges()

    def _index_edges(self) -> None:
        for index, instruction in enumerate(self.instructions):
            flow = instruction.flow_control
            if flow in (FlowControl.CONDITIONAL_BRANCH, FlowControl.UNCONDITIONAL_BRANCH):
                self._add(self.jumps, index, instruction)
            elif flow == FlowControl.CALL and instruction.mnemonic == Mnemonic.CALL:
                self._add(self.calls, index, instruction)
            elif flow == FlowControl.INDIRECT_BRANCH and not instruction.is_ip_rel_memory_operand:
                self._indirect_jumps.append(index)
            if instruction.is_ip_rel_memory_operand:
                self._taken.add(instruction.ip_rel_memory_address)
            elif instruction.op_count == 2 and instruction.op1_kind in _IMMEDIATES:
                self._taken.add(instruction.immediate(1))

    def _add(self, edges: dict[int, list[int]], index: int, instruction: Instruction) -> None:
        # In an object file, an operand that is still to be relocated points to the next instruction.
        target = instruction.near_branch_target
        if self.is_whole or target != instruction.next_ip:
            edges[target].append(index)

    @cached_property
    def _function_starts(self) -> list[int]:
        return sorted(self._starts | self.calls.keys())

    @cached_property
    def _index_of(self) -> dict[int, int]:
        return {instruction.ip: index for index, instruction in enumerate(self.instructions)}

    def is_entry(self, index: int) -> bool:
        """Whether a function starts at this instruction."""
        address = self.instructions[index].ip
        return address in self._starts or address in self.calls

    def callers(self, index: int) -> tuple[list[int], bool]:
        """The instructions that call a function or jump to its start, and whether there can be others."""
        address = self.instructions[index].ip
        known = [*self.calls.get(address, ()), *self.jumps.get(address, ())]
        return known, not known or not self.is_whole or address in self._taken

    def jumps_to(self, index: int) -> Iterator[int]:
        """The jumps to an instruction within a function; if some are known, jumps through a table may exist too."""
        address = self.instructions[index].ip
        if address not in self.jumps:
            return
        yield from self.jumps[address]
        if self._indirect_jumps:
            function = self._function_of(address)
            for jump in self._indirect_jumps:
                if self._function_of(self.instructions[jump].ip) == function:
                    yield jump

    def _function_of(self, address: int) -> int:
        return bisect_right(self._function_starts, address)

    def falls_from(self, index: int) -> bool:
        """Whether control comes from the previous instruction; not so after a call that never returns."""
        if index == 0:
            return False
        before = self.instructions[index - 1]
        if before.next_ip != self.instructions[index].ip or before.flow_control in _ENDS:
            return False
        if before.mnemonic == Mnemonic.CALL:
            # A function whose last instruction is a call does not continue in the next function.
            return not self.is_entry(index) and self._call_returns(before)
        return before.mnemonic != Mnemonic.HLT

    def _call_returns(self, call: Instruction) -> bool:
        if not self.is_whole or call.flow_control != FlowControl.CALL:
            return True
        index = self._index_of.get(call.near_branch_target)
        return index is None or self._function_returns(index)

    def _function_returns(self, entry: int) -> bool:
        """Whether an instruction that leaves the function can be reached; not so in abort(3) and its callers."""
        if entry in self._returns:
            return self._returns[entry]
        # A recursive function is assumed to return, and so is one that is too deep.
        self._returns[entry] = True
        if self._depth >= _DEPTH_MAX:
            return True
        self._depth += 1
        self._returns[entry] = self._is_left(entry)
        self._depth -= 1
        return self._returns[entry]

    def _is_left(self, entry: int) -> bool:
        seen, todo = {entry}, [entry]
        while todo:
            following = self._following(todo.pop())
            if following is None:
                return True
            todo += [index for index in following if index not in seen]
            seen.update(following)
        return False

    def _following(self, index: int) -> list[int] | None:
        """The instructions that can come next; None if control goes where it cannot be followed."""
        instruction = self.instructions[index]
        flow = instruction.flow_control
        if flow in (FlowControl.RETURN, FlowControl.INDIRECT_BRANCH):
            return None
        following = []
        if flow in (FlowControl.CONDITIONAL_BRANCH, FlowControl.UNCONDITIONAL_BRANCH):
            following.append(self._index_of.get(instruction.near_branch_target))
        if flow not in _ENDS and instruction.mnemonic != Mnemonic.HLT:
            if instruction.mnemonic == Mnemonic.CALL and not self._call_returns(instruction):
                return []
            following.append(self._index_of.get(instruction.next_ip))
        return None if None in following else [other for other in following if other is not None]

    def is_padding(self, index: int) -> bool:
        """Whether the instruction is only padding between functions."""
        instruction = self.instructions[index]
        return instruction.mnemonic in (Mnemonic.NOP, Mnemonic.INT3) or (
            instruction.mnemonic == Mnemonic.XCHG
            and instruction.op0_register == instruction.op1_register == Register.AX
        )


def read_code(elf: Any) -> list[Code]:
    """The code of an x86-64 ELF file; sections of an object file are separate, because they have no addresses."""
    functions = _function_starts(elf)
    sections = [
        section
        for section in elf.iter_sections()
        if section["sh_flags"] & _SHF_EXECINSTR and section["sh_type"] == "SHT_PROGBITS"
    ]
    if sections:
        parts = [(section.data(), section["sh_addr"]) for section in sections]
    else:
        parts = [
            (segment.data(), segment["p_vaddr"])
            for segment in elf.iter_segments()
            if segment["p_type"] == "PT_LOAD" and segment["p_flags"] & _PF_X
        ]
    pieces = []
    for data, address in parts:
        end = address + len(data)
        starts = sorted({address, *(start for start in functions if address <= start < end)})
        pieces.append(Piece(data, address, starts))
    if elf["e_type"] == "ET_REL":
        return [Code([piece], frozenset(), is_whole=False) for piece in pieces]
    taken = frozenset({elf["e_entry"], *_words_of_data(elf), *_relocated_addresses(elf)})
    return [Code(pieces, taken, is_whole=True)]


def _function_starts(elf: Any) -> set[int]:
    return {
        symbol["st_value"]
        for section in elf.iter_sections()
        if section["sh_type"] in ("SHT_SYMTAB", "SHT_DYNSYM")
        for symbol in section.iter_symbols()
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_value"]
    }


def _words_of_data(elf: Any) -> Iterator[int]:
    """Every word of the data, since any of them may be the address of a function."""
    for segment in elf.iter_segments():
        if segment["p_type"] == "PT_LOAD" and not segment["p_flags"] & _PF_X:
            data = segment.data()
            shift = -segment["p_vaddr"] % 8
            yield from struct.unpack_from(f"<{(len(data) - shift) // 8}Q", data, shift) if len(data) > shift else ()


def _relocated_addresses(elf: Any) -> Iterator[int]:
    """Addresses that relocations write into data, and those of exported symbols."""
    for section in elf.iter_sections():
        if section["sh_type"] == "SHT_RELA":
            yield from (relocation["r_addend"] for relocation in section.iter_relocations())
        elif section["sh_type"] == "SHT_DYNSYM":
            yield from (symbol["st_value"] for symbol in section.iter_symbols())
