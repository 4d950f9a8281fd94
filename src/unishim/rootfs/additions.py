"""`--add HOST[:GUEST]`: files and directories of the host that are packed too."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from unishim.errors import BinaryError, BinaryNotFoundError, UsageError
from unishim.rootfs.folder import Times, host_entry, scan_folder
from unishim.rootfs.names import absolute_path, member_name
from unishim.rootfs.tree import Tree


def add_all(tree: Tree, additions: Sequence[str], note: Callable[[str], None]) -> None:
    """Adds files as the arguments of --add say. Without GUEST a file gets its own absolute path. Times are kept.

    If HOST itself is a symbolic link, it is followed. Raises UsageError, BinaryNotFoundError, BinaryError.
    """
    times = Times(keep=True)
    for word in additions:
        host, guest = _split(word)
        path = os.fsencode(host)
        try:
            facts = os.stat(path)  # noqa: PTH116 - bytes
            name = member_name(os.fsencode(guest), f"--add {word}")
            if stat.S_ISDIR(facts.st_mode):
                tree.add_all(scan_folder(host, times, note), name)
            elif name == b".":
                raise UsageError(f"--add {word}: a file cannot be the root; write --add {host}:/NAME")
            else:
                tree.add(host_entry(name, path, facts, times))
        except (FileNotFoundError, NotADirectoryError):
            raise BinaryNotFoundError(f"--add {word}: no such file or directory") from None
        except OSError as error:
            raise BinaryError(f"--add {word}: cannot read it: {error.strerror}") from None


def _split(word: str) -> tuple[str, str]:
    """Splits at the last colon, unless no absolute path follows it and a file with the whole name exists."""
    host, colon, guest = word.rpartition(":")
    if not colon or (not guest.startswith("/") and Path(word).exists()):
        host, guest = word, absolute_path(word)
    if not host:
        raise UsageError(f"--add {word}: does not name a file; write HOST or HOST:/GUEST")
    return host, guest
