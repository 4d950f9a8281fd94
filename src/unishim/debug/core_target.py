"""The place where a core file is written. The program may change the directories on its path while it runs."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import weakref
from collections.abc import Iterator
from typing import BinaryIO

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class CoreTarget:
    """What --core names. It is looked up before the run, so that no link that is planted later leads elsewhere."""

    def __init__(self, path: str) -> None:
        folder, self._name = os.path.split(path)
        self._descriptors: list[int] = []
        self._error: OSError | None = None
        self._device: int | None = None  # a device, pipe or terminal, which is written to directly
        self._folder = -1
        weakref.finalize(self, _close, self._descriptors)
        try:
            with contextlib.suppress(FileNotFoundError):
                self._device = self._keep(os.open(path, os.O_PATH | os.O_CLOEXEC))
                if stat.S_ISREG(os.fstat(self._device).st_mode):
                    self._device = None
            if self._device is None:
                self._folder = self._keep(os.open(folder or ".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        except OSError as error:  # to be reported if there is something to write
            self._error = error

    def _keep(self, descriptor: int) -> int:
        self._descriptors.append(descriptor)
        return descriptor

    @contextlib.contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        """A new file that replaces what has the name once it is complete. Raises OSError."""
        if self._error is not None:
            raise self._error
        if self._device is not None:
            with open(f"/proc/self/fd/{self._device}", "wb") as file:  # noqa: PTH123
                yield file
            return
        if not self._name:
            raise IsADirectoryError(21, os.strerror(21))
        partial = f".{self._name[:200]}.{secrets.token_hex(8)}.part"
        try:
            descriptor = os.open(partial, _NEW, 0o600, dir_fd=self._folder)
            with os.fdopen(descriptor, "wb") as file:
                yield file
            os.replace(partial, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(partial, dir_fd=self._folder)
            raise


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
