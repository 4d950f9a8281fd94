"""`unishim build`."""

from __future__ import annotations

import click

from unishim.cli.configuration_options import configuration_options


@click.command("build")
@configuration_options
@click.option("-o", "--output", metavar="FOLDER", help="Build folder; default: the one that `unishim run` uses.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Compilers at once; default: processors.")
@click.option("-v", "--verbose", is_flag=True, help="Show every command.")
def command(
    platform: str | None,
    debug: bool,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    output: str | None,
    jobs: int | None,
    verbose: bool,
) -> None:
    """Build the kernel and print the image's path.

    A FOLDER that is configured already (unishim configure) is built as it is, unless options say otherwise.

    \b
    unishim build --debug
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n -o without-getcpu
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n --library ./getcpu -o my-kernel
    unishim configure --for ./hello -o small && unishim build -o small
    """
    from pathlib import Path

    from unishim.build.image import build, default_folder
    from unishim.cli.configuration_options import parse_options
    from unishim.errors import UsageError
    from unishim.platforms.choice import choose_platform

    options = parse_options(platform, debug, settings)
    if (settings or libraries) and output is None:
        raise UsageError("--set and --library change the configuration; say with -o FOLDER where to build it")
    folder = Path(output).absolute() if output else default_folder(platform or choose_platform()[0], debug=debug)
    is_configured = output is not None and (folder / ".config").is_file()
    as_it_is = is_configured and not (debug or settings or libraries)
    paths = [Path(library) for library in libraries]
    click.echo(build(folder, None if as_it_is else options, paths, verbose=verbose, jobs=jobs))
