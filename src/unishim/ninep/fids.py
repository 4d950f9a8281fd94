"""Fids: the client's numbers for files, and what the server holds for each."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FIDS_MAX = 16384
_DESCRIPTORS_LEFT = 64  # reserved for the rest of this process


class Fid:
    """A file that a client has a number for. It owns its descriptor.

    The descriptor is an O_PATH one until the file is opened, when one for reading or writing replaces it. So a fid
    refers to the same file even if the file is renamed or removed.
    """

    __slots__ = ("descriptor", "has_locks", "is_open", "is_writable", "position")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.is_open = False
        self.is_writable = False
        self.has_locks = False
        self.position = 0  # of an open directory: the offset of the next entry

    def replace(self, descriptor: int) -> None:
        """Replaces the descriptor by another one."""
        os.close(self.descriptor)
        self.descriptor = descriptor

    def become_open(self, descriptor: int, *, is_writable: bool) -> None:
        """Replaces the descriptor by that of the open file."""
        self.replace(descriptor)
        self.is_open = True
        self.is_writable = is_writable


class Fids(dict[int, Fid]):
    """The fids of one connection. An unknown number raises EBADF."""

    def __init__(self) -> None:
        super().__init__()
        self.others = 0  # descriptors of the connection other than its fids'
        self._limit = min(FIDS_MAX, _descriptor_limit() - _DESCRIPTORS_LEFT)

    def __missing__(self, number: int) -> Fid:
        raise OSError(errno.EBADF, "no such fid")

    def check_new(self, number: int) -> None:
        """Raises EINVAL if the number is in use, as QEMU does, and EMFILE if there are too many."""
        if number in self:
            raise OSError(errno.EINVAL, "the fid is in use")
        self.check_room()

    def check_room(self) -> None:
        """Raises EMFILE if the connection has reached its limit of descriptors."""
        if len(self) + self.others >= self._limit:
            raise OSError(errno.EMFILE, "too many fids")


def _descriptor_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


@contextmanager
def many_descriptors() -> Iterator[None]:
    """Raises this process's limit of descriptors to what a connection may need, up to the hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FIDS_MAX + 2 * _DESCRIPTORS_LEFT
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if _descriptor_limit() < raised:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
