"""`unishim build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from unishim.cli.configuration_options import configuration_options
from unishim.cli.project_option import check_one_folder, project_option
from unishim.cli.run_options import CONTEXT
from unishim.cli.standalone_options import build_standalone, refuse_without_standalone, standalone_options
from unishim.project.folder import is_project

if TYPE_CHECKING:
    from pathlib import Path


@click.command("build", context_settings=CONTEXT)
@configuration_options
@project_option("-C")
@click.option("-o", "--output", metavar="DIR", help="Build directory; default: the one that `unishim run` uses.")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Run N compilers at once; default: one per processor."
)
@click.option("-v", "--verbose", is_flag=True, help="Show every command.")
@standalone_options
def command(
    platform: str | None,
    debug: bool | None,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    folder: str | None,
    output: str | None,
    jobs: int | None,
    verbose: bool,
    standalone: bool,
    binary: str | None,
    arguments: tuple[str, ...],
    **packing: Any,
) -> None:
    """Build the kernel and print the image's path; in a project's directory, build its program and its kernel.

    With --standalone, write a program and its kernel as one file, which needs nothing but Linux.

    If the directory given with -o is configured (unishim configure), it is built as it is, unless options change it.

    \b
    unishim build
    unishim build --debug
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n -o without-getcpu
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n --library ./getcpu -o my-kernel
    unishim configure --for ./hello -o small && unishim build -o small
    unishim build --standalone -o hello.standalone ./hello
    unishim build --standalone --initrd rootfs/ --env LANG=C -o app /bin/app --option
    """
    from pathlib import Path

    from unishim.build.image import build, default_folder
    from unishim.build.standalone import require_standalone
    from unishim.cli.configuration_options import parse_options
    from unishim.errors import UsageError
    from unishim.platforms.choice import choose_platform

    if standalone:
        if settings or libraries:
            raise UsageError(
                "--set and --library: build that kernel first, then name it with --standalone --kernel IMAGE"
            )
        require_standalone(platform)
        click.echo(build_standalone(folder, binary, arguments, output, bool(debug), packing))
        return
    refuse_without_standalone(binary, packing)
    check_one_folder(folder, output)
    options = parse_options(platform, debug, settings)
    if output is None and is_project(folder):
        if settings or libraries:
            raise UsageError(
                "--set, --library: a project is built as configured; see unishim configure and libraries in "
                "unishim.toml"
            )
        click.echo(_build_project(folder, platform, debug=bool(debug), jobs=jobs, verbose=verbose))
        return
    if (settings or libraries) and output is None:
        raise UsageError("--set and --library change the configuration; name a build directory with -o DIR")
    build_folder = (
        Path(output).absolute() if output else default_folder(platform or choose_platform()[0].name, debug=bool(debug))
    )
    is_configured = output is not None and (build_folder / ".config").is_file()
    as_it_is = is_configured and not (debug or settings or libraries)
    paths = [Path(library) for library in libraries]
    click.echo(build(build_folder, None if as_it_is else options, paths, verbose=verbose, jobs=jobs))


def _build_project(folder: str | None, platform: str | None, *, debug: bool, jobs: int | None, verbose: bool) -> Path:
    from unishim.project.building import build_kernel, build_program
    from unishim.project.folder import open_project
    from unishim.project.locking import locked

    project = open_project(folder)
    with locked(project):
        build_program(project)
        return build_kernel(project, platform, debug=debug, jobs=jobs, verbose=verbose)
