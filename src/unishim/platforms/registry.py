"""The platforms. A new one needs an entry here, a package next to this file, and a directory in `kernel/plat`."""

from __future__ import annotations

from unishim.errors import unknown_choice
from unishim.platforms.linux import Linux
from unishim.platforms.platform import Platform
from unishim.platforms.qemu import Qemu

# By name; the preferred platform is first.
PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (Linux(), Qemu())}
ALIASES = {alias: platform.name for platform in PLATFORMS.values() for alias in platform.aliases}


def find_platform(name: str, said_by: str = "--platform ", more: tuple[str, ...] = ()) -> Platform:
    """The platform with this name or alias.

    Raises UsageError if it is unknown; the message begins with `said_by` and lists the names in `more` too.
    """
    name = ALIASES.get(name, name)
    if name not in PLATFORMS:
        raise unknown_choice(f"{said_by}{name}", (*more, *PLATFORMS))
    return PLATFORMS[name]


def standalone_platform() -> Platform:
    """The platform whose images can become standalone files."""
    return next(platform for platform in PLATFORMS.values() if platform.makes_standalone_files)
