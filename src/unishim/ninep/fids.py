"""Fids: the client's numbers for files, and what the server holds for each."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FIDS_MAX = 16384
_DESCRIPTORS_LEFT = 64  # for the rest of this process


class Fid:
    """A file that a client has a number for. It owns its descriptor.

    The descriptor is of O_PATH until the file is opened, which puts one for reading and writing into its place. So a
    file stays what it is when it is renamed or removed.
    """

    __slots__ = ("descriptor", "has_locks", "is_open", "is_writable", "position")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.is_open = False
        self.is_writable = False
        self.has_locks = False
        self.position = 0  # of an open folder: where the next entry is

    def replace(self, descriptor: int) -> None:
        """Goes on with another descriptor."""
        os.close(self.descriptor)
        self.descriptor = descriptor

    def become_open(self, descriptor: int, *, is_writable: bool) -> None:
        """Goes on with the descriptor of an open file."""
        self.replace(descriptor)
        self.is_open = True
        self.is_writable = is_writable


class Fids(dict[int, Fid]):
    """The fids of one connection. A number that is none of them raises EBADF."""

    def __init__(self) -> None:
        super().__init__()
        self.others = 0  # descriptors that the connection has beside its fids'
        self._limit = min(FIDS_MAX, _descriptor_limit() - _DESCRIPTORS_LEFT)

    def __missing__(self, number: int) -> Fid:
        raise OSError(errno.EBADF, "no such fid")

    def check_new(self, number: int) -> None:
        """Raises EINVAL when the number is in use, as QEMU does, and EMFILE when there are too many."""
        if number in self:
            raise OSError(errno.EINVAL, "the fid is in use")
        self.check_room()

    def check_room(self) -> None:
        """Raises EMFILE when the connection has as many descriptors as it may have."""
        if len(self) + self.others >= self._limit:
            raise OSError(errno.EMFILE, "too many fids")


def _descriptor_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


@contextmanager
def many_descriptors() -> Iterator[None]:
    """Lets this process have as many descriptors as a connection may want, as far as its hard limit goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FIDS_MAX + 2 * _DESCRIPTORS_LEFT
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if _descriptor_limit() < raised:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
