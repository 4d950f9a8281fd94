"""Chooses what the kernel gets: a program's file as it is, or an archive. Packing code is imported only if needed."""

from __future__ import annotations

import os

from unishim.absolute_path import absolute
from unishim.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

    from unishim.running.options import Options

_SEARCH_VARIABLES = ("LD_LIBRARY_PATH", "LD_PRELOAD", "PATH")  # the search for a program's files depends on these


def choose_initrd(
    options: Options, argv: Sequence[str], memory: int, stack: ExitStack | None
) -> tuple[str | None, str | None]:
    """The path of the kernel's initrd, and the program's path in it (None: start what argv[0] names).

    There is no initrd if a shared directory is the root.

    `memory` is the guest's memory in bytes. A packed archive exists as long as `stack`; without a stack, nothing is
    packed. Raises BinaryNotFoundError, BinaryError, UsageError.
    """
    if not argv:
        raise UsageError("no program given; name its file")
    if options.share is not None:
        from unishim.platforms.shares import check_program

        check_program(os.fspath(options.share), argv[0], memory)
        return None, None
    file = os.fspath(options.initrd) if options.initrd is not None else argv[0]
    if stack is not None and _is_archive_needed(options, file):
        from unishim.rootfs.initrd import open_initrd, pack_program
        from unishim.rootfs.source import Packing

        packing = Packing(memory, options.add, options.keep_times, options.env or {}, options.with_libs)
        opened = pack_program(file, packing, stack) if options.initrd is None else open_initrd(file, packing, stack)
        return opened.path, opened.program
    from unishim.elf.check import check_executable

    check_executable(file, memory)
    return absolute(file), None


def is_packed(initrd: str | None) -> bool:
    """Whether it is a file that disappears after the run."""
    return initrd is not None and initrd.startswith(f"/proc/{os.getpid()}/fd/")


def pack_command(options: Options, argv: Sequence[str], output: str) -> list[str]:
    """The command that packs the same archive as a run."""
    words = ["unishim", "pack", "-o", output]
    for addition in options.add:
        words += ["--add", addition]
    if options.keep_times:
        words.append("--keep-times")
    if options.initrd is not None:
        return [*words, "--", os.fspath(options.initrd)]
    if not options.with_libs:
        words.append("--without-libs")
    for name, value in (options.env or {}).items():
        if name in _SEARCH_VARIABLES:
            words += ["--env", f"{name}={value}"]
    return [*words, "--", argv[0]]


def _is_archive_needed(options: Options, file: str) -> bool:
    from unishim.elf.interpreted import is_interpreted, is_program

    if options.add:
        return True
    if options.initrd is not None:
        return not is_program(file)
    return options.with_libs and is_interpreted(file)
