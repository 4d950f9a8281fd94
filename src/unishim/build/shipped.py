"""Finds the kernel images in an installed wheel, without what a build imports."""

from __future__ import annotations

import os

import unishim
from unishim.platforms.registry import PLATFORMS

# hatch_build.py adds this to a wheel; a checkout does not have it.
_WHEEL_IMAGES = os.path.join(os.path.dirname(os.path.realpath(unishim.__file__)), "_images")


def variant_name(platform: str, *, debug: bool) -> str:
    """The name of the directory of a platform's default (or debug) configuration."""
    return f"{platform}-debug" if debug else platform


def default_name(platform: str) -> str:
    """The file name of the image of the default (or debug) configuration."""
    return f"elfloader_{PLATFORMS[platform].image_suffix}"


def shipped_default(platform: str, *, debug: bool = False) -> str | None:
    """The path of the wheel's image of the default (or debug) configuration; None in a checkout.

    Its symbols (`<image>.dbg`), `.config` and `include/` are next to it, as in a build directory.
    """
    image = os.path.join(_WHEEL_IMAGES, variant_name(platform, debug=debug), default_name(platform))
    return image if os.path.isfile(image) else None
