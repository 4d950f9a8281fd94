"""Other names for folders whose own make cannot take, with white space, `$`, `:` and the like in them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from unishim.paths import cache_folder

# What make and the shell take as the end of a word, or as an operator. A colon separates folders.
BAD_IN_PATHS = re.compile(r"[\s:;&|<>()$`'\"\\*?#%=\[\]{}~!]")


def plain_folder(folder: Path) -> Path:
    """The folder, or a symbolic link to it in the cache, the same each time: make knows its files by these names.

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
