"""The options of the commands that make a configuration of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

_OPTIONS = [
    click.option(
        "-p", "--platform", metavar="PLATFORM", help="What it is for: process or qemu; default: as `unishim run`."
    ),
    click.option(
        "--debug/--no-debug", default=None, help="The debug configuration, whose kernel tells what it does; or not."
    ),
    click.option("--set", "settings", multiple=True, metavar="CONFIG_X=VALUE", help="Change an option."),
    click.option("--library", "libraries", multiple=True, metavar="FOLDER", help="Add a library of your own."),
]


def configuration_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --platform, --debug, --set and --library."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def parse_options(platform: str | None, debug: bool | None, settings: Sequence[str]) -> dict[str, str]:
    """The options by name, without CONFIG_. Raises UsageError."""
    from unishim.build.image import default_options
    from unishim.platforms.choice import check_platform, choose_platform

    options = default_options(check_platform(platform) if platform else choose_platform()[0], debug=bool(debug))
    return options | parse_settings(settings)


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """The options that the words of --set say, without CONFIG_. Raises UsageError."""
    from unishim.errors import UsageError

    options = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set {setting}: no value; write CONFIG_X=y")
        options[name.removeprefix("CONFIG_")] = value
    return options
