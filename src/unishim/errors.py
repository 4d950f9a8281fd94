"""The errors of unishim.

    UnishimError                 status 125: unishim itself, QEMU or the kernel failed
    +-- UsageError               status 125: an option or an argument that makes no sense
    +-- ConfigurationError       status 125: the configuration of a kernel
    +-- ProjectError             status 125: unishim.toml, or a project's folder
    +-- BuildError               status 125: a kernel could not be built
    +-- PlatformError            status 125: the machine could not be started, or ended without a report
    +-- BinaryError              status 126: the file cannot be executed
        +-- BinaryNotFoundError  status 127: the file does not exist

Every message is one line that names what is wrong, where, and the mend. The command line prints it and exits with
the status, which follows the shell's (126, 127) and `docker run`'s (125) habits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unishim.contract import STATUS_KERNEL, STATUS_NOT_EXECUTABLE, STATUS_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnishimError(Exception):
    """Base of all errors; `status` is the exit status of the command."""

    status = STATUS_KERNEL


class UsageError(UnishimError):
    """An option or an argument that makes no sense."""


class ConfigurationError(UnishimError):
    """A kernel configuration that cannot be used."""


class ProjectError(UnishimError):
    """A project, or what its unishim.toml says."""


class BuildError(UnishimError):
    """A kernel that could not be built."""


class PlatformError(UnishimError):
    """A machine that could not be started, or that ended without a report."""


class BinaryError(UnishimError):
    """A file that cannot be executed."""

    status = STATUS_NOT_EXECUTABLE


class BinaryNotFoundError(BinaryError):
    """A file that does not exist."""

    status = STATUS_NOT_FOUND


def unknown_choice(what: str, choices: Iterable[str]) -> UsageError:
    """The error for an option's value that is not one of its choices; `what`: the option and the value."""
    return UsageError(f"{what}: unknown; choose one of {', '.join(choices)}")
