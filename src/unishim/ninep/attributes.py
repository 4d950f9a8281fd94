"""Operations on attributes of files: getattr, setattr, statfs."""

from __future__ import annotations

import errno
import os

from unishim.ninep.host import UTIME_NOW, UTIME_OMIT, file_system, set_times
from unishim.ninep.messages import ATTRIBUTES, BODY, FILE_SYSTEM
from unishim.ninep.session import Session

# include/net/9p/9p.h: P9_STATS_BASIC, P9_SETATTR_
_BASIC = 0x7FF
_MODE, _USER, _GROUP, _SIZE = 0x1, 0x2, 0x4, 0x8
_ACCESSED, _MODIFIED, _CHANGED = 0x10, 0x20, 0x40
_ACCESSED_SET, _MODIFIED_SET = 0x80, 0x100

_SECOND = 1_000_000_000
_UNCHANGED = 0xFFFFFFFF  # chown(2): -1


def get_attributes(session: Session, number: int, _mask: int) -> int:
    """Tgetattr: returns everything except birth time, generation and data version, whatever is requested."""
    descriptor = session.fids[number].descriptor
    status = os.fstat(descriptor)
    ATTRIBUTES.pack_into(
        session.reply,
        BODY,
        _BASIC,
        *session.tree.qid(descriptor, status),
        status.st_mode,
        *session.tree.to_guest(status),
        status.st_nlink,
        status.st_rdev,
        status.st_size,
        status.st_blksize,
        status.st_blocks,
        *divmod(status.st_atime_ns, _SECOND),
        *divmod(status.st_mtime_ns, _SECOND),
        *divmod(status.st_ctime_ns, _SECOND),
        *(0, 0, 0, 0),
    )
    return BODY + ATTRIBUTES.size


def set_attributes(
    session: Session,
    number: int,
    valid: int,
    mode: int,
    user: int,
    group: int,
    size: int,
    accessed_seconds: int,
    accessed_nanoseconds: int,
    modified_seconds: int,
    modified_nanoseconds: int,
) -> int:
    """Tsetattr. If a later part fails, the earlier parts stay in effect.

    The owner is set before the mode, because chown(2) clears S_ISUID; the size before the times, because it sets one.
    """
    fid = session.fids[number]
    tree = session.tree
    # Only valid nanoseconds may be passed on: utimensat(2) interprets some invalid numbers as commands.
    accessed = _time(valid, _ACCESSED, _ACCESSED_SET, accessed_seconds, accessed_nanoseconds)
    modified = _time(valid, _MODIFIED, _MODIFIED_SET, modified_seconds, modified_nanoseconds)
    if valid & (_USER | _GROUP | _CHANGED):
        # Without an owner it only updates the change time, as QEMU does.
        owner = tree.to_host(
            user if valid & _USER and user != _UNCHANGED else None,
            group if valid & _GROUP and group != _UNCHANGED else None,
        )
        os.chown(b"%d" % fid.descriptor, *owner, dir_fd=tree.descriptors)
    if valid & _MODE:
        tree.change_mode(fid.descriptor, mode & 0o7777)
    if valid & _SIZE:
        # A file that is open for writing may have a mode that forbids writing.
        os.truncate(fid.descriptor if fid.is_writable else f"/proc/self/fd/{fid.descriptor}", size)
    if valid & (_ACCESSED | _MODIFIED):
        set_times(tree.descriptors, b"%d" % fid.descriptor, accessed, modified)
    return BODY


def _time(valid: int, is_wanted: int, is_given: int, seconds: int, nanoseconds: int) -> tuple[int, int]:
    if not valid & is_wanted:
        return 0, UTIME_OMIT
    if not valid & is_given:
        return 0, UTIME_NOW
    if nanoseconds >= _SECOND:
        raise OSError(errno.EINVAL, "invalid time")
    return seconds, nanoseconds


def get_file_system(session: Session, number: int) -> int:
    """Tstatfs."""
    FILE_SYSTEM.pack_into(session.reply, BODY, *file_system(session.fids[number].descriptor))
    return BODY + FILE_SYSTEM.size
