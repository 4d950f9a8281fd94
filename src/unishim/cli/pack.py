"""`unishim pack`."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unishim.cli.run_options import environment_of
from unishim.errors import UsageError

if TYPE_CHECKING:
    from unishim.rootfs.entry import Entry


@click.command("pack")
@click.option("-o", "--output", metavar="FILE", help="Write the archive there; - for stdout.")
@click.option("--list", "as_list", is_flag=True, help="Print what is in it.")
@click.option("--add", multiple=True, metavar="HOST[:/GUEST]", help="Pack a file or a folder of the host too.")
@click.option("--with-libs/--without-libs", default=True, help="Pack what a program needs to start, or not.")
@click.option("--env", multiple=True, metavar="NAME[=VALUE]", help="LD_LIBRARY_PATH, LD_PRELOAD, PATH of the program.")
@click.option("--keep-times", is_flag=True, help="Keep the times of a folder's files; else all have the same.")
@click.argument("source", metavar="X")
def command(
    source: str,
    output: str | None,
    as_list: bool,
    add: tuple[str, ...],
    with_libs: bool,
    env: tuple[str, ...],
    keep_times: bool,
) -> None:
    """Write X as an archive that the kernel unpacks without copying its files: newc cpio, files on pages.

    X is a folder, an archive (cpio or tar, plain or compressed by gzip, zstd, xz or bzip2), or a program, whose
    interpreter and libraries come along.

    \b
    unishim pack rootfs/ -o rootfs.cpio
    unishim pack --add config.ini:/etc/config.ini /usr/bin/sqlite3 -o sqlite.cpio
    unishim pack --list image.tar.gz
    """
    if output is None and not as_list:
        raise UsageError("nothing to do; write the archive with -o FILE, or list it with --list")
    from unishim.elf.interpreted import is_program
    from unishim.rootfs.cpio_writer import write_archive
    from unishim.rootfs.source import Packing, read_program, read_source

    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    packing = Packing(memory, add, keep_times, environment_of(env), with_libs)
    with ExitStack() as stack:
        found = read_program(source, packing) if is_program(source) else read_source(source, packing, stack)
        if found.entries is None:
            raise UsageError(f"{source}: a compressed program; unpack it first")
        if output is not None:
            with _open(output) as target:
                write_archive(found.entries, target)
        if as_list:
            _print(found.entries)


@contextmanager
def _open(output: str) -> Iterator[int]:
    """A descriptor for the archive, which appears under its name when it is whole."""
    if output == "-":
        target = os.memfd_create("unishim-archive")
        try:
            yield target
            offset, size = 0, os.fstat(target).st_size
            while offset < size:
                offset += os.sendfile(1, target, offset, size - offset)
        finally:
            os.close(target)
        return
    try:
        target, temporary = tempfile.mkstemp(prefix=".unishim-", dir=Path(output).parent)
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror}") from None
    try:
        yield target
        os.fchmod(target, 0o666 & ~_umask())
        Path(temporary).replace(output)
    except BaseException:
        Path(temporary).unlink()
        raise
    finally:
        os.close(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _print(entries: Sequence[Entry]) -> None:
    for entry in entries:
        size = ",".join(map(str, entry.device)) if entry.is_device else str(entry.size or len(entry.target))
        target = f" -> {os.fsdecode(entry.target)}" if entry.is_symlink else ""
        click.echo(f"{stat.filemode(entry.mode)} {size:>10} {os.fsdecode(entry.name)}{target}")
