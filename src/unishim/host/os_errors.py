"""Explains an error of the operating system in one line, with a fix."""

from __future__ import annotations

import errno
import os

_FIXES = {
    errno.ENOSPC: "free some space on that disk, or name a file on another disk",
    errno.EDQUOT: "free some of your quota, or name a file on another disk",
    errno.EACCES: "change its permissions, or name another file",
    errno.EPERM: "change its permissions, or name another file",
    errno.EROFS: "name a file on a writable file system",
    errno.ENOENT: "create the directory first, or name another file",
    errno.EISDIR: "name a file, not a directory",
    errno.ENOTDIR: "name a directory where one is required",
    errno.EMFILE: "raise the limit of open files with: ulimit -n",
    errno.ENFILE: "end programs that have many open files",
    errno.ENOMEM: "end other programs, or add memory to this machine",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ETXTBSY: "first end the program that runs from that file",
}


def explain_os_error(error: OSError, what: str | None = None) -> str:
    """`what` (default: the file that the error names), the system's reason, and a fix if one is known."""
    place = what or (os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "")
    reason = error.strerror or str(error)
    fix = _FIXES.get(error.errno or 0)
    return f"{place}{': ' if place else ''}{reason}" + (f"; {fix}" if fix else "")
