"""Errors of handlers.

UnishimError
+-- HandlerError      a handler that cannot be registered, or that ended the run
OSError
+-- SyscallError      raised by a handler: the program's call fails with this errno
+-- GuestFaultError   memory of the program that is not accessible: EFAULT
"""

from __future__ import annotations

import errno
import os

from unishim.errors import UnishimError


class HandlerError(UnishimError):
    """A handler that cannot be registered, or one that ended the run."""


class SyscallError(OSError):
    """A system call's failure. If a handler raises it, it is the result of the program's call."""

    def __init__(self, number: int, text: str | None = None) -> None:
        super().__init__(number, text or os.strerror(number))

    @property
    def number(self) -> int:
        """The errno."""
        return self.errno or errno.EIO


class GuestFaultError(SyscallError):
    """The program's memory at an address is not readable or not writable."""

    def __init__(self, address: int, length: int, what: str) -> None:
        super().__init__(errno.EFAULT, f"{length} bytes at {address:#x} of the program cannot be {what}")
        self.address = address
