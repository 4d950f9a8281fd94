"""Reads a folder of the host.

What is packed is the folder's content and nothing of this machine: owners are root, numbers of files are new, and
times are fixed unless they are asked for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from unishim.errors import BinaryError, UsageError
from unishim.rootfs.entry import Entry, HostFile

# 1980-01-01, as early as a ZIP file can say: some programs refuse earlier times.
FIXED_TIME = 315_532_800
_BLOCK = 512  # bytes, the unit of st_blocks (stat(2))


class Times:
    """The times that entries get. $SOURCE_DATE_EPOCH (reproducible-builds' specification) fixes or limits them."""

    def __init__(self, *, keep: bool) -> None:
        """`keep`: whole seconds of the file's own. Raises UsageError for a malformed $SOURCE_DATE_EPOCH."""
        text = os.environ.get("SOURCE_DATE_EPOCH")
        if text is not None and not (text.isascii() and text.isdigit()):
            raise UsageError(f"SOURCE_DATE_EPOCH={text}: not a time; set it to seconds since 1970")
        self._keep = keep
        self._epoch = None if text is None else int(text)

    def of(self, own: float) -> int:
        """For a file whose own time is this."""
        if not self._keep:
            return FIXED_TIME if self._epoch is None else self._epoch
        return int(own) if self._epoch is None else min(int(own), self._epoch)


def scan_folder(folder: str | os.PathLike[str], times: Times, note: Callable[[str], None]) -> list[Entry]:
    """The entries below a folder, b"." first, in the order of their names' bytes.

    `note` gets a line about what is left out. Raises BinaryError for what cannot be read.
    """
    top = os.fsencode(folder)
    entries: list[Entry] = []
    try:
        entries.append(host_entry(b".", top, os.stat(top), times))  # noqa: PTH116 - bytes
        waiting = [(top, b"")]
        while waiting:
            path, prefix = waiting.pop()
            with os.scandir(path) as listing:
                for found in listing:
                    facts = found.stat(follow_symlinks=False)
                    if stat.S_ISSOCK(facts.st_mode):
                        note(f"{os.fsdecode(found.path)}: a socket; it is left out")
                        continue
                    name = prefix + found.name
                    entries.append(host_entry(name, found.path, facts, times))
                    if stat.S_ISDIR(facts.st_mode):
                        waiting.append((found.path, name + b"/"))
    except OSError as error:
        place = os.fsdecode(error.filename or top)
        raise BinaryError(f"{place}: cannot be read: {error.strerror}; change its permissions") from None
    entries.sort(key=lambda entry: b"" if entry.name == b"." else entry.name)
    return entries


def host_entry(name: bytes, path: bytes, facts: os.stat_result, times: Times) -> Entry:
    """A file of the host under a name of the archive. Raises OSError for a symbolic link that cannot be read."""
    mode = facts.st_mode
    entry = Entry(name, mode, times.of(facts.st_mtime))
    if stat.S_ISREG(mode):
        entry.size = facts.st_size
        entry.content = HostFile(path, has_holes=facts.st_blocks * _BLOCK < facts.st_size)
        if facts.st_nlink > 1:
            entry.link = facts.st_dev, facts.st_ino
    elif stat.S_ISLNK(mode):
        entry.target = os.readlink(path)  # noqa: PTH115 - bytes
    elif entry.is_device:
        entry.device = os.major(facts.st_rdev), os.minor(facts.st_rdev)
    return entry
