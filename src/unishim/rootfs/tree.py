"""A root file system under construction: names are resolved in it as the kernel will resolve them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable

from unishim.errors import BinaryError
from unishim.rootfs.entry import Entry, folder_entry
from unishim.rootfs.folder import FIXED_TIME, Times, host_entry
from unishim.rootfs.names import printable
from unishim.rootfs.room import PATH_MAX, Room

_SYMLINKS_MAX = 40  # path_resolution(7)


class Tree:
    """Entries by their real location, with every symbolic link on the way followed. The root is its own parent."""

    def __init__(self, times: Times, room: Room | None = None) -> None:
        """`times` are used for directories that no source describes, and for files of the host.

        `room` limits what an archive can make it cost.
        """
        self._times = times
        self._room = room
        self._entries: dict[bytes, Entry] = {b".": folder_entry(b".", times.of(FIXED_TIME))}

    def entries(self) -> list[Entry]:
        """All entries, in the byte order of their names, the root first."""
        return sorted(self._entries.values(), key=lambda entry: b"" if entry.name == b"." else entry.name)

    def add(self, entry: Entry) -> None:
        """Adds an entry by its name, with the directories on the way; a later entry replaces an earlier one.

        A directory that is added in the place of a symbolic link is merged into the link's target. Raises BinaryError
        if a file would have to be a directory as well.
        """
        if self._room is not None:
            self._room.take_entry(entry.name, entry.target)
        if entry.name == b".":
            self._entries[b"."] = entry
            return
        parent, _, last = entry.name.rpartition(b"/")
        place = _join(self._make_folders(parent), last)
        old = self._entries.get(place)
        if entry.is_folder and old is not None and not old.is_folder:
            self._make_folders(place)
        elif old is not None and old.is_folder and not entry.is_folder:
            raise _both(place)
        else:
            entry.name = place
            self._entries[place] = entry

    def add_all(self, entries: Iterable[Entry], below: bytes = b".") -> None:
        """Adds entries below a directory; the root among them becomes this directory."""
        for entry in entries:
            entry.name = below if entry.name == b"." else _join(below, entry.name)
            self.add(entry)

    def find(self, path: bytes) -> Entry | None:
        """The entry that a path leads to, or None."""
        try:
            return self._walk(path, lambda place: None)
        except OSError:
            return None

    def find_name(self, name: bytes) -> Entry | None:
        """Like find(), but returns a symbolic link at the end instead of following it."""
        parent, _, last = name.rpartition(b"/")
        folder = self.find(parent)
        return None if folder is None else self._entries.get(_join(folder.name, last))

    def graft(self, path: bytes) -> Entry:
        """Like find(), but takes missing files from the same path of the host, including symbolic links on the way.

        Raises OSError like lstat(2).
        """

        def from_host(place: bytes) -> Entry:
            host_path = b"/" + place
            found = host_entry(place, host_path, os.lstat(host_path), self._times)
            if found.is_folder:  # its time depends on the other files in it
                found.mtime = self._times.of(FIXED_TIME)
            return found

        entry = self._walk(path, from_host)
        assert entry is not None
        return entry

    def _make_folders(self, path: bytes) -> bytes:
        """The node of a directory; it and missing parents are created."""

        def new_folder(place: bytes) -> Entry:
            if self._room is not None:
                self._room.take_entry(place, b"")
            return folder_entry(place, self._times.of(FIXED_TIME))

        try:
            entry = self._walk(path + b"/.", new_folder)
        except NotADirectoryError:
            raise _both(path) from None
        except OSError as error:
            raise BinaryError(f"/{printable(path)}: {error.strerror}") from None
        assert entry is not None
        return entry.name

    def _walk(self, path: bytes, missing: Callable[[bytes], Entry | None]) -> Entry | None:
        """The node that a path leads to; `missing` creates missing ones. Raises OSError (ENOTDIR, ELOOP)."""
        waiting = path.split(b"/")[::-1]
        current = self._entries[b"."]
        links = 0
        while waiting:
            part = waiting.pop()
            if self._room is not None:
                self._room.take_step()
            if not current.is_folder and (part or waiting):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), os.fsdecode(path))
            if part in (b"", b"."):
                continue
            if part == b"..":
                current = self._entries[current.name.rpartition(b"/")[0] or b"."]
                continue
            place = _join(current.name, part)
            if len(place) >= PATH_MAX:  # possible through symbolic links
                raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), os.fsdecode(path[:64]))
            found = self._entries.get(place)
            if found is None:
                found = missing(place)
                if found is None:
                    return None
                self._entries[place] = found
            if not found.is_symlink:
                current = found
                continue
            links += 1
            if links > _SYMLINKS_MAX:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fsdecode(path))
            waiting += found.target.split(b"/")[::-1]
            if found.target.startswith(b"/"):
                current = self._entries[b"."]
        return current


def _both(place: bytes) -> BinaryError:
    return BinaryError(f"/{printable(place)}: both a directory and a file are to go here; rename one of them")


def _join(folder: bytes, name: bytes) -> bytes:
    return name if folder == b"." else folder + b"/" + name
