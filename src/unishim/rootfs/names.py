"""File names: of an archive's members, and of the host's files in an archive."""

from __future__ import annotations

import os

from unishim.errors import BinaryError
from unishim.rootfs.room import NAME_MAX, PATH_MAX


def member_name(name: bytes, archive: str) -> bytes:
    """The name relative to the root: absolute names are made relative, as in tar(1); b"." is the root itself.

    Raises BinaryError for a name that leads out of the root, or that no file can have.
    """
    if len(name) >= PATH_MAX:
        raise BinaryError(
            f"{archive}: the name {printable(name[:64])}... has {len(name)} bytes; the maximum is {PATH_MAX - 1}"
        )
    parts = [part for part in name.split(b"/") if part not in (b"", b".")]
    if b".." in parts:
        raise BinaryError(f"{archive}: the name {printable(name)} leads out of the archive; recreate it without ..")
    if not name or b"\0" in name:
        raise BinaryError(f"{archive}: invalid name {printable(name)}; recreate the archive")
    if any(len(part) > NAME_MAX for part in parts):
        longest = max(parts, key=len)
        raise BinaryError(
            f"{archive}: the name {printable(longest[:64])}... has {len(longest)} bytes; the maximum is {NAME_MAX}"
        )
    return b"/".join(parts) or b"."


def printable(name: bytes) -> str:
    """A name in a form that fits into a one-line message."""
    return repr(os.fsdecode(name[:256]))[1:-1] or "''"


def absolute_path(path: str) -> str:
    """The absolute path of a file of the host. Symbolic links stay, unless a `..` follows one."""
    joined = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118
    if ".." in joined.split("/"):
        folder, name = os.path.split(joined)
        joined = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
    return os.path.normpath(joined)
