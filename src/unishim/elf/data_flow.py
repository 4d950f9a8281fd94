"""Which constants a register can hold: traced backwards through the code, and into the callers of a function.

Assumptions: a function preserves the registers that the psABI requires (x86-64 psABI, figure 3.4); a stack slot that
is written by its offset is not written through a pointer too; and no jump through a table lands between an
instruction that sets a register and one that reads it, unless that place is reached otherwise too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iced_x86 import Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register, RegisterExt

from unishim.elf.code import Code

_NODES_MAX = 4000  # per search; a result that needs more is unknown
_IMMEDIATES = (OpKind.IMMEDIATE32, OpKind.IMMEDIATE32TO64, OpKind.IMMEDIATE64, OpKind.IMMEDIATE8TO64)
_SMALL_IMMEDIATES = (*_IMMEDIATES, OpKind.IMMEDIATE8TO32)
_WRITES = (OpAccess.WRITE, OpAccess.READ_WRITE, OpAccess.COND_WRITE, OpAccess.READ_COND_WRITE)
_KEPT_BY_CALLS = (Register.RBX, Register.RBP, Register.RSP, Register.R12, Register.R13, Register.R14, Register.R15)
_CHANGED_BY_SYSCALL = (Register.RAX, Register.RCX, Register.R11)
_MOVES = (Mnemonic.MOV, Mnemonic.MOVSXD)
_CONDITIONAL_MOVES = tuple(
    number for name, number in vars(Mnemonic).items() if name.startswith("CMOV") and isinstance(number, int)
)
_WORD = 4  # bytes of the smallest register that holds a complete number


@dataclass(frozen=True, slots=True)
class Place:
    """A register (its 64-bit name), or with `offset` the memory at that many bytes from it; plus `addend`."""

    register: int
    offset: int | None = None
    addend: int = 0


@dataclass(frozen=True, slots=True)
class _Node:
    """The content of `place` when the instruction at `index` starts. `site`: the address that it is reported for."""

    index: int
    place: Place
    site: int


class DataFlow:
    """Answers queries about one body of code."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._information = InstructionInfoFactory()

    def values(self, index: int, register: int) -> Iterator[tuple[int, int | None]]:
        """Pairs of an address and a number (None: unknown) that `register` can hold when an instruction starts.

        The address is the instruction's, or that of the call that passes the number to its function.
        """
        address = self._code.instructions[index].ip
        found: set[tuple[int, int | None]] = set()
        first = _Node(index, Place(register), address)
        seen, todo = {first}, [first]
        while todo:
            if len(seen) > _NODES_MAX:
                found.add((address, None))
                break
            node = todo.pop()
            for result in self._before(node):
                if isinstance(result, _Node):
                    if result not in seen:
                        seen.add(result)
                        todo.append(result)
                else:
                    found.add((node.site, None if result is None else _signed(result)))
        return iter(sorted(found, key=lambda pair: (pair[0], pair[1] is not None, pair[1] or 0)))

    def _before(self, node: _Node) -> Iterator[_Node | int | None]:
        """Where control comes from and what the place held there; or a number; or None for unknown."""
        index, code = node.index, self._code
        come_from = False
        if code.falls_from(index):
            come_from = True
            yield from self._through(index - 1, node.place, node.site)
        if code.is_entry(index):
            callers, others = code.callers(index)
            if others or node.place.offset is not None:
                yield None
            if node.place.offset is None:
                for caller in callers:
                    yield _Node(caller, node.place, code.instructions[caller].ip)
            return
        for jump in code.jumps_to(index):
            come_from = True
            yield _Node(jump, node.place, node.site)
        if not come_from and not code.is_padding(index):
            yield None

    def _through(self, index: int, place: Place, site: int) -> Iterator[_Node | int | None]:
        """Goes back over one instruction: what held the place's value before it."""
        instruction = self._code.instructions[index]
        if place.offset is None:
            results = self._register_before(index, instruction, place)
        else:
            results = self._memory_before(instruction, place, place.offset)
        for result in results:
            yield _Node(index, result, site) if isinstance(result, Place) else result

    def _register_before(self, index: int, instruction: Instruction, place: Place) -> Iterator[Place | int | None]:
        register, mnemonic = place.register, instruction.mnemonic
        if mnemonic == Mnemonic.SYSCALL:
            yield None if register in _CHANGED_BY_SYSCALL else place
        elif mnemonic == Mnemonic.CALL:
            yield place if register in _KEPT_BY_CALLS else None
        elif not self._changes(instruction, register):
            yield place
        elif mnemonic == Mnemonic.POP:
            before = self._code.instructions[index - 1] if index else None
            is_pair = before is not None and before.mnemonic == Mnemonic.PUSH and self._code.falls_from(index)
            is_pair = is_pair and before is not None and before.op0_kind not in (OpKind.REGISTER, OpKind.MEMORY)
            yield before.immediate(0) + place.addend if is_pair and before is not None else None
        elif _is_whole(instruction) and RegisterExt.full_register(instruction.op0_register) == register:
            yield from _assigned(instruction, place)
        else:
            yield None

    def _memory_before(self, instruction: Instruction, place: Place, offset: int) -> Iterator[Place | int | None]:
        if instruction.mnemonic == Mnemonic.CALL:
            yield place if place.register in _KEPT_BY_CALLS else None
            return
        written = _stack_offset(instruction, place.register) if instruction.op_count else None
        if instruction.op0_kind == OpKind.MEMORY and written is not None and offset - 8 < written < offset + _WORD:
            if written == offset and instruction.mnemonic == Mnemonic.MOV and instruction.memory_size in _SIZES:
                if instruction.op1_kind in _IMMEDIATES:
                    yield instruction.immediate(1) + place.addend
                    return
                source = RegisterExt.full_register(instruction.op1_register)
                yield Place(source, addend=place.addend)
                return
            yield place if instruction.mnemonic in (Mnemonic.CMP, Mnemonic.TEST) else None
            return
        yield None if self._changes(instruction, place.register) else place

    def _changes(self, instruction: Instruction, register: int) -> bool:
        return any(
            used.access in _WRITES and RegisterExt.full_register(used.register) == register
            for used in self._information.info(instruction).used_registers()
        )


