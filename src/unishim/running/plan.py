"""The parts of a plan that all platforms share: the platform itself, the kernel, shared directories."""

from __future__ import annotations

import os

from unishim.absolute_path import absolute
from unishim.build.shipped import shipped_default
from unishim.errors import UsageError
from unishim.printable import say
from unishim.running.options import TIMEOUT_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unishim.platforms.platform import Platform
    from unishim.platforms.shares import SharedFolder
    from unishim.running.options import Options


def with_platform(options: Options) -> tuple[Options, Platform]:
    """The options with the platform chosen, and the platform. Raises UsageError."""
    from unishim.platforms.choice import choose_platform, platform_of
    from unishim.platforms.registry import find_platform

    if options.platform is None or options.platform == "auto":
        platform, reason = choose_platform(options)
        if options.platform == "auto":
            say(f"unishim: platform {platform.name}: {reason}")
    else:
        platform = find_platform(options.platform)
    if options.timeout is not None and not 0 < options.timeout <= TIMEOUT_MAX:
        raise UsageError(
            f"--timeout {options.timeout}: must be above 0 and at most {TIMEOUT_MAX} seconds; omit it to wait without "
            "limit"
        )
    if options.paused and options.gdb is None:
        raise UsageError("--paused waits for gdb; add --gdb")
    if options.gdb is not None:
        from unishim.debug.remote.address import check_address

        check_address(options.gdb)
    if options.kernel is not None and platform_of(options.kernel) not in (None, platform):
        raise UsageError(f"--kernel {options.kernel}: not an image for the platform {platform.name}; see --platform")
    return options.replace(platform=platform.name), platform


def shares_of(options: Options) -> tuple[SharedFolder, ...]:
    """The directories of --share and --mount. Raises UsageError."""
    if options.share is None and not options.mounts:
        return ()
    from unishim.platforms.shares import shared_folders

    share = None if options.share is None else os.fspath(options.share)
    return shared_folders(share, options.mounts, has_initrd=options.initrd is not None)


def find_kernel(options: Options, platform: str) -> str:
    """The path of the image to run; it is built unless the user names one, or the wheel contains it."""
    if options.kernel is not None:
        kernel = os.fspath(options.kernel)
        if not os.path.isfile(kernel):
            raise UsageError(f"--kernel {kernel}: no such file; build one with: unishim build")
        return absolute(kernel)
    if shipped := shipped_default(platform, debug=options.debug):
        return shipped
    from unishim.build.image import ensure_image

    return os.fspath(ensure_image(platform, debug=options.debug))
