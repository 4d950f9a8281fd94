"""`unishim inspect`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from unishim.elf.inspection import Inspection, ProgramHeader, inspect_binary
from unishim.elf.syscall_sites import SyscallSites
from unishim.errors import BinaryError
from unishim.printable import printable
from unishim.syscalls.provided import Provided, provided_calls


@click.command("inspect")
@click.option(
    "--syscalls", "only_calls", is_flag=True, help="Print only the system calls: number, call sites, providing library."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("binary")
def command(binary: str, only_calls: bool, as_json: bool) -> None:
    """Describe BINARY: its kind, whether it can be loaded, and which system calls it makes.

    \b
    unishim inspect ./hello
    unishim inspect --syscalls ./hello
    unishim inspect --json ./hello
    """
    found = inspect_binary(binary)
    if only_calls and found.syscalls is None:
        raise BinaryError(f"{binary}: {found.loading}")
    provided = provided_calls()
    calls = found.syscalls and _call_facts(found.syscalls, provided)
    if only_calls and found.syscalls:
        if as_json:
            click.echo(json.dumps({"path": found.path, **(calls or {})}, indent=2))
        else:
            _print_calls(found.syscalls, provided)
            if found.interpreter is not None:
                click.echo("its libraries make more calls; inspect them too")
    elif as_json:
        click.echo(json.dumps({**asdict(found), "syscalls": calls}, indent=2))
    else:
        _print(found, provided)


def _call_facts(found: SyscallSites, provided: Mapping[str, Provided]) -> dict[str, Any]:
    """The same facts for JSON. Sites are addresses in the file."""
    return {
        "sites": found.sites,
        "unknown": found.unknown,
        "unknown_sites": found.unknown_sites,
        "invalid": [{"number": number, "sites": sites} for number, sites in found.invalid.items()],
        "names": [{"name": name, "provided": name in provided} for name in found.names],
        "missing": [name for name in found.names if name not in provided],
        "calls": [
            {
                "name": call.name,
                "number": call.number,
                "library": provided[call.name].library if call.name in provided else None,
                "partial": provided[call.name].partial if call.name in provided else None,
                "sites": call.sites,
            }
            for call in found.calls
        ],
    }


def _print_calls(found: SyscallSites, provided: Mapping[str, Provided]) -> None:
    for call in found.calls:
        facts = provided.get(call.name)
        note = f"partial: {facts.partial}" if facts and facts.partial else ""
        library = facts.library if facts else "missing"
        click.echo(f"{call.number:>4}  {call.name:<24}{_count(len(call.sites)):<10}{library:<18}{note}".rstrip())
    for line in _other_lines(found):
        click.echo(line)
    missing = [name for name in found.names if name not in provided]
    click.echo(f"{len(found.calls)} calls, {len(missing)} missing" + (f": {', '.join(missing)}" if missing else ""))


def _other_lines(found: SyscallSites) -> list[str]:
    """Notes on call sites whose call has no name: an invalid number, or one that the code does not show."""
    lines = [
        f"{_count(len(sites))} with number {number}, which Linux does not define"
        for number, sites in found.invalid.items()
    ]
    if found.unknown:
        addresses = ", ".join(map(hex, found.unknown_sites[:4])) + (", ..." if found.unknown > 4 else "")
        lines.append(
            f"{_count(found.unknown)} whose number the code does not reveal: {addresses}; `unishim trace --summary` "
            "shows what a run calls"
        )
    return lines


def _count(sites: int) -> str:
    return f"{sites} site{'' if sites == 1 else 's'}"


def _print(found: Inspection, provided: Mapping[str, Provided]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    facts = Table.grid(padding=(0, 2))
    canary = {True: "yes", False: "no", None: "unknown (no symbols)"}[found.canary]
    for name, value in (
        ("file", found.path),
        ("type", found.type),
        ("machine", found.machine),
        ("entry", f"0x{found.entry:x}"),
        ("loading", found.loading),
        ("RELRO", found.relro),
        ("canary", canary),
        ("NX", "yes" if found.nx else "no"),
        ("PIE", "yes" if found.pie else "no"),
    ):
        facts.add_row(name, Text(printable(value)))
    console.print(facts)
    if found.program_headers:
        click.echo("Program headers:")
        click.echo("  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align")
        for header in found.program_headers:
            click.echo(readelf_line(header))
    if found.syscalls is None:
        return
    calls = Table(title=f"System calls ({found.syscalls.sites} sites)", title_justify="left", box=None, pad_edge=False)
    calls.add_column("Name")
    calls.add_column("Here")
    for name in found.syscalls.names:
        calls.add_row(name, "provided" if name in provided else "[red]missing[/red]")
    console.print(calls)
    for line in _other_lines(found.syscalls):
        click.echo(line)


def readelf_line(header: ProgramHeader) -> str:
    """A program header as `readelf -lW` prints it."""
    return (
        f"  {header.type:<14} 0x{header.offset:06x} 0x{header.virtual_address:016x} 0x{header.physical_address:016x} "
        f"0x{header.file_size:06x} 0x{header.memory_size:06x} {header.flags} {header.align:#x}"
    )
