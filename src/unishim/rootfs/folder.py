"""Reads a directory of the host.

The archive contains the directory's content and nothing about this machine: root owns everything, inode numbers are
new, and times are fixed unless the user wants to keep them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from unishim.errors import BinaryError, UsageError
from unishim.rootfs.entry import Entry, HostFile

# 1980-01-01, the earliest time that a ZIP file can store: some programs reject earlier ones.
FIXED_TIME = 315_532_800
_DIGITS_MAX = 20  # of $SOURCE_DATE_EPOCH
_BLOCK = 512  # bytes, the unit of st_blocks (stat(2))


class Times:
    """The times of entries. $SOURCE_DATE_EPOCH (reproducible-builds' specification) fixes or limits them."""

    def __init__(self, *, keep: bool) -> None:
        """`keep`: use the file's own times, in whole seconds. Raises UsageError for a malformed $SOURCE_DATE_EPOCH."""
        text = os.environ.get("SOURCE_DATE_EPOCH")
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
            raise UsageError(f"SOURCE_DATE_EPOCH={text}: not a time; set it to seconds since 1970")
        self._keep = keep
        self._epoch = None if text is None else int(text)

    def of(self, own: float) -> int:
        """The time to store for a file with this time of its own."""
        if not self._keep:
            return FIXED_TIME if self._epoch is None else self._epoch
        return int(own) if self._epoch is None else min(int(own), self._epoch)


def scan_folder(folder: str | os.PathLike[str], times: Times, note: Callable[[str], None]) -> list[Entry]:
    """The entries of a directory tree, b"." first, in the byte order of their names.

    `note` is called with a line about each file that is left out. Raises BinaryError for unreadable files.
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
                        note(f"{os.fsdecode(found.path)}: is a socket and was left out")
                        continue
                    name = prefix + found.name
                    entries.append(host_entry(name, found.path, facts, times))
                    if stat.S_ISDIR(facts.st_mode):
                        waiting.append((found.path, name + b"/"))
    except OSError as error:
        place = os.fsdecode(error.filename or top)
        raise BinaryError(f"{place}: cannot read it: {error.strerror}; change its permissions") from None
    entries.sort(key=lambda entry: b"" if entry.name == b"." else entry.name)
    return entries


def host_entry(name: bytes, path: bytes, facts: os.stat_result, times: Times) -> Entry:
    """An entry for a file of the host, with its name in the archive. Raises OSError for an unreadable symbolic link."""
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
