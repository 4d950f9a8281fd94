"""The options of the commands that configure a kernel."""

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
        help="Target platform: linux or qemu; default: the one `unishim run` picks.",
    ),
    click.option(
        "--debug/--no-debug", default=None, help="Use the debug configuration, whose kernel logs what it does."
    ),
    click.option("--set", "settings", multiple=True, metavar="CONFIG_X=VALUE", help="Set an option (repeatable)."),
    click.option("--library", "libraries", multiple=True, metavar="DIR", help="Add your own library (repeatable)."),
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
    """The options in the arguments of --set, without CONFIG_. Raises UsageError."""
    from unishim.errors import UsageError

    options = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set {setting}: no value; write CONFIG_X=y")
        options[name.removeprefix("CONFIG_")] = value
    return options
