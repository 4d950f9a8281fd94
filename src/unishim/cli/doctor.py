"""`unishim doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import click

from unishim.printable import printable

if TYPE_CHECKING:
    from unishim.host.check import Check

_COLOURS = {"ok": "green", "limited": "yellow", "missing": "yellow", "untried": "dim", "failed": "red"}


@click.command("doctor", epilog="The exit status is 0 when at least one platform works, else 1.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Check what this machine supports, and how to fix what is missing.

    Whatever can be tried is tried: system call dispatch, filters, namespaces, KVM, a run of a small program.

    \b
    unishim doctor
    unishim doctor --json
    """
    from unishim.host.checks import run_checks, working_platforms

    checks = run_checks()
    platforms = working_platforms(checks)
    if as_json:
        click.echo(json.dumps({"platforms": platforms, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        _print_table(checks) if sys.stdout.isatty() else _print_lines(checks)
        click.echo(f"platforms that work: {', '.join(platforms) or 'none'}")
    sys.exit(0 if platforms else 1)


def _print_lines(checks: list[Check]) -> None:
    for group, members in groupby(checks, key=lambda check: check.group):
        click.echo(f"{group}:")
        for check in members:
            fix = f"; {check.fix}" if check.fix else ""
            click.echo(printable(f"  {check.state:<9}{check.name:<24}{check.detail}{fix}"))


def _print_table(checks: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "state", "what", "", "fix"):
        table.add_column(heading)
    for group, members in groupby(checks, key=lambda check: check.group):
        title = group
        for check in members:
            colour = _COLOURS[check.state]
            words = (check.name, check.detail, check.fix or "")
            table.add_row(title, Text(check.state, colour), *(Text(printable(word)) for word in words))
            title = ""
    Console(highlight=False).print(table)
