"""Reads tar archives of every kind that Python's tarfile supports: v7, ustar, GNU, pax; all forms of sparse files."""

from __future__ import annotations

import stat
import tarfile
from dataclasses import replace
from typing import BinaryIO, cast

from unishim.errors import BinaryError
from unishim.rootfs.entry import Entry, FilePart
from unishim.rootfs.names import member_name, printable
from unishim.rootfs.room import HEADERS_MAX, PATH_MAX, SEGMENT_SIZE, Room
from unishim.rootfs.tree import Tree

_BLOCK_SIZE = 512
_TYPES = {
    tarfile.DIRTYPE: stat.S_IFDIR,
    tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.CHRTYPE: stat.S_IFCHR,
    tarfile.BLKTYPE: stat.S_IFBLK,
    tarfile.FIFOTYPE: stat.S_IFIFO,
}
_ID_MAX = 0xFFFF_FFFF
# tarfile trusts headers and fails somewhere if one is damaged; a chain of long-name headers recurses.
_DAMAGE = (tarfile.TarError, ValueError, OverflowError, IndexError, KeyError, EOFError, MemoryError, RecursionError)


def is_tar(head: bytes) -> bool:
    """Whether a file that starts with these bytes (a block or more) is a tar archive."""
    if head[257:262] == b"ustar":
        return True
    try:  # v7 has no magic, but a checksum
        tarfile.TarInfo.frombuf(head[:_BLOCK_SIZE], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


class _Headers:
    """An archive as tarfile reads it, which is headers only: limits their size, in which tarfile believes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left = HEADERS_MAX
        self.seek = file.seek
        self.tell = file.tell

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            raise tarfile.ReadError(f"a member has more than {HEADERS_MAX >> 20} MiB of headers")
        return self._file.read(size)


def read_tar(file: BinaryIO, archive: str, tree: Tree, room: Room) -> None:
    """Adds the members of an open file, which must stay open. Raises BinaryError for a damaged or truncated archive.

    Owners, modes and times are those in the archive.
    """
    size = file.seek(0, 2)
    file.seek(0)
    headers = _Headers(file)
    source = cast("BinaryIO", headers)
    try:
        with tarfile.open(fileobj=source, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            last = -1
            while (member := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined] # it would keep them all
                headers.left = HEADERS_MAX
                if member.offset <= last or member.size < 0:  # a negative size would lead back, in an endless loop
                    raise tarfile.ReadError("a negative size")
                last = member.offset
                entry = _entry(member, file, size, archive, tree)
                if isinstance(entry.content, FilePart):
                    room.take(SEGMENT_SIZE * len(entry.content.segments))
                tree.add(entry)
            end = tar.offset
    except _DAMAGE as error:
        raise BinaryError(f"{archive}: damaged tar archive: {error}; recreate it or copy it again") from None
    file.seek(end)
    if file.read(_BLOCK_SIZE) != bytes(_BLOCK_SIZE):
        # tarfile stops silently at an invalid header.
        raise BinaryError(f"{archive}: no end mark, or damaged, at byte {end}; recreate it or copy it again")


def _entry(member: tarfile.TarInfo, file: BinaryIO, size: int, archive: str, tree: Tree) -> Entry:
    name = member_name(_bytes(member.name), archive)
    if member.islnk():
        return _hard_link(name, member, archive, tree)
    kind = _TYPES.get(member.type, stat.S_IFREG)  # POSIX: treat unknown types as regular files
    if not (0 <= member.uid <= _ID_MAX and 0 <= member.gid <= _ID_MAX):
        raise BinaryError(f"{archive}: {printable(name)} has an invalid owner; recreate the archive with --owner=0")
    entry = Entry(name, kind | stat.S_IMODE(member.mode), int(member.mtime), uid=member.uid, gid=member.gid)
    if entry.is_symlink:
        entry.target = _bytes(member.linkname)
        if not 0 < len(entry.target) < PATH_MAX or b"\0" in entry.target:
            raise BinaryError(f"{archive}: the symbolic link {printable(name)} has an invalid target; recreate it")
    elif kind in (stat.S_IFCHR, stat.S_IFBLK):
        entry.device = member.devmajor & _ID_MAX, member.devminor & _ID_MAX
    elif entry.is_regular:
        entry.size = member.size
        segments = _segments(member)
        if any(at + count > size for _, at, count in segments):
            raise BinaryError(f"{archive}: ends within {printable(name)} (truncated?); copy it again")
        if not _are_ordered(segments, member.size):
            raise BinaryError(f"{archive}: {printable(name)} has an invalid map of holes; recreate it")
        entry.content = FilePart(file.fileno(), segments, archive)
    return entry


def _segments(member: tarfile.TarInfo) -> list[tuple[int, int, int]]:
    """The data of a regular file: offset in the file, offset in the archive, count."""
    parts: list[tuple[int, int]] | None = member.sparse  # type: ignore[assignment] # typeshed is wrong
    if parts is None:
        return [(0, member.offset_data, member.size)]
    segments: list[tuple[int, int, int]] = []
    at = member.offset_data
    for offset, count in parts:
        if count:  # GNU pads its maps with empty entries
            segments.append((offset, at, count))
        at += count
    return segments


def _are_ordered(segments: list[tuple[int, int, int]], size: int) -> bool:
    end = 0
    for offset, _, count in segments:
        if offset < end or count < 0:
            return False
        end = offset + count
    return end <= size


def _hard_link(name: bytes, member: tarfile.TarInfo, archive: str, tree: Tree) -> Entry:
    target = member_name(_bytes(member.linkname), archive)
    first = tree.find_name(target)
    if first is None or first.is_folder:
        raise BinaryError(
            f"{archive}: {printable(name)} links to {printable(target)}, which does not come before it in the archive"
        )
    if first.is_regular and first.link is None:
        first.link = object()
    return replace(first, name=name)


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
