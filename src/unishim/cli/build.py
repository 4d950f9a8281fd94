"""`unishim build`."""

from __future__ import annotations

import click


@click.command("build")
@click.option("--debug", is_flag=True, help="Build the debug configuration.")
@click.option("--set", "settings", multiple=True, metavar="CONFIG_X=VALUE", help="Change an option.")
@click.option("--library", "libraries", multiple=True, metavar="FOLDER", help="Add a library of your own.")
@click.option("-o", "--output", metavar="FOLDER", help="Build folder; default: the one that `unishim run` uses.")
@click.option("-v", "--verbose", is_flag=True, help="Show every command.")
def command(
    debug: bool, settings: tuple[str, ...], libraries: tuple[str, ...], output: str | None, verbose: bool
) -> None:
    """Build the kernel and print the image's path.

    \b
    unishim build --debug
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n -o without-getcpu
    unishim build --set CONFIG_LIBPOSIX_GETCPU=n --library ./getcpu -o my-kernel
    """
    from pathlib import Path

    from unishim.build.configuration import DEBUG_OPTIONS
    from unishim.build.image import build
    from unishim.errors import UsageError
    from unishim.paths import build_folder

    options = dict(DEBUG_OPTIONS) if debug else {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set {setting}: no value; write CONFIG_X=y")
        options[name.removeprefix("CONFIG_")] = value
    if (settings or libraries) and output is None:
        raise UsageError("--set and --library change the configuration; say with -o FOLDER where to build it")
    folder = Path(output).absolute() if output else build_folder() / ("qemu-debug" if debug else "qemu")
    click.echo(build(folder, options, [Path(library) for library in libraries], verbose=verbose))
