"""The options of the commands that make a configuration of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from unishim.runner import PLATFORMS

_OPTIONS = [
    click.option(
        "-p", "--platform", type=click.Choice(PLATFORMS), default="qemu", show_default=True, help="What it is for."
    ),
    click.option("--debug", is_flag=True, help="The debug configuration: the kernel tells what it does."),
    click.option("--set", "settings", multiple=True, metavar="CONFIG_X=VALUE", help="Change an option."),
    click.option("--library", "libraries", multiple=True, metavar="FOLDER", help="Add a library of your own."),
]


def configuration_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --platform, --debug, --set and --library."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def parse_options(platform: str, debug: bool, settings: Sequence[str]) -> dict[str, str]:
    """The options by name, without CONFIG_. Raises UsageError."""
    from unishim.build.image import default_options
    from unishim.errors import UsageError

    options = default_options(platform, debug=debug)
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set {setting}: no value; write CONFIG_X=y")
        options[name.removeprefix("CONFIG_")] = value
    return options
