"""Where things lie: in a source checkout, or in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

from unishim.errors import BuildError

PACKAGE = Path(__file__).resolve().parent
# What hatch_build.py puts into a wheel, and no checkout has.
_WHEEL_KERNEL = PACKAGE / "_kernel"
_WHEEL_IMAGES = PACKAGE / "_images"
_WHEEL_OBJECTS = PACKAGE / "_objects.zip"


def is_installed() -> bool:
    """Whether this is an installed wheel, with kernel images in it."""
    return _WHEEL_KERNEL.is_dir()


def kernel_sources() -> Path:
    """The kernel's sources: `kernel/` of the checkout, or what the wheel carries of it."""
    if is_installed():
        return _WHEEL_KERNEL
    folder = PACKAGE.parent.parent / "kernel"
    if not folder.is_dir():
        raise BuildError(f"{folder}: no kernel sources; install a wheel (make wheel), or use --kernel IMAGE")
    return folder


def shipped_image(folder: str, name: str) -> Path | None:
    """The wheel's image of this name, in the folder of its configuration; None in a checkout.

    Beside it lie its symbols (`<image>.dbg`), its `.config` and `include/`, as in a build folder.
    """
    image = _WHEEL_IMAGES / folder / name
    return image if image.is_file() else None


def shipped_objects() -> Path | None:
    """The wheel's archive of compiled objects; None in a checkout."""
    return _WHEEL_OBJECTS if _WHEEL_OBJECTS.is_file() else None


def build_folder() -> Path:
    """Where images are built: $UNISHIM_BUILD_DIR, else build/ in the checkout, or in the cache when installed."""
    override = os.environ.get("UNISHIM_BUILD_DIR")
    if override:
        return Path(override).absolute()
    return cache_folder() / "build" if is_installed() else kernel_sources().parent / "build"


def cache_folder() -> Path:
    """Where answers are kept that hold until the machine changes, and what can be built again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base if base else os.path.expanduser("~/.cache")) / "unishim"  # noqa: PTH111 - without a home, too


def object_store() -> Path:
    """Where compiled objects are kept by content, for all build folders of a person."""
    return cache_folder() / "objects"
