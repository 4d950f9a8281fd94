"""Where things lie in a source checkout."""

from __future__ import annotations

import os
from pathlib import Path

from unishim.errors import BuildError

PACKAGE = Path(__file__).resolve().parent


def kernel_sources() -> Path:
    """The kernel's sources."""
    folder = PACKAGE.parent.parent / "kernel"
    if not folder.is_dir():
        raise BuildError(f"{folder}: no kernel sources; run from a source checkout, or use --kernel IMAGE")
    return folder


def build_folder() -> Path:
    """Where images are built: $UNISHIM_BUILD_DIR, else build/ in the checkout."""
    override = os.environ.get("UNISHIM_BUILD_DIR")
    return Path(override).absolute() if override else kernel_sources().parent / "build"


def cache_folder() -> Path:
    """Where answers are kept that hold until the machine changes."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "unishim"
