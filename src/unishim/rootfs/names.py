"""The names of an archive's members."""

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
