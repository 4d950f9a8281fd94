"""The options of the commands that make a configuration of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click


def check_platform_option(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    """The platform that --platform names; None: it is not given. Raises UsageError."""
    from unishim.platforms.registry import find_platform

    return None if name is None else find_platform(name).name


_OPTIONS = [
    click.option(
        "-p",
        "--platform",
        metavar="PLATFORM",
        callback=check_platform_option,
        help="What it is for: linux or qemu; default: as `unishim run`.",
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
    from unishim.platforms.choice import choose_platform

    options = default_options(platform or choose_platform()[0].name, debug=bool(debug))
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
