"""The exported directory: how to reach files in it, and what the client learns about them.

The host's kernel gets no paths, only descriptors and single names, and never follows a name (O_NOFOLLOW). A name
without a slash other than `..` does not lead out of its directory (path_resolution(7)), so RESOLVE_BENEATH of
openat2(2) could add nothing, and there are no races. A symbolic link is just a file here; the client reads it and
resolves it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from unishim.errors import UsageError
from unishim.ninep.host import file_system

# Qid types, intro(5): a directory, a symbolic link. All others are 0.
_QID_TYPES = {stat.S_IFDIR: 0x80, stat.S_IFLNK: 0x02}
_DEVICE_SHIFT = 48  # inode numbers of a file system are below this

# File systems that control the host's kernel and its processes (linux/magic.h). A share of `/` contains them, and
# whoever can write to /proc/self/mem there controls the server.
_STEERING = {
    0x9FA0,  # proc
    0x62656572,  # sysfs
    0x64626720,  # debugfs
    0x74726163,  # tracefs
    0x73636673,  # securityfs
    0x62656570,  # configfs
    0x27E0EB,  # cgroup
    0x63677270,  # cgroup2
    0xCAFE4A11,  # bpf
    0xDE5E81E4,  # efivarfs
}


@dataclass(frozen=True, slots=True)
class Share:
    """A directory to export. `read_only`: nothing in it can be changed."""

    root: Path
    read_only: bool = False


class Tree:
    """An opened share. Raises UsageError if it is not a directory that can be shared."""

    def __init__(self, share: Share) -> None:
        self.read_only = share.read_only
        # Files of the serving user belong to root in the guest, which has no other user. Other numbers are unchanged.
        self._user, self._group = os.geteuid(), os.getegid()
        self._devices: dict[int, int] = {}
        with ExitStack() as stack:
            try:
                self.root = _opened(stack, share.root)
                # Names in it represent files for which we only have an O_PATH descriptor, see `open_again` (proc(5)).
                self.descriptors = _opened(stack, Path("/proc/self/fd"))
                status = os.fstat(self.root)
                self._root_identity = status.st_dev, status.st_ino
                self.device(self.root, status.st_dev)
            except OSError as error:
                raise UsageError(
                    f"{share.root} cannot be shared: {error.strerror}; name a directory that you can read"
                ) from None
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Closes the descriptors."""
        self._stack.close()

    def open_name(self, folder: int, name: bytes) -> int:
        """An O_PATH descriptor of a file, by its name in a directory; if it is a symbolic link, of the link itself."""
        return os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=folder)

    def open_again(self, descriptor: int, flags: int) -> int:
        """A new descriptor of the same file, with other flags. Without O_PATH, a symbolic link fails with ELOOP."""
        if self.read_only:
            # Reading must not change a read-only share, as far as the host lets us: only the owner may ask for this.
            with suppress(PermissionError):
                return os.open(b"%d" % descriptor, flags | os.O_NOATIME, dir_fd=self.descriptors)
        return os.open(b"%d" % descriptor, flags, dir_fd=self.descriptors)

    def walk(self, folder: int, name: bytes) -> int:
        """An O_PATH descriptor for a name from the client. `..` of the root is the root."""
        if name == b"." or (name == b".." and self.is_root(os.fstat(folder))):
            return self.open_name(folder, b".")
        if name == b"..":
            os.close(self.open_name(folder, b"."))  # ENOTDIR, EACCES as for any name
            with self.place(folder) as (parent, _):
                return os.dup(parent)
        check_name(name)
        return self.open_name(folder, name)

    @contextmanager
    def place(self, descriptor: int) -> Iterator[tuple[int, bytes]]:
        """The directory that contains a file now, as a descriptor, and the file's name in it.

        The host's kernel knows the path of a descriptor, whatever was renamed since. The path is walked down from the
        root, name by name: going up with `..` would leave the share if someone on the host moved the directory out of
        it. Raises EBUSY for the root, and ENOENT if the file has no name in the share (any more).
        """
        root = self._path(self.root).rstrip(b"/") + b"/"
        path = self._path(descriptor)
        status = os.fstat(descriptor)
        if self.is_root(status):
            raise OSError(errno.EBUSY, "the root of the share")
        if not path.startswith(root):
            raise OSError(errno.ENOENT, "no longer in the share")
        *folders, name = path[len(root) :].split(b"/")
        parent = os.dup(self.root)
        try:
            for folder in folders:
                child = self.open_name(parent, folder)
                os.close(parent)
                parent = child
            if not os.path.samestat(status, os.stat(name, dir_fd=parent, follow_symlinks=False)):
                raise OSError(errno.ENOENT, "was moved")
            yield parent, name
        finally:
            os.close(parent)

    def correct_mode(self, descriptor: int, mode: int) -> None:
        """Gives a new file the permissions that the host's umask has removed.

        The server's umask is not the guest's, and changing it would affect the whole process.
        """
        now = os.fstat(descriptor).st_mode
        if (now ^ mode) & 0o777:
            with suppress(OSError):  # a file system without permissions
                self.change_mode(descriptor, now & 0o7000 | mode & 0o777)

    def change_mode(self, descriptor: int, mode: int) -> None:
        """chmod(2), also for an O_PATH descriptor."""
        os.chmod(b"%d" % descriptor, mode, dir_fd=self.descriptors)

    def _path(self, descriptor: int) -> bytes:
        return os.readlink(b"%d" % descriptor, dir_fd=self.descriptors)

    def is_root(self, status: os.stat_result) -> bool:
        """Whether this is the share's root directory."""
        return (status.st_dev, status.st_ino) == self._root_identity

    def qid(self, descriptor: int, status: os.stat_result) -> tuple[int, int, int]:
        """Type, version and path (a number) of a file; the version changes when its data changes.

        Raises EACCES for a file of proc, sysfs and similar file systems.
        """
        version = (status.st_mtime_ns ^ status.st_size << 8) & 0xFFFFFFFF
        path = status.st_ino ^ self.device(descriptor, status.st_dev)
        return _QID_TYPES.get(stat.S_IFMT(status.st_mode), 0), version, path

    def device(self, descriptor: int, device: int) -> int:
        """A number that distinguishes equal inode numbers of file systems below the root; 0 for the root's own."""
        bits = self._devices.get(device)
        if bits is None:
            if file_system(descriptor)[0] in _STEERING:
                raise OSError(errno.EACCES, "a file system of the host's kernel")
            bits = self._devices[device] = len(self._devices) << _DEVICE_SHIFT
        return bits

    def to_guest(self, status: os.stat_result) -> tuple[int, int]:
        """The owner and group of a file as the guest sees them."""
        return (
            0 if status.st_uid == self._user else status.st_uid,
            0 if status.st_gid == self._group else status.st_gid,
        )

    def to_host(self, user: int | None, group: int | None) -> tuple[int, int]:
        """The host's user and group for chown(2) in the guest; None becomes -1, which changes nothing."""
        return (
            -1 if user is None else user or self._user,
            -1 if group is None else group or self._group,
        )


def check_name(name: bytes, dots: int = errno.EEXIST) -> None:
    """Raises ENOENT for invalid file names, and `dots` for `.` and `..`."""
    if not name or b"/" in name or b"\0" in name:
        raise OSError(errno.ENOENT, "invalid file name")
    if name in (b".", b".."):
        raise OSError(dots, "refers to the directory itself")


def _opened(stack: ExitStack, folder: Path) -> int:
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    return descriptor
