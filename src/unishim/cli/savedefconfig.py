"""`unishim savedefconfig`."""

from __future__ import annotations

import click

from unishim.cli.project_option import project_option


@click.command("savedefconfig")
@project_option("-C")
@click.argument("file", default="defconfig")
def command(folder: str | None, file: str) -> None:
    """Write the options of .config that differ from the defaults to FILE in the project (default: defconfig).

    `configuration = "defconfig"` in [kernel] of unishim.toml makes the project start from it.

    \b
    unishim savedefconfig
    unishim savedefconfig config_small
    """
    from unishim.project.configuring import save_minimum
    from unishim.project.folder import open_project
    from unishim.project.locking import locked

    project = open_project(folder)
    with locked(project):
        save_minimum(project, project.folder / file)
    click.echo(project.folder / file)
