"""Recognizes by its content what the user names: a program, an archive, a compressed one of these, or a directory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from unishim.errors import BinaryError, BinaryNotFoundError, UsageError
from unishim.printable import say
from unishim.rootfs.additions import add_all
from unishim.rootfs.compression import decompress, is_compressed
from unishim.rootfs.cpio_reader import is_cpio, read_archive
from unishim.rootfs.entry import Entry
from unishim.rootfs.folder import Times, scan_folder
from unishim.rootfs.room import Room
from unishim.rootfs.tar_reader import is_tar, read_tar
from unishim.rootfs.tree import Tree

_HEAD_SIZE = 512  # bytes that identify a file's type
_ELF = b"\x7fELF"


def _print_note(line: str) -> None:
    say(f"unishim: {line}")


@dataclass(frozen=True, slots=True)
class Packing:
    """How to pack."""

    memory: int  # bytes: the limit for unpacked and packed data
    additions: Sequence[str] = ()  # HOST or HOST:/GUEST
    keep_times: bool = False  # of a directory's files
    environment: Mapping[str, str] = field(default_factory=dict)  # of the program whose libraries are searched
    with_libraries: bool = True
    note: Callable[[str], None] = _print_note  # called with a line about each file that is left out


@dataclass(frozen=True, slots=True)
class Source:
    """What the user named. `entries` is None for a program, which is the content of `path`.

    `path` is None if no file can be passed to the kernel as it is. `program` is the program's path in the archive.
    """

    entries: list[Entry] | None
    path: str | None = None
    program: str | None = None


def read_source(path: str | os.PathLike[str], packing: Packing, stack: ExitStack) -> Source:
    """Reads a program, an archive, a compressed one of these, or a directory; `stack` closes what it opens.

    Raises BinaryNotFoundError, or BinaryError for other files, damaged files, and files that do not fit into memory.
    """
    name = os.fspath(path)
    try:
        if Path(path).is_dir():
            times = Times(keep=packing.keep_times)
            return Source(_added_to(scan_folder(name, times, packing.note), times, packing))
        if not Path(path).is_file() and Path(path).exists():
            raise BinaryError(f"{name}: not a regular file; name a program, an archive or a directory")
        return _read_file(_open(name, stack), name, packing, stack)
    except FileNotFoundError:
        raise BinaryNotFoundError(f"{name}: no such file") from None
    except NotADirectoryError:
        raise BinaryNotFoundError(f"{name}: no such file; a part of the path is not a directory") from None
    except OSError as error:
        raise BinaryError(f"{name}: cannot read it: {error.strerror}") from None


def read_program(path: str, packing: Packing) -> Source:
    """A static or dynamic program of the host, or a script, with what it needs, each file at its path on the host."""
    from unishim.rootfs.collect import collect_program

    tree = Tree(Times(keep=True))
    add_all(tree, packing.additions, packing.note)
    program = collect_program(tree, path, packing.environment, with_libraries=packing.with_libraries)
    return Source(tree.entries(), program=program)


def memory_file(stack: ExitStack) -> tuple[int, str]:
    """An empty file without a name, and a path by which other processes can open it."""
    descriptor = os.memfd_create("unishim-initrd")
    stack.callback(os.close, descriptor)
    return descriptor, f"/proc/{os.getpid()}/fd/{descriptor}"


def require_room(size: int, packing: Packing, name: str) -> None:
    """Raises BinaryError if that many bytes do not fit into memory."""
    if size > packing.memory:
        raise BinaryError(
            f"{name}: {-(-size >> 20)} MiB do not fit into the guest's memory ({packing.memory >> 20} MiB); "
            "set a larger --memory"
        )


def _read_file(file: BinaryIO, name: str, packing: Packing, stack: ExitStack) -> Source:
    path = os.fspath(Path(name).absolute())
    head = file.read(_HEAD_SIZE)
    if is_compressed(head):
        target, path = memory_file(stack)
        file.seek(0)
        decompress(file, head, target, packing.memory, name)
        file = _open(path, stack)
        head = file.read(_HEAD_SIZE)
    if head.startswith(_ELF):
        if packing.additions:
            raise UsageError(f"--add: {name} is a program, not an archive; name the program without --initrd")
        return Source(None, path)
    if is_cpio(head):
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            archive = read_archive(data, file.fileno(), name, Room(packing.memory, name))
        entries = _added_to(archive.entries, Times(keep=True), packing)
        return Source(entries, path if archive.is_plain and not packing.additions else None)
    if is_tar(head):
        room = Room(packing.memory, name)
        tree = Tree(Times(keep=True), room)
        read_tar(file, name, tree, room)
        add_all(tree, packing.additions, packing.note)
        return Source(tree.entries())
    raise BinaryError(
        f"{name}: neither a program (ELF), nor an archive (cpio newc or tar, plain or compressed with gzip, zstd, xz "
        "or bzip2), nor a directory"
    )


def _open(path: str, stack: ExitStack) -> BinaryIO:
    return stack.enter_context(open(path, "rb"))  # noqa: PTH123


def _added_to(entries: list[Entry], times: Times, packing: Packing) -> list[Entry]:
    if not packing.additions:
        return entries
    tree = Tree(times)
    tree.add_all(entries)
    add_all(tree, packing.additions, packing.note)
    return tree.entries()
