"""Chooses the platform of a run if the user does not name one."""

from __future__ import annotations

import os
import re
from pathlib import Path

from unishim.build.image import SUFFIXES
from unishim.errors import UsageError

PLATFORMS = ("linux", "qemu")
ALIASES = {"process": "linux"}  # what `linux` was called before
VARIABLE = "UNISHIM_PLATFORM"
DISPATCH_SINCE = (5, 11)  # Linux, Syscall User Dispatch


def choose_platform(*, kernel: str | os.PathLike[str] | None = None, wants_machine: bool = False) -> tuple[str, str]:
    """The platform, and the reason. `kernel`: an image; `wants_machine`: an option for virtual machines was given."""
    named = os.environ.get(VARIABLE)
    if named in ALIASES:
        named = ALIASES[named]
    if named and named != "auto":
        if named not in PLATFORMS:
            raise UsageError(f"{VARIABLE}={named}: unknown; choose one of {', '.join(('auto', *PLATFORMS))}")
        return named, f"set by {VARIABLE}"
    if kernel is not None and (platform := platform_of(kernel)):
        return platform, f"the kernel {Path(kernel).name} was built for it"
    if wants_machine:
        return "qemu", "--machine, --accelerator and --cpu are for virtual machines"
    if obstacle := linux_obstacle():
        return "qemu", obstacle
    return "linux", f"Linux {os.uname().release.partition('-')[0]} has Syscall User Dispatch"


def linux_obstacle() -> str | None:
    """Why the `linux` platform cannot be used here, or None."""
    system = os.uname()
    release = re.match(r"(\d+)\.(\d+)", system.release)
    if system.sysname != "Linux" or system.machine != "x86_64":
        return f"the `linux` platform needs Linux on x86-64; this is {system.sysname} on {system.machine}"
    if release is None or (int(release[1]), int(release[2])) < DISPATCH_SINCE:
        return f"Linux {system.release} has no Syscall User Dispatch, which the `linux` platform needs"
    return None


def check_platform(name: str) -> str:
    """The name of the platform that has this name or alias. Raises UsageError if it is unknown."""
    name = ALIASES.get(name, name)
    if name not in PLATFORMS:
        raise UsageError(f"--platform {name}: unknown; choose one of {', '.join(PLATFORMS)}")
    return name


def platform_of(kernel: str | os.PathLike[str]) -> str | None:
    """The platform that an image's name indicates, or None."""
    name = Path(kernel).name
    return next((platform for platform, suffix in SUFFIXES.items() if name.endswith(f"_{suffix}")), None)
