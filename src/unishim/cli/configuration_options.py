"""The options of the commands that make a configuration of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

_OPTIONS = [
    click.option("--debug", is_flag=True, help="The debug configuration: the kernel tells what it does."),
    click.option("--set", "settings", multiple=True, metavar="CONFIG_X=VALUE", help="Change an option."),
    click.option("--library", "libraries", multiple=True, metavar="FOLDER", help="Add a library of your own."),
]


def configuration_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --debug, --set and --library."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def parse_options(debug: bool, settings: Sequence[str]) -> dict[str, str]:
    """The options by name, without CONFIG_. Raises UsageError."""
    from unishim.build.configuration import DEBUG_OPTIONS
    from unishim.errors import UsageError

    options = dict(DEBUG_OPTIONS) if debug else {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set {setting}: no value; write CONFIG_X=y")
        options[name.removeprefix("CONFIG_")] = value
    return options
