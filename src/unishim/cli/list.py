"""`unishim list`."""

from __future__ import annotations

import click


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List templates, the kernel's libraries and their options, platforms and architectures.

    Shows what is available here, and how to get what is not.

    \b
    unishim list
    unishim list --json
    """
    from unishim.project.catalogue import catalogue

    sections = catalogue()
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps({name: [asdict(item) for item in items] for name, items in sections.items()}, indent=2))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from unishim.printable import printable_lines

    console = Console()
    for name, items in sections.items():
        has_options = any(item.options for item in items)
        columns = ["name", "about", *(["options"] if has_options else []), "here"]
        table = Table(*columns, title=name, title_justify="left", title_style="bold", box=None)
        for item in items:
            options = "\n".join(option.name for option in item.options)
            fix = "yes" if item.fix is None else item.fix
            words = [item.name, item.about, *([options] if has_options else []), fix]
            table.add_row(*(Text(printable_lines(word)) for word in words))
        console.print(table)
        console.print()
