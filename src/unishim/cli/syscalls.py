"""`unishim syscalls`."""

from __future__ import annotations

import json
from typing import Any

import click

from unishim.syscalls.provided import Provided, provided_calls
from unishim.syscalls.table import Syscall, all_calls


@click.command("syscalls")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print the table of docs/system-calls.md.")
@click.option("--missing", is_flag=True, help="Print only the calls that no library provides.")
def command(as_json: bool, markdown: bool, missing: bool) -> None:
    """List the system calls of Linux, with the kernel library that provides each and what is missing.

    \b
    unishim syscalls
    unishim syscalls --missing
    unishim syscalls --json
    """
    provided = provided_calls()
    # Calls that Linux itself does not implement are not missing.
    calls = [call for call in all_calls() if not call.reserved]
    shown = [call for call in calls if not (missing and call.name in provided)]
    if as_json:
        click.echo(json.dumps([_facts(call, provided.get(call.name)) for call in shown], indent=2))
    elif markdown:
        click.echo(f"{len(provided)} of {len(calls)} calls are provided.\n")
        click.echo("| number | call | library | |\n| --- | --- | --- | --- |")
        for call in shown:
            arguments = ", ".join(_declaration(argument.kind.c_type, argument.name) for argument in call.arguments)
            library, note = _words(provided.get(call.name))
            click.echo(f"| {call.number} | `{call.name}({arguments})` | {library} | {note} |")
    else:
        for call in shown:
            library, note = _words(provided.get(call.name))
            click.echo(f"{call.number:>4}  {call.name:<24}{library:<18}{note}".rstrip())


def _facts(call: Syscall, provided: Provided | None) -> dict[str, Any]:
    return {
        "number": call.number,
        "name": call.name,
        "arguments": [
            {"name": argument.name, "type": argument.kind.c_type, "kind": argument.kind.text}
            for argument in call.arguments
        ],
        "library": provided.library if provided else None,
        "partial": provided.partial if provided else None,
    }


def _declaration(type_: str, name: str) -> str:
    return f"{type_}{name}" if type_.endswith("*") else f"{type_} {name}"


def _words(provided: Provided | None) -> tuple[str, str]:
    if provided is None:
        return "missing", ""
    return provided.library, f"partial: {provided.partial}" if provided.partial else ""
