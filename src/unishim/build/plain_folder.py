"""Alternative names for directories whose paths make does not support: with white space, `$`, `:` and the like."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from unishim.paths import cache_folder

# What make and the shell treat as the end of a word or as an operator. A colon separates directories.
BAD_IN_PATHS = re.compile(r"[\s:;&|<>()$`'\"\\*?#%=\[\]{}~!]")


def plain_folder(folder: Path) -> Path:
    """The directory, or a symbolic link to it in the cache, always the same one: make knows its files by these names.

    Raises OSError.
    """
    if not BAD_IN_PATHS.search(os.fspath(folder)):
        return folder
    link = cache_folder() / "folders" / blake2b(os.fsencode(folder), digest_size=10).hexdigest()
    with suppress(OSError):
        if link.readlink() == folder:
            return link
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f"{link.name}.{os.getpid()}")
    new.symlink_to(folder, target_is_directory=True)
    new.replace(link)
    return link
