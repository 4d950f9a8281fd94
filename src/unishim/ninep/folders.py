"""Operations on directories and on the names in them."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from struct import Struct

from unishim.ninep.connecting import reply_string
from unishim.ninep.host import read_entries
from unishim.ninep.messages import BODY, COUNT, DATA, ENTRY
from unishim.ninep.session import Session
from unishim.ninep.tree import check_name

_REMOVE_FOLDER = 0x200  # AT_REMOVEDIR: Tunlinkat removes a directory
_HOST_ENTRY = Struct("<QqHB")  # linux_dirent64, getdents(2): inode, offset of the next, length, DT_ type; then the name
_DT_DIR, _DT_LNK = 4, 10
_QID_TYPES = {_DT_DIR: 0x80, _DT_LNK: 0x02}
# File types that can be created: no devices, which would be the host's hardware.
_MAKEABLE = (0, stat.S_IFREG, stat.S_IFIFO, stat.S_IFSOCK)


def read_folder(session: Session, number: int, offset: int, count: int) -> int:
    """Treaddir: entries from an offset on, which is 0 or came with an earlier entry.

    Offsets are the host's own (getdents(2), d_off), so they survive removals as well as on the host. If the client just
    continues, there is no seek: some file systems only know their position without one.
    """
    fid = session.fids[number]
    if not fid.is_open:
        raise OSError(errno.EBADF, "the fid is not open")
    # An entry of the host has at least 24 bytes and at most 4 less than ours: all entries fit, none has to be kept.
    size = min(count, session.message_size - DATA) * 6 // 7
    if offset != fid.position:
        os.lseek(fid.descriptor, offset, os.SEEK_SET)
    fid.position = -1  # unknown if the next line fails
    filled = read_entries(fid.descriptor, session.entries, min(size, len(session.entries)))
    end, fid.position = _pack_entries(session, fid.descriptor, ctypes.string_at(session.entries, filled), offset)
    COUNT.pack_into(session.reply, BODY, end - DATA)
    return end


def _pack_entries(session: Session, folder: int, entries: bytes, offset: int) -> tuple[int, int]:
    """Converts the host's entries to the reply's; returns where it ends, and the offset of the next entry."""
    status = os.fstat(folder)
    device = session.tree.device(folder, status.st_dev)
    is_root = session.tree.is_root(status)
    reply = session.reply
    at, end = 0, DATA
    while at < len(entries):
        inode, offset, length, kind = _HOST_ENTRY.unpack_from(entries, at)
        start = at + _HOST_ENTRY.size
        name = entries[start : entries.index(0, start)]
        if is_root and name == b"..":
            inode = status.st_ino
        ENTRY.pack_into(reply, end, _QID_TYPES.get(kind, 0), 0, inode ^ device, offset, kind, len(name))
        end += ENTRY.size + len(name)
        reply[end - len(name) : end] = name
        at += length
    return end, offset


def make_folder(session: Session, number: int, name: bytes, mode: int, _group: int) -> int:
    """Tmkdir."""
    folder = session.fids[number].descriptor
    check_name(name)
    os.mkdir(name, mode & 0o7777, dir_fd=folder)
    return _reply_made(session, folder, name, mode)


def make_file(session: Session, number: int, name: bytes, mode: int, _major: int, _minor: int, _group: int) -> int:
    """Tmknod: files, FIFOs and sockets; EPERM for devices, as for unprivileged users."""
    folder = session.fids[number].descriptor
    check_name(name)
    if stat.S_IFMT(mode) not in _MAKEABLE:
        raise OSError(errno.EPERM, "no devices")
    os.mknod(name, mode & 0o177777, dir_fd=folder)
    return _reply_made(session, folder, name, mode)


def make_link(session: Session, number: int, name: bytes, target: bytes, _group: int) -> int:
    """Tsymlink: the target is any text."""
    folder = session.fids[number].descriptor
    check_name(name)
    if b"\0" in target:
        raise OSError(errno.EINVAL, "the target contains a zero byte")
    os.symlink(target, name, dir_fd=folder)
    return _reply_made(session, folder, name, None)


def _reply_made(session: Session, folder: int, name: bytes, mode: int | None) -> int:
    descriptor = session.tree.open_name(folder, name)
    try:
        if mode is not None:
            session.tree.correct_mode(descriptor, mode)
        return session.reply_qid(descriptor)
    finally:
        os.close(descriptor)


def read_link(session: Session, number: int) -> int:
    """Treadlink. Raises EINVAL if the file is not a symbolic link."""
    descriptor = session.fids[number].descriptor
    if not stat.S_ISLNK(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "not a symbolic link")
    return reply_string(session, BODY, os.readlink(b"", dir_fd=descriptor))


def link(session: Session, folder_number: int, number: int, name: bytes) -> int:
    """Tlink: adds a name, also to a symbolic link."""
    folder = session.fids[folder_number].descriptor
    check_name(name)
    os.link(
        b"%d" % session.fids[number].descriptor,
        name,
        src_dir_fd=session.tree.descriptors,
        dst_dir_fd=folder,
        follow_symlinks=True,
    )
    return BODY


def rename_at(session: Session, old_number: int, old_name: bytes, new_number: int, new_name: bytes) -> int:
    """Trenameat."""
    old, new = session.fids[old_number].descriptor, session.fids[new_number].descriptor
    check_name(old_name, errno.EBUSY)
    check_name(new_name, errno.EBUSY)
    os.rename(old_name, new_name, src_dir_fd=old, dst_dir_fd=new)
    return BODY


def rename(session: Session, number: int, folder_number: int, new_name: bytes) -> int:
    """Trename: moves the file that a fid refers to."""
    folder = session.fids[folder_number].descriptor
    check_name(new_name, errno.EBUSY)
    with session.tree.place(session.fids[number].descriptor) as (old, old_name):
        os.rename(old_name, new_name, src_dir_fd=old, dst_dir_fd=folder)
    return BODY


def unlink_at(session: Session, number: int, name: bytes, flags: int) -> int:
    """Tunlinkat."""
    folder = session.fids[number].descriptor
    if flags & ~_REMOVE_FOLDER:
        raise OSError(errno.EINVAL, "invalid flags")
    check_name(name, errno.EINVAL)
    (os.rmdir if flags else os.unlink)(name, dir_fd=folder)
    return BODY


def remove(session: Session, number: int) -> int:
    """Removes the file, and in any case the fid."""
    descriptor = session.fids[number].descriptor
    try:
        with session.tree.place(descriptor) as (folder, name):
            is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            (os.rmdir if is_folder else os.unlink)(name, dir_fd=folder)
    finally:
        session.clunk(number)
    return BODY
