"""`unishim init`."""

from __future__ import annotations

import click


@click.command("init")
@click.option("-t", "--template", required=True, metavar="TEMPLATE", help="What to begin with; see unishim list.")
@click.argument("name")
def command(template: str, name: str) -> None:
    """Make a project: the folder NAME, with all that the template has.

    \b
    unishim init -t helloworld hello && cd hello && make run
    unishim init -t missing-syscall exercise
    """
    import shlex
    from pathlib import Path

    from unishim.project.templates import find_template, make_project

    folder = Path(name)
    make_project(find_template(template), folder)
    click.echo(f"{folder}: made of the template {template}; next: cd {shlex.quote(name)} && make run")
