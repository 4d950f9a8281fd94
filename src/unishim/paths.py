"""Locations of files, in a source checkout or in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

from unishim.errors import BuildError

PACKAGE = Path(__file__).resolve().parent
# hatch_build.py adds this to a wheel; a checkout does not have it.
_WHEEL_KERNEL = PACKAGE / "_kernel"
_WHEEL_OBJECTS = PACKAGE / "_objects.zip"


def is_installed() -> bool:
    """Whether this is an installed wheel, with kernel images in it."""
    return _WHEEL_KERNEL.is_dir()


def kernel_sources() -> Path:
    """The kernel's sources: `kernel/` in a checkout, or the copy in a wheel."""
    if is_installed():
        return _WHEEL_KERNEL
    folder = PACKAGE.parent.parent / "kernel"
    if not folder.is_dir():
        raise BuildError(f"{folder}: no kernel sources; install a wheel (make wheel), or use --kernel IMAGE")
    return folder


def shipped_objects() -> Path | None:
    """The wheel's archive of compiled objects; None in a checkout."""
    return _WHEEL_OBJECTS if _WHEEL_OBJECTS.is_file() else None


def build_folder() -> Path:
    """The directory for builds: $UNISHIM_BUILD_DIR, else build/ in a checkout, or in the cache if installed."""
    override = os.environ.get("UNISHIM_BUILD_DIR")
    if override:
        return Path(override).absolute()
    return cache_folder() / "build" if is_installed() else kernel_sources().parent / "build"


def cache_folder() -> Path:
    """The directory for results that are valid until the machine changes, and for files that can be rebuilt."""
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base if base else os.path.expanduser("~/.cache")) / "unishim"  # noqa: PTH111 - works without a home, too


def object_store() -> Path:
    """The store of compiled objects by content, for all build directories of a user."""
    return cache_folder() / "objects"
