"""Disassembly of the instructions around a fault, in objdump's format."""

from __future__ import annotations

from iced_x86 import Code, Decoder, Formatter, FormatterSyntax, Instruction

_BEFORE = 4  # instructions
_BEHIND = 3


def disassembly(code: bytes, before: int, address: int) -> str:
    """Some instructions of `code`, one per line; => marks the one at `address`, after the first `before` bytes."""
    formatter = Formatter(FormatterSyntax.GAS)
    formatter.first_operand_char_index = 8
    formatter.uppercase_hex = False
    formatter.rip_relative_addresses = True
    lead = _instructions_before(code, before, address)
    rest = _decode(code[before:], address)
    if rest and rest[0].code == Code.INVALID:
        rest = rest[:1]  # the following bytes are only a guess
    lines = []
    for instruction in [*lead[-_BEFORE:], *rest[: 1 + _BEHIND]]:
        words = "(bad)" if instruction.code == Code.INVALID else formatter.format(instruction)
        lines.append(f"  {'=>' if instruction.ip == address else '  '} {instruction.ip:x}:  {words}\n")
    return "".join(lines)


def _decode(code: bytes, address: int) -> list[Instruction]:
    """Decodes bytes. A truncated instruction at the end is left out, unless it is the only one."""
    found = list(Decoder(64, code, ip=address))
    return found[:-1] if len(found) > 1 and found[-1].code == Code.INVALID else found


def _instructions_before(code: bytes, before: int, address: int) -> list[Instruction]:
    """Decodes backwards: takes the decoding from the earliest byte that arrives exactly at the instruction."""
    for start in range(before):
        found = list(Decoder(64, code[start:before], ip=address - before + start))
        if all(instruction.code != Code.INVALID for instruction in found):
            return found
    return []
