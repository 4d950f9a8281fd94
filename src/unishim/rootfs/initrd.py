"""The file that a run gives the kernel as its initial ramdisk."""

from __future__ import annotations

import mmap
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from unishim.elf.check import check_image
from unishim.rootfs.cpio_writer import write_archive
from unishim.rootfs.source import Packing, Source, memory_file, read_program, read_source, require_room


@dataclass(frozen=True, slots=True)
class Initrd:
    """A file for the kernel: a raw ELF file, or a newc archive.

    `path` may be in /proc, and exists as long as the stack that it was opened with. `program` is the program's path in
    the archive; None: argv[0] names it.
    """

    path: str
    program: str | None = None


def open_initrd(path: str | os.PathLike[str], packing: Packing, stack: ExitStack) -> Initrd:
    """Opens what `--initrd` names. Raises BinaryNotFoundError, BinaryError."""
    name = os.fspath(path)
    source = read_source(path, packing, stack)
    if source.path is None:
        return _pack(source, packing, stack, name)
    require_room(Path(source.path).stat().st_size, packing, name)
    if source.entries is None:
        with Path(source.path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
            check_image(image, name, packing.memory)
    return Initrd(source.path)


def pack_program(path: str, packing: Packing, stack: ExitStack) -> Initrd:
    """Packs a program of the host with what it needs. Raises BinaryNotFoundError, BinaryError."""
    return _pack(read_program(path, packing), packing, stack, path)


def _pack(source: Source, packing: Packing, stack: ExitStack, name: str) -> Initrd:
    entries = source.entries or []
    sizes = {entry.link or entry.name: entry.size for entry in entries}
    require_room(sum(sizes.values()), packing, name)
    target, path = memory_file(stack)
    require_room(write_archive(entries, target), packing, name)
    return Initrd(path, source.program)
