"""Finds the host files for the program's paths, for debuggers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unishim.running.options import Options


def host_files(options: Options, argv: Sequence[str]) -> tuple[str | None, str | None]:
    """The program's file, unless it is in a root file system; and the directory that is the root, if there is one."""
    root = options.share if options.share is not None else options.initrd
    if root is None:
        return os.fspath(Path(shutil.which(argv[0]) or argv[0]).absolute()), None
    path = Path(os.fspath(root).removesuffix(":ro")).absolute()
    return (None, os.fspath(path)) if path.is_dir() else (os.fspath(path), None)
