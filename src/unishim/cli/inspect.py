"""`unishim inspect`."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict

import click

from unishim.elf.inspection import Inspection, ProgramHeader, inspect_binary
from unishim.syscalls.provided import provided_calls


@click.command("inspect")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("binary")
def command(binary: str, as_json: bool) -> None:
    """Say what BINARY is, whether it can be loaded, and which system calls it makes.

    \b
    unishim inspect ./hello
    unishim inspect --json ./hello
    """
    found = inspect_binary(binary)
    provided = provided_calls()
    if as_json:
        facts = asdict(found)
        if found.syscalls:
            facts["syscalls"]["names"] = [{"name": name, "provided": name in provided} for name in found.syscalls.names]
        click.echo(json.dumps(facts, indent=2))
        return
    _print(found, provided)


def _print(found: Inspection, provided: Collection[str]) -> None:
    from rich.console import Console
    from rich.table import Table

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
        facts.add_row(name, value)
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
    if found.syscalls.unknown:
        console.print(f"{found.syscalls.unknown} sites take their number from elsewhere")


def readelf_line(header: ProgramHeader) -> str:
    """A program header as `readelf -lW` prints it."""
    return (
        f"  {header.type:<14} 0x{header.offset:06x} 0x{header.virtual_address:016x} 0x{header.physical_address:016x} "
        f"0x{header.file_size:06x} 0x{header.memory_size:06x} {header.flags} {header.align:#x}"
    )
