"""Record locks: the host's own, so that they work between guests and against programs of the host.

The owner of a lock is a process of the guest, whichever of its descriptors it uses (fcntl_locking(2)). The owner of an
open file description lock of the host is an open file. So each pair of file and locking process has a descriptor of its
own, apart from those of the fids. The host's kernel does the rest: ranges, conflicts, network file systems.

On a read-only share, locks stay in the guest, whose kernel has them too: with the host's, a program that may only read
could stop programs of the host.
"""

from __future__ import annotations

import errno
import fcntl
import os
from struct import Struct

from unishim.ninep.fids import Fid, Fids
from unishim.ninep.tree import Tree

# struct flock of a 64-bit machine: type, whence, start, length, process. Types are those of the protocol.
_FLOCK = Struct("@hhqqi4x")
_NO_WRITING = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ETXTBSY)


class _Owner:
    """A process that locks a file: its descriptor, and the fids that it used."""

    __slots__ = ("descriptor", "fids")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.fids: set[Fid] = set()


class Locks:
    """The locks of one connection. Process numbers are the guest's."""

    def __init__(self, tree: Tree, fids: Fids) -> None:
        self._tree = tree
        self._fids = fids
        self._owners: dict[tuple[int, int, int], _Owner] = {}  # by device, inode, process

    def set(self, fid: Fid, kind: int, start: int, length: int, process: int) -> bool:
        """Locks or unlocks bytes, `length` 0 means to the end; returns False if another owner's lock conflicts."""
        if self._tree.read_only:
            if kind == fcntl.F_WRLCK:
                raise OSError(errno.EBADF, "not open for writing")
            return True
        key = _key(fid, process)
        owner = self._owners.get(key)
        if owner is None:
            if kind == fcntl.F_UNLCK:
                return True
            self._fids.check_room()
            owner = self._owners[key] = _Owner(self._open(fid))
            self._fids.others += 1
        owner.fids.add(fid)
        fid.has_locks = True
        try:
            fcntl.fcntl(owner.descriptor, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, start, length, 0))
        except BlockingIOError:
            return False
        if kind == fcntl.F_UNLCK and start == length == 0:
            self._drop(key)
        return True

    def conflict(self, fid: Fid, kind: int, start: int, length: int, process: int) -> tuple[int, int, int, int]:
        """The conflicting lock: type (F_UNLCK: none), start, length, process of the host or 0.

        Nothing conflicts with F_UNLCK, which is all that Linux's client tests (fs/9p/vfs_file.c).
        """
        if kind == fcntl.F_UNLCK or self._tree.read_only:
            return fcntl.F_UNLCK, start, length, process
        owner = self._owners.get(_key(fid, process))
        descriptor = owner.descriptor if owner is not None else self._open(fid)
        try:
            request = _FLOCK.pack(kind, os.SEEK_SET, start, length, 0)
            answer = _FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, request))
        finally:
            if owner is None:
                os.close(descriptor)
        # The process of an open file description lock is -1: it has none.
        return answer[0], answer[2], answer[3], max(answer[4], 0)

    def forget(self, fid: Fid) -> None:
        """A fid is gone: releases the locks that no other fid is involved in."""
        for key, owner in list(self._owners.items()):
            owner.fids.discard(fid)
            if not owner.fids:
                self._drop(key)

    def _drop(self, key: tuple[int, int, int]) -> None:
        os.close(self._owners.pop(key).descriptor)
        self._fids.others -= 1

    def _open(self, fid: Fid) -> int:
        """Opens for writing if possible: the host requires this for a write lock."""
        try:
            return self._tree.open_again(fid.descriptor, os.O_RDWR)
        except OSError as error:
            if error.errno not in _NO_WRITING:
                raise
        return self._tree.open_again(fid.descriptor, os.O_RDONLY)


def _key(fid: Fid, process: int) -> tuple[int, int, int]:
    status = os.fstat(fid.descriptor)
    return status.st_dev, status.st_ino, process
