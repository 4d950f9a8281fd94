"""The errors of unishim.

    UnishimError                 status 125: unishim itself, QEMU or the kernel failed
    +-- UsageError               status 125: an invalid option or argument
    +-- ConfigurationError       status 125: the configuration of a kernel
    +-- ProjectError             status 125: unishim.toml, or a project's directory
    +-- BuildError               status 125: a kernel could not be built
    +-- PlatformError            status 125: the guest could not be started, or ended without a report
    +-- BinaryError              status 126: the file cannot be executed
        +-- BinaryNotFoundError  status 127: the file does not exist

Every message is one line that says what is wrong, where, and how to fix it. The command line prints it and exits with
the status, which follows the conventions of shells (126, 127) and of `docker run` (125).
"""

from __future__ import annotations

from unishim.contract import STATUS_KERNEL, STATUS_NOT_EXECUTABLE, STATUS_NOT_FOUND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class UnishimError(Exception):
    """Base of all errors; `status` is the exit status of the command."""

    status = STATUS_KERNEL


class UsageError(UnishimError):
    """An invalid option or argument."""


class ConfigurationError(UnishimError):
    """A kernel configuration that is invalid."""


class ProjectError(UnishimError):
    """A problem with a project or its unishim.toml."""


class BuildError(UnishimError):
    """A kernel that could not be built."""


class PlatformError(UnishimError):
    """A guest that could not be started, or that ended without a report."""


class BinaryError(UnishimError):
    """A file that cannot be executed."""

    status = STATUS_NOT_EXECUTABLE


class BinaryNotFoundError(BinaryError):
    """A file that does not exist."""

    status = STATUS_NOT_FOUND


def unknown_choice(what: str, choices: Iterable[str]) -> UsageError:
    """The error for an option's value that is not one of its choices; `what` is the option and the value."""
    return UsageError(f"{what}: unknown; choose one of {', '.join(choices)}")
