"""The folder that is served: how files in it are reached, and what the client is told of them.

The host's kernel gets no paths, only descriptors and single names, and follows no name (O_NOFOLLOW). A name without a
slash that is not `..` does not lead out of its folder (path_resolution(7)): there is nothing that RESOLVE_BENEATH of
openat2(2) could add, and nothing to race with. A symbolic link is just a file here; the client reads it and walks on.
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

# Qid types, intro(5): a folder, a symbolic link. All else is 0.
_QID_TYPES = {stat.S_IFDIR: 0x80, stat.S_IFLNK: 0x02}
_DEVICE_SHIFT = 48  # inode numbers of a file system are below this

# File systems by which the host's kernel and its processes are steered (linux/magic.h). A share of `/` has them beneath
# it, and who can write /proc/self/mem there has the server.
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
    """A folder to serve. `read_only`: nothing in it can be changed."""

    root: Path
    read_only: bool = False


class Tree:
    """An opened share. Raises UsageError when it is no folder that can be shared."""

    def __init__(self, share: Share) -> None:
        self.read_only = share.read_only
        # Files of the serving user are root's in the guest, which has no other user. Other numbers stay as they are.
        self._user, self._group = os.geteuid(), os.getegid()
        self._devices: dict[int, int] = {}
        with ExitStack() as stack:
            try:
                self.root = _opened(stack, share.root)
                # Names in it stand for files of which we have but an O_PATH descriptor, see `open_again` (proc(5)).
                self.descriptors = _opened(stack, Path("/proc/self/fd"))
                status = os.fstat(self.root)
                self._root_identity = status.st_dev, status.st_ino
                self.device(self.root, status.st_dev)
            except OSError as error:
                raise UsageError(
                    f"{share.root} cannot be shared: {error.strerror}; name a folder that you can read"
                ) from None
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Gives the descriptors back."""
        self._stack.close()

    def open_name(self, folder: int, name: bytes) -> int:
        """An O_PATH descriptor of a file by its name in a folder, of the link itself when it is one."""
        return os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=folder)

    def open_again(self, descriptor: int, flags: int) -> int:
        """A new descriptor of the same file, opened with other flags. A symbolic link gives ELOOP, without O_PATH."""
        return os.open(b"%d" % descriptor, flags, dir_fd=self.descriptors)

    def walk(self, folder: int, name: bytes) -> int:
        """An O_PATH descriptor of what a client's name leads to. `..` of the root is the root."""
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
        """The folder in which a file lies now, by descriptor, and its name there.

        The host's kernel knows the path of a descriptor, whoever renamed what since. It is walked down from the root,
        name by name: `..` taken upwards leaves the share when someone at the host moved the folder out of it. Raises
        EBUSY for the root, and ENOENT when the file has no name in the share (any more).
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
                raise OSError(errno.ENOENT, "has another place now")
            yield parent, name
        finally:
            os.close(parent)

    def correct_mode(self, descriptor: int, mode: int) -> None:
        """Gives a new file the permissions that the host's umask kept from it.

        The server's umask is not the guest's, and to change it would change it for the whole process.
        """
        now = os.fstat(descriptor).st_mode
        if (now ^ mode) & 0o777:
            with suppress(OSError):  # a file system without permissions, in which the file is as it can be
                self.change_mode(descriptor, now & 0o7000 | mode & 0o777)

    def change_mode(self, descriptor: int, mode: int) -> None:
        """chmod(2) by an O_PATH descriptor too."""
        os.chmod(b"%d" % descriptor, mode, dir_fd=self.descriptors)

    def _path(self, descriptor: int) -> bytes:
        return os.readlink(b"%d" % descriptor, dir_fd=self.descriptors)

    def is_root(self, status: os.stat_result) -> bool:
        """Whether this is the share's own folder."""
        return (status.st_dev, status.st_ino) == self._root_identity

    def qid(self, descriptor: int, status: os.stat_result) -> tuple[int, int, int]:
        """Type, version and path (a number) of a file; the version changes when its data do.

        Raises EACCES for a file of proc, sysfs and their like.
        """
        version = (status.st_mtime_ns ^ status.st_size << 8) & 0xFFFFFFFF
        path = status.st_ino ^ self.device(descriptor, status.st_dev)
        return _QID_TYPES.get(stat.S_IFMT(status.st_mode), 0), version, path

    def device(self, descriptor: int, device: int) -> int:
        """What tells inode numbers of several file systems beneath the root apart; nothing for the root's own."""
        bits = self._devices.get(device)
        if bits is None:
            if file_system(descriptor)[0] in _STEERING:
                raise OSError(errno.EACCES, "a file system of the kernel itself")
            bits = self._devices[device] = len(self._devices) << _DEVICE_SHIFT
        return bits

    def to_guest(self, status: os.stat_result) -> tuple[int, int]:
        """The owner and group of a file as the guest sees them."""
        return (
            0 if status.st_uid == self._user else status.st_uid,
            0 if status.st_gid == self._group else status.st_gid,
        )

    def to_host(self, user: int | None, group: int | None) -> tuple[int, int]:
        """A guest's user and group for chown(2); None is -1, which changes nothing."""
        return (
            -1 if user is None else user or self._user,
            -1 if group is None else group or self._group,
        )


def check_name(name: bytes, dots: int = errno.EEXIST) -> None:
    """Raises ENOENT for what cannot name a file, and `dots` for the two names that each folder has."""
    if not name or b"/" in name or b"\0" in name:
        raise OSError(errno.ENOENT, "no name of a file")
    if name in (b".", b".."):
        raise OSError(dots, "a name of the folder itself")


def _opened(stack: ExitStack, folder: Path) -> int:
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    return descriptor
