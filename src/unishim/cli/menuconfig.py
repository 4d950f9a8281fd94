"""`unishim menuconfig`."""

from __future__ import annotations

import click

from unishim.cli.project_option import check_one_folder, project_option


@click.command("menuconfig")
@project_option("-C")
@click.option("-o", "--output", metavar="DIR", help="Use a build directory outside a project.")
def command(folder: str | None, output: str | None) -> None:
    """Change the kernel's configuration in menus, in a terminal.

    \b
    unishim menuconfig
    unishim menuconfig -o my-kernel && unishim build -o my-kernel
    """
    from pathlib import Path

    from unishim.build.menus import check_terminal, edit, edit_folder
    from unishim.project.configuring import complete
    from unishim.project.folder import open_project
    from unishim.project.locking import locked

    check_one_folder(folder, output)
    check_terminal()
    if output is not None:
        edit_folder(Path(output).absolute())
        return
    project = open_project(folder)
    with locked(project):
        edit(complete(project), project.configuration_file)
        complete(project)
