"""Names of files: of an archive's members, and of the host's files in an archive."""

from __future__ import annotations

import os

from unishim.errors import BinaryError


def member_name(name: bytes, archive: str) -> bytes:
    """The name below the root: absolute ones are made relative, as tar(1) does; b"." is the root itself.

    Raises BinaryError for a name that climbs, or that no file can have.
    """
    parts = [part for part in name.split(b"/") if part not in (b"", b".")]
    if b".." in parts:
        raise BinaryError(f"{archive}: the name {printable(name)} leads out of the archive; make it without ..")
    if not name or b"\0" in name:
        raise BinaryError(f"{archive}: the name {printable(name)} is none; make the archive anew")
    return b"/".join(parts) or b"."


def printable(name: bytes) -> str:
    """A name for a message of one line."""
    return repr(os.fsdecode(name[:256]))[1:-1] or "''"


def absolute_path(path: str) -> str:
    """The absolute path of a file of the host. Symbolic links stay, unless a `..` goes up from where one leads."""
    joined = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118
    if ".." in joined.split("/"):
        folder, name = os.path.split(joined)
        joined = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
    return os.path.normpath(joined)
