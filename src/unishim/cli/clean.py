"""`unishim clean`."""

from __future__ import annotations

import click

from unishim.cli.project_option import project_option


@click.command("clean")
@project_option("-C")
@click.option("-p", "--proper", is_flag=True, help="Remove the whole build directory.")
@click.option("--dist", is_flag=True, help="Remove the build directory and .config.")
def command(folder: str | None, proper: bool, dist: bool) -> None:
    """Remove a project's program (by the project's own clean command) and its kernel.

    \b
    unishim clean
    unishim clean -p
    unishim clean --dist -C hello
    """
    from unishim.project.cleaning import clean
    from unishim.project.folder import open_project

    clean(open_project(folder), proper=proper, configuration=dist)
