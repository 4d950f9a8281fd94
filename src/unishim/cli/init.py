"""`unishim init`."""

from __future__ import annotations

import click


@click.command("init")
@click.option(
    "-t", "--template", required=True, metavar="TEMPLATE", help="Start from this template; `unishim list` lists them."
)
@click.argument("name")
def command(template: str, name: str) -> None:
    """Create a project in the directory NAME from a template.

    \b
    unishim init -t helloworld hello && cd hello && make run
    unishim init -t missing-syscall exercise
    """
    import shlex
    from pathlib import Path

    from unishim.project.templates import find_template, make_project

    folder = Path(name)
    make_project(find_template(template), folder)
    click.echo(f"{folder}: created from the template {template}; next: cd {shlex.quote(name)} && make run")
