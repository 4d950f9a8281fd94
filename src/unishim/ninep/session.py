"""What one connection has, and what its operations share."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os

from unishim.ninep.fids import Fids
from unishim.ninep.locks import Locks
from unishim.ninep.messages import BODY, MESSAGE_SIZE_MAX, MESSAGE_SIZE_MIN, QID
from unishim.ninep.tree import Tree

_ENTRIES_SIZE = 64 << 10
_PIPE_SIZE = 1 << 20  # what anyone may have (pipe(7))


def message_buffer() -> memoryview:
    """Room for any message. A mapping takes memory only where messages touch it; a bytearray writes zeros first."""
    return memoryview(mmap.mmap(-1, MESSAGE_SIZE_MAX))


class Session:
    """A connection's fids, locks and buffers.

    An operation packs its reply's body into `reply` from BODY on and returns where it ends. Data that it left in the
    pipe, `spliced` bytes, belong behind the first DATA bytes of the reply.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.fids = Fids()
        self.locks = Locks(tree, self.fids)
        self.message_size = MESSAGE_SIZE_MIN  # most bytes of a message; the client asks for more by Tversion
        self.has_version = False
        self.reply = message_buffer()
        self.entries = ctypes.create_string_buffer(_ENTRIES_SIZE)  # what the host's getdents64 says
        self.pipe_source, self.pipe_target = os.pipe()
        with contextlib.suppress(PermissionError):  # the user has many large pipes: reads are slower then
            fcntl.fcntl(self.pipe_target, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        self.spliced = 0

    def close(self) -> None:
        """Gives all descriptors back."""
        self.clunk_all()
        os.close(self.pipe_source)
        os.close(self.pipe_target)

    def clunk(self, number: int) -> None:
        """Forgets a fid. Raises EBADF when there is none, and what close(2) says."""
        fid = self.fids[number]
        del self.fids[number]
        if fid.has_locks:
            self.locks.forget(fid)
        os.close(fid.descriptor)

    def clunk_all(self) -> None:
        """Forgets all fids."""
        for number in list(self.fids):
            with contextlib.suppress(OSError):
                self.clunk(number)

    def reply_qid(self, descriptor: int) -> int:
        """Replies with the qid of a file."""
        QID.pack_into(self.reply, BODY, *self.tree.qid(descriptor, os.fstat(descriptor)))
        return BODY + QID.size
