"""Chooses the platform of a run if the user does not name one."""

from __future__ import annotations

import os

from unishim.platforms.registry import PLATFORMS, find_platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unishim.platforms.platform import Platform
    from unishim.running.options import Options

VARIABLE = "UNISHIM_PLATFORM"


def choose_platform(options: Options | None = None) -> tuple[Platform, str]:
    """The platform for a run with these options, and the reason. Raises UsageError."""
    named = os.environ.get(VARIABLE)
    if named and named != "auto":
        return find_platform(named, f"{VARIABLE}=", ("auto",)), f"set by {VARIABLE}"
    if options is not None:
        if options.kernel is not None and (platform := platform_of(options.kernel)):
            return platform, f"the kernel {os.path.basename(os.fspath(options.kernel))} was built for it"
        if platform := platform_by_options(options):
            return platform, platform.own_options_reason
    first, *others = PLATFORMS.values()
    obstacle = first.obstacle()
    if obstacle is None:
        return first, first.reason()
    return next((platform for platform in others if platform.obstacle() is None), first), obstacle


def platform_by_options(options: Options) -> Platform | None:
    """The platform whose own options were given, or None."""
    return next((platform for platform in PLATFORMS.values() if platform.has_own_options(options)), None)


def platform_of(kernel: str | os.PathLike[str]) -> Platform | None:
    """The platform that an image's name indicates, or None."""
    name = os.path.basename(os.fspath(kernel))
    return next((platform for platform in PLATFORMS.values() if name.endswith(f"_{platform.image_suffix}")), None)
