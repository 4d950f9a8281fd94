"""Finds the system calls in a program's code by disassembly.

Instructions are decoded from each function symbol on, and from the start of each executable section or segment without
symbols; a `syscall` counts only if decoding reaches it, because its two bytes also occur within other instructions.
unishim.elf.data_flow finds the number in %eax. If it is an argument of the function (libc's `syscall()` and wrappers
like it), each call of the function is a site of its own. An unknown number is reported, not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from unishim.syscalls.table import by_number


@dataclass(frozen=True, slots=True)
class CallSites:
    """A system call, and the addresses of the instructions that make it."""

    name: str
    number: int
    sites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SyscallSites:
    """System calls by ascending number, and addresses whose number the code does not reveal.

    `invalid`: numbers for which Linux returns ENOSYS, with their addresses.
    """

    calls: tuple[CallSites, ...]
    unknown_sites: tuple[int, ...]
    invalid: dict[int, tuple[int, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the calls."""
        return tuple(call.name for call in self.calls)

    @property
    def sites(self) -> int:
        """The number of sites; one that makes several calls counts once."""
        known = {site for call in self.calls for site in call.sites}
        return len(known.union(self.unknown_sites, *self.invalid.values()))

    @property
    def unknown(self) -> int:
        """The number of sites whose number is unknown."""
        return len(self.unknown_sites)


def find_syscall_sites(elf: Any) -> SyscallSites:
    """Disassembles the code of an x86-64 ELF file."""
    from iced_x86 import Mnemonic, Register

    from unishim.elf.code import read_code
    from unishim.elf.data_flow import DataFlow

    sites: dict[int, set[int]] = defaultdict(set)
    unknown: set[int] = set()
    for code in read_code(elf):
        flow = DataFlow(code)
        for index, instruction in enumerate(code.instructions):
            if instruction.mnemonic != Mnemonic.SYSCALL:
                continue
            for address, number in flow.values(index, Register.RAX):
                if number is None:
                    unknown.add(address)
                else:
                    sites[number].add(address)
    known = {number: tuple(sorted(sites[number])) for number in sorted(sites)}
    table = by_number()
    return SyscallSites(
        tuple(CallSites(table[number].name, number, where) for number, where in known.items() if number in table),
        tuple(sorted(unknown)),
        {number: where for number, where in known.items() if number not in table},
    )
