"""Operations on open files: open, create, read, write, fsync, locks."""

from __future__ import annotations

import errno
import fcntl
import os
import stat

from unishim.ninep.connecting import reply_string
from unishim.ninep.fids import Fid
from unishim.ninep.messages import BODY, COUNT, DATA, LOCK, OPENED, WRITE_DATA
from unishim.ninep.session import Session
from unishim.ninep.tree import check_name

# Open flags that are passed to the host (P9_DOTL_ in include/net/9p/9p.h). Other flags are the client's business
# (O_NONBLOCK; O_NOFOLLOW, because links are never opened), or impossible for the server (O_DIRECT: aligned memory).
_ACCESS = 0o3
_EXCLUSIVE = 0o200
_HOST_FLAGS = {
    0o1000: os.O_TRUNC,
    0o2000: os.O_APPEND,
    0o10000: os.O_DSYNC,
    0o200000: os.O_DIRECTORY,
    0o4010000: os.O_SYNC,
}
# File types that cannot be opened: a device would give the guest access to the host's hardware, as on a mount without
# `nodev` (mount(8)); FIFOs and sockets are the guest kernel's business, and opening a FIFO could block the server.
_REFUSED = {
    stat.S_IFCHR: errno.EACCES,
    stat.S_IFBLK: errno.EACCES,
    stat.S_IFIFO: errno.ENXIO,
    stat.S_IFSOCK: errno.ENXIO,
}
_LOCKED, _BLOCKED = 0, 1  # status in Rlock
_LOCK_BLOCK = 1  # flag: the client is willing to wait

# From this size on splice(2), which saves a copy by passing the file's pages to the socket, is faster than reading.
_SPLICE_MIN = 32 << 10


def open_file(session: Session, number: int, flags: int) -> int:
    """Tlopen. O_CREAT is ignored, as in QEMU; Tlcreate creates files."""
    fid = session.fids[number]
    if fid.is_open:
        raise OSError(errno.EINVAL, "the fid is open")
    host_flags = _host_flags(flags)
    if session.tree.read_only and host_flags & (os.O_ACCMODE | os.O_TRUNC):
        raise OSError(errno.EROFS, "the share is read-only")
    fid.become_open(_open_again(session, fid.descriptor, host_flags), is_writable=_writes(host_flags))
    return _reply_opened(session, fid.descriptor)


def create_file(session: Session, number: int, name: bytes, flags: int, mode: int, _group: int) -> int:
    """Tlcreate: creates a file or, without O_EXCL, opens an existing one; the directory's fid then refers to the file.

    The host chooses the file's group: the directory's if it has S_ISGID, as on Linux.
    """
    fid = session.fids[number]
    if fid.is_open:
        raise OSError(errno.EINVAL, "the fid is open")
    check_name(name)
    host_flags = _host_flags(flags) & ~os.O_DIRECTORY
    descriptor = _create(session, fid.descriptor, name, host_flags, mode)
    if descriptor is None and flags & _EXCLUSIVE:
        raise OSError(errno.EEXIST, "the file exists")
    if descriptor is None:
        existing = session.tree.open_name(fid.descriptor, name)
        try:
            descriptor = _open_again(session, existing, host_flags)
        finally:
            os.close(existing)
    fid.become_open(descriptor, is_writable=_writes(host_flags))
    return _reply_opened(session, descriptor)


def _create(session: Session, folder: int, name: bytes, host_flags: int, mode: int) -> int | None:
    """Creates a file and opens it; None if the name exists."""
    try:
        descriptor = os.open(name, host_flags | os.O_CREAT | os.O_EXCL, mode & 0o7777, dir_fd=folder)
    except FileExistsError:
        return None
    session.tree.correct_mode(descriptor, mode)
    return descriptor


def _host_flags(flags: int) -> int:
    access = flags & _ACCESS
    if access == _ACCESS:
        raise OSError(errno.EINVAL, "invalid access mode")
    for flag, host in _HOST_FLAGS.items():
        if flags & flag == flag:
            access |= host
    return access


def _writes(host_flags: int) -> bool:
    return host_flags & os.O_ACCMODE != os.O_RDONLY


def _open_again(session: Session, descriptor: int, host_flags: int) -> int:
    status = os.fstat(descriptor)
    refusal = _REFUSED.get(stat.S_IFMT(status.st_mode))
    if refusal is not None:
        raise OSError(refusal, "neither a file nor a directory")
    session.tree.qid(descriptor, status)  # raises for files that are not shared, before O_TRUNC
    return session.tree.open_again(descriptor, host_flags)


def _reply_opened(session: Session, descriptor: int) -> int:
    qid = session.tree.qid(descriptor, os.fstat(descriptor))
    OPENED.pack_into(session.reply, BODY, *qid, session.message_size - WRITE_DATA)
    return BODY + OPENED.size


def read(session: Session, number: int, offset: int, count: int) -> int:
    """Tread: as many bytes as exist and fit."""
    descriptor = session.fids[number].descriptor
    count = min(count, session.message_size - DATA)
    spliced = 0
    if count >= _SPLICE_MIN:
        try:
            spliced = os.splice(descriptor, session.pipe_target, count, offset_src=offset)
        except OSError as error:
            if error.errno != errno.EINVAL:  # EINVAL: not supported by this file system
                raise
    # Read what did not fit into the pipe, or nothing at the end of the file.
    end = DATA
    if spliced < count:
        try:
            end += os.preadv(descriptor, [session.reply[DATA : DATA + count - spliced]], offset + spliced)
        except OSError:
            if not spliced:
                raise
    session.spliced = spliced
    COUNT.pack_into(session.reply, BODY, spliced + end - DATA)
    return end


def write(session: Session, number: int, offset: int, data: memoryview) -> int:
    """Twrite."""
    COUNT.pack_into(session.reply, BODY, os.pwrite(session.fids[number].descriptor, data, offset))
    return BODY + COUNT.size


def synchronize(session: Session, number: int, data_only: int) -> int:
    """Tfsync."""
    (os.fdatasync if data_only else os.fsync)(session.fids[number].descriptor)
    return BODY


def lock(
    session: Session, number: int, kind: int, flags: int, start: int, length: int, process: int, _client: bytes
) -> int:
    """Tlock: never waits; a client that wants to wait asks again."""
    fid = _lockable(session, number, kind, start, length)
    if flags & ~_LOCK_BLOCK:
        raise OSError(errno.EINVAL, "invalid lock flags")
    session.reply[BODY] = _LOCKED if session.locks.set(fid, kind, start, length, process) else _BLOCKED
    return BODY + 1


def get_lock(session: Session, number: int, kind: int, start: int, length: int, process: int, client: bytes) -> int:
    """Tgetlock."""
    fid = _lockable(session, number, kind, start, length)
    LOCK.pack_into(session.reply, BODY, *session.locks.conflict(fid, kind, start, length, process))
    return reply_string(session, BODY + LOCK.size, client)


def _lockable(session: Session, number: int, kind: int, start: int, length: int) -> Fid:
    fid = session.fids[number]
    if not fid.is_open:
        raise OSError(errno.EBADF, "the fid is not open")
    if kind not in (fcntl.F_RDLCK, fcntl.F_WRLCK, fcntl.F_UNLCK) or start < 0 or length < 0:
        raise OSError(errno.EINVAL, "invalid lock")
    return fid
