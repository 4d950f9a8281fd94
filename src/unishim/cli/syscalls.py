"""`unishim syscalls`."""

from __future__ import annotations

import json

import click

from unishim.syscalls.provided import provided_calls
from unishim.syscalls.table import all_calls


@click.command("syscalls")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print the table of docs/system-calls.md.")
def command(as_json: bool, markdown: bool) -> None:
    """Print the system calls of Linux: which library of the kernel provides each, and which are missing.

    \b
    unishim syscalls
    unishim syscalls --json
    """
    libraries = provided_calls()
    # What Linux itself does not answer is not missing.
    calls = [call for call in all_calls() if not call.reserved]
    if as_json:
        rows = [
            {"number": call.number, "name": call.name, "arguments": call.arguments, "library": libraries.get(call.name)}
            for call in calls
        ]
        click.echo(json.dumps(rows, indent=2))
    elif markdown:
        click.echo(f"{len(libraries)} of {len(calls)} calls are provided.\n")
        click.echo("| number | call | library |\n| --- | --- | --- |")
        for call in calls:
            arguments = ", ".join(call.arguments)
            click.echo(f"| {call.number} | `{call.name}({arguments})` | {libraries.get(call.name, 'missing')} |")
    else:
        for call in calls:
            click.echo(f"{call.number:>4}  {call.name:<24}{libraries.get(call.name, 'missing')}")
