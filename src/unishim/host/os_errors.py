"""What an error of the operating system means for who called unishim, in one line with the mend."""

from __future__ import annotations

import errno
import os

_MENDS = {
    errno.ENOSPC: "make room on that disk, or name a place on another one",
    errno.EDQUOT: "make room in your quota, or name a place on another disk",
    errno.EACCES: "change its permissions, or name another place",
    errno.EPERM: "change its permissions, or name another place",
    errno.EROFS: "name a place that can be written",
    errno.ENOENT: "make the folder first, or name another place",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "name a folder where one is meant",
    errno.EMFILE: "allow more open files with: ulimit -n",
    errno.ENFILE: "end programs that hold many files open",
    errno.ENOMEM: "end other programs, or give the machine more memory",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ETXTBSY: "end the program that runs from that file first",
}


def explain_os_error(error: OSError, what: str | None = None) -> str:
    """`what` (without it, the file that the error names), the system's reason, and the mend where one is known."""
    place = what or (os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "")
    reason = error.strerror or str(error)
    mend = _MENDS.get(error.errno or 0)
    return f"{place}{': ' if place else ''}{reason}" + (f"; {mend}" if mend else "")
