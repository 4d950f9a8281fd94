"""Shared directories: parses `--share` and `--mount`, and formats kernel parameters for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unishim.contract import SHARES_MAX
from unishim.errors import UsageError

_READ_ONLY = 1  # MS_RDONLY of mount(2)


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A host directory, and its path in the guest."""

    tag: str
    folder: Path
    target: str
    read_only: bool

    @property
    def fstab(self) -> str:
        """The kernel parameter that mounts it."""
        # A missing mount point is created; the root always exists.
        own = "" if self.target == "/" else "mkmp"
        return f"vfs.fstab={self.tag}:{self.target}:9p:{_READ_ONLY if self.read_only else 0}::{own}"


def shared_folders(share: str | None, mounts: Sequence[str], *, has_initrd: bool) -> tuple[SharedFolder, ...]:
    """The directories of --share (fs0, the root) and --mount (the following ones). Raises UsageError."""
    if share is not None and has_initrd:
        raise UsageError(f"--share {share}: the initial ramdisk is the root; use --mount {share}:/PATH")
    wanted = [] if share is None else [("--share", share, *_read_only(share), "/")]
    for mount in mounts:
        text, read_only = _read_only(mount)
        folder, separator, target = text.rpartition(":/")
        if not separator or not folder or ":" in target:
            raise UsageError(f"--mount {mount}: write DIR:/PATH or DIR:/PATH:ro, without a colon in /PATH")
        wanted.append(("--mount", mount, folder, read_only, "/" + target.strip("/")))
    if len(wanted) > SHARES_MAX:
        raise UsageError(
            f"{len(wanted)} shared directories: at most {SHARES_MAX} per machine; share a common parent instead"
        )
    for option, text, folder, _, target in wanted:
        if not Path(folder).is_dir():
            raise UsageError(f"{option} {text}: {folder} is not a host directory")
        if option == "--mount" and target == "/":
            raise UsageError(f"{option} {text}: the root; use --share {folder}")
    return tuple(
        SharedFolder(f"fs{number}", Path(folder).absolute(), target, read_only)
        for number, (_, _, folder, read_only, target) in enumerate(wanted)
    )


def check_program(share: str, program: str, memory: int) -> None:
    """Checks a program in a shared root like one of the host; the kernel checks what only the guest can resolve.

    `memory` is the machine's, in bytes. Raises BinaryError.
    """
    from unishim.elf.check import check_executable
    from unishim.elf.interpreted import is_interpreted

    path = Path(_read_only(share)[0])
    for name in program.split("/"):
        path /= name
        if name == ".." or path.is_symlink():
            return
    if "/" in program and path.is_file() and not is_interpreted(path):
        check_executable(os.fspath(path), memory)


def _read_only(text: str) -> tuple[str, bool]:
    for end in (":ro", ":rw"):
        if text.endswith(end):
            return text.removesuffix(end), end == ":ro"
    return os.fspath(text), False
