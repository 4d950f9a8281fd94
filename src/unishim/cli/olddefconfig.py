"""`unishim olddefconfig`."""

from __future__ import annotations

import click

from unishim.cli.project_option import project_option


@click.command("olddefconfig")
@project_option("-C")
def command(folder: str | None) -> None:
    """Set the options that .config does not name to their defaults, and migrate a .config of an older version.

    Each change is printed as one line on stderr.

    \b
    unishim olddefconfig
    cp config_debug .config && unishim olddefconfig
    """
    from unishim.project.configuring import complete
    from unishim.project.folder import open_project
    from unishim.project.locking import locked

    project = open_project(folder)
    with locked(project):
        complete(project)
