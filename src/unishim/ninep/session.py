"""The state of one connection, shared by its operations."""

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
_PIPE_SIZE = 1 << 20  # the maximum for unprivileged users (pipe(7))


def message_buffer() -> memoryview:
    """A buffer for any message. A mapping only uses memory that messages touch; a bytearray is zeroed first."""
    return memoryview(mmap.mmap(-1, MESSAGE_SIZE_MAX))


class Session:
    """A connection's fids, locks and buffers.

    An operation writes its reply's body to `reply` from BODY on and returns where it ends. If it left `spliced` bytes
    of data in the pipe, they belong after the first DATA bytes of the reply.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.fids = Fids()
        self.locks = Locks(tree, self.fids)
        self.message_size = MESSAGE_SIZE_MIN  # maximum bytes of a message; Tversion raises it
        self.has_version = False
        self.reply = message_buffer()
        self.entries = ctypes.create_string_buffer(_ENTRIES_SIZE)  # output of the host's getdents64
        self.pipe_source, self.pipe_target = os.pipe()
        with contextlib.suppress(PermissionError):  # the user has too many large pipes: reads are slower then
            fcntl.fcntl(self.pipe_target, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        self.spliced = 0

    def close(self) -> None:
        """Closes all descriptors."""
        self.clunk_all()
        os.close(self.pipe_source)
        os.close(self.pipe_target)

    def clunk(self, number: int) -> None:
        """Forgets a fid. Raises EBADF if it does not exist, and errors of close(2)."""
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