def _sizes() -> tuple[int, ...]:
    from iced_x86 import MemorySize

    return MemorySize.UINT32, MemorySize.INT32, MemorySize.UINT64, MemorySize.INT64


_SIZES = _sizes()


def _is_whole(instruction: Instruction) -> bool:
    return instruction.op0_kind == OpKind.REGISTER and RegisterExt.size(instruction.op0_register) >= _WORD


def _assigned(instruction: Instruction, place: Place) -> Iterator[Place | int | None]:
    """What an instruction writes to its first operand, the register of the place."""
    mnemonic, kind = instruction.mnemonic, instruction.op1_kind
    if mnemonic in _MOVES or mnemonic in _CONDITIONAL_MOVES:
        if mnemonic in _CONDITIONAL_MOVES:
            yield place
        yield _operand(instruction, place)
    elif mnemonic in (Mnemonic.XOR, Mnemonic.SUB) and instruction.op0_register == instruction.op1_register:
        yield place.addend
    elif mnemonic in (Mnemonic.ADD, Mnemonic.SUB) and kind in _SMALL_IMMEDIATES:
        change = _signed(instruction.immediate(1))
        yield Place(place.register, addend=place.addend + (change if mnemonic == Mnemonic.ADD else -change))
    elif mnemonic == Mnemonic.OR and kind in _SMALL_IMMEDIATES and _signed(instruction.immediate(1)) == -1:
        yield place.addend - 1
    elif mnemonic == Mnemonic.LEA and instruction.memory_index == Register.NONE:
        displacement = _signed(instruction.memory_displacement) + place.addend
        if instruction.memory_base == Register.NONE:
            yield displacement
        elif instruction.is_ip_rel_memory_operand:
            yield None
        else:
            yield Place(RegisterExt.full_register(instruction.memory_base), addend=displacement)
    else:
        yield None


def _operand(instruction: Instruction, place: Place) -> Place | int | None:
    """The second operand of a move."""
    kind = instruction.op1_kind
    if kind in _IMMEDIATES:
        return instruction.immediate(1) + place.addend
    if kind == OpKind.REGISTER and RegisterExt.is_gpr(instruction.op1_register):
        return Place(RegisterExt.full_register(instruction.op1_register), addend=place.addend)
    for base in (Register.RBP, Register.RSP):
        offset = _stack_offset(instruction, base)
        if kind == OpKind.MEMORY and offset is not None and instruction.memory_size in _SIZES:
            return Place(base, offset, place.addend)
    return None


def _stack_offset(instruction: Instruction, base: int) -> int | None:
    """The displacement of a memory operand OFFSET(base); None for any other operand."""
    if instruction.memory_base != base or instruction.memory_index != Register.NONE:
        return None
    displacement = instruction.memory_displacement
    return displacement - (1 << 64) if displacement >> 63 else displacement


def _signed(number: int) -> int:
    """The low 32 bits, which make up the call number."""
    number &= 0xFFFF_FFFF
    return number - (1 << 32) if number >> 31 else number
