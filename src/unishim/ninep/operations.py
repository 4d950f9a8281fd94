"""The one table of operations: how to parse a request, which function handles it, and whether it changes the share."""

from __future__ import annotations

import errno
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

from unishim.ninep import attributes, connecting, files, folders, messages
from unishim.ninep.messages import Layout
from unishim.ninep.session import Session

Unpack = Callable[[memoryview], tuple[Any, ...]]
Handle = Callable[..., int]


class Operation(NamedTuple):
    """`unpack` parses a body, and raises struct.error if its length is wrong; `handle` gets the fields.

    `handle` returns where its reply ends, or raises OSError.
    """

    unpack: Unpack
    handle: Handle
    changes: bool = False


OPERATIONS = {
    messages.TVERSION: Operation(Layout("Is").unpack, connecting.version),
    messages.TATTACH: Operation(Layout("IIssI").unpack, connecting.attach),
    messages.TWALK: Operation(messages.unpack_walk, connecting.walk),
    messages.TCLUNK: Operation(Struct("<I").unpack, connecting.clunk),
    messages.TFLUSH: Operation(Struct("<H").unpack, connecting.flush),
    messages.TLOPEN: Operation(Struct("<II").unpack, files.open_file),
    messages.TLCREATE: Operation(Layout("IsIII").unpack, files.create_file, changes=True),
    messages.TREAD: Operation(Struct("<IqI").unpack, files.read),
    messages.TWRITE: Operation(messages.unpack_write, files.write, changes=True),
    messages.TFSYNC: Operation(Struct("<II").unpack, files.synchronize),
    messages.TLOCK: Operation(Layout("IBIqqIs").unpack, files.lock),
    messages.TGETLOCK: Operation(Layout("IBqqIs").unpack, files.get_lock),
    messages.TGETATTR: Operation(Struct("<IQ").unpack, attributes.get_attributes),
    messages.TSETATTR: Operation(Struct("<IIIIIqqQqQ").unpack, attributes.set_attributes, changes=True),
    messages.TSTATFS: Operation(Struct("<I").unpack, attributes.get_file_system),
    messages.TREADDIR: Operation(Struct("<IqI").unpack, folders.read_folder),
    messages.TMKDIR: Operation(Layout("IsII").unpack, folders.make_folder, changes=True),
    messages.TMKNOD: Operation(Layout("IsIIII").unpack, folders.make_file, changes=True),
    messages.TSYMLINK: Operation(Layout("IssI").unpack, folders.make_link, changes=True),
    messages.TREADLINK: Operation(Struct("<I").unpack, folders.read_link),
    messages.TLINK: Operation(Layout("IIs").unpack, folders.link, changes=True),
    messages.TRENAME: Operation(Layout("IIs").unpack, folders.rename, changes=True),
    messages.TRENAMEAT: Operation(Layout("IsIs").unpack, folders.rename_at, changes=True),
    messages.TUNLINKAT: Operation(Layout("IsI").unpack, folders.unlink_at, changes=True),
    messages.TREMOVE: Operation(Struct("<I").unpack, folders.remove, changes=True),
}


def operations_of(*, read_only: bool) -> dict[int, tuple[Unpack, Handle]]:
    """The operations of a share, by the type of their request."""
    return {
        number: (operation.unpack, _refuse if read_only and operation.changes else operation.handle)
        for number, operation in OPERATIONS.items()
    }


def _refuse(_session: Session, *_fields: Any) -> int:
    raise OSError(errno.EROFS, "the share is read-only")
