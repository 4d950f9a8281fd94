"""`unishim up`."""

from __future__ import annotations

import sys

import click

from unishim.cli.configuration_options import check_platform_option


@click.command("up")
@click.option(
    "-t", "--template", required=True, metavar="TEMPLATE", help="Start from this template; `unishim list` lists them."
)
@click.option(
    "-p",
    "--platform",
    metavar="PLATFORM",
    callback=check_platform_option,
    help="Target platform: linux or qemu; default: the one that works here.",
)
@click.argument("name")
def command(template: str, platform: str | None, name: str) -> None:
    """Create a project, configure it, build it and run it: init, configure, build and run in one command.

    The exit status is the program's.

    \b
    unishim up -t helloworld hello
    unishim up -t dynamic-app -p qemu app
    """
    from pathlib import Path

    from unishim.platforms.registry import PLATFORMS
    from unishim.project.building import build_kernel, build_program
    from unishim.project.configuring import configure
    from unishim.project.locking import locked
    from unishim.project.project_file import read_project
    from unishim.project.running import project_run
    from unishim.project.templates import find_template, make_project
    from unishim.running.options import Options
    from unishim.running.runner import run_with

    options = {} if platform is None else {PLATFORMS[platform].symbol: "y"}
    folder = Path(name)
    make_project(find_template(template), folder)
    project = read_project(folder)
    with locked(project):
        configure(project, options)
        build_program(project)
        build_kernel(project)
    sys.exit(run_with(*project_run(folder, Options(quiet=False), (), None, ())).status)
