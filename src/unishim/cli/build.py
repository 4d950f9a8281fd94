"""`unishim build`."""

from __future__ import annotations

from typing import Any

import click

from unishim.cli.configuration_options import configuration_options
from unishim.cli.run_options import CONTEXT
from unishim.cli.standalone_options import build_standalone, refuse_without_standalone, standalone_options


@click.command("build", context_settings=CONTEXT)
@configuration_options
@click.option("-o", "--output", metavar="FOLDER", help="Build folder; default: the one that `unishim run` uses.")
@click.option("-v", "--verbose", is_flag=True, help="Show every command.")
@standalone_options
def command(
    platform: str | None,
    debug: bool,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    output: str | None,
    verbose: bool,
    standalone: bool,
    binary: str | None,
    arguments: tuple[str, ...],
    **run: Any,
) -> None:
    """Build the kernel and print the image's path; or, with --standalone, a program as one file with its kernel.

    A FOLDER that is configured already (unishim configure) is built as it is, unless options say otherwise.

    \b
    unishim build --debug
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n -o without-getcpu
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n --library ./getcpu -o my-kernel
    unishim configure --for ./hello -o small && unishim build -o small
    unishim build --standalone -o hello.standalone ./hello
    unishim build --standalone --initrd rootfs/ --env LANG=C -o app /bin/app --option
    """
    from pathlib import Path

    from unishim.build.image import build, default_folder
    from unishim.cli.configuration_options import parse_options
    from unishim.errors import UsageError
    from unishim.platforms.choice import choose_platform

    if standalone:
        if settings or libraries:
            raise UsageError(
                "--set and --library: build that kernel first, then name it with --standalone --kernel IMAGE"
            )
        if platform == "qemu":
            raise UsageError("--platform qemu: a standalone file is of the platform process; leave it out")
        click.echo(build_standalone(binary, arguments, output, debug, run))
        return
    refuse_without_standalone(binary)
    options = parse_options(platform, debug, settings)
    if (settings or libraries) and output is None:
        raise UsageError("--set and --library change the configuration; say with -o FOLDER where to build it")
    folder = Path(output).absolute() if output else default_folder(platform or choose_platform()[0], debug=debug)
    is_configured = output is not None and (folder / ".config").is_file()
    as_it_is = is_configured and not (debug or settings or libraries)
    paths = [Path(library) for library in libraries]
    click.echo(build(folder, None if as_it_is else options, paths, verbose=verbose))
