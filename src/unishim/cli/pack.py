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

from unishim.cli.run_vocabulary import environment_of
from unishim.errors import UsageError
from unishim.printable import printable
from unishim.rootfs.cpio_writer import write_all, write_archive

if TYPE_CHECKING:
    from unishim.rootfs.entry import Entry

_CHUNK = 1 << 20  # bytes


@click.command("pack")
@click.option("-o", "--output", metavar="FILE", help="Write the archive to FILE; - is stdout.")
@click.option("--list", "as_list", is_flag=True, help="List the archive's contents.")
@click.option(
    "--add", multiple=True, metavar="HOST[:/GUEST]", help="Also pack a file or directory of the host (repeatable)."
)
@click.option(
    "--with-libs/--without-libs", default=True, help="Pack (default) or do not pack what a program needs to start."
)
@click.option(
    "--env", multiple=True, metavar="NAME[=VALUE]", help="Set LD_LIBRARY_PATH, LD_PRELOAD, PATH for the search."
)
@click.option("--keep-times", is_flag=True, help="Keep the files' timestamps; by default all get the same one.")
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
    """Write X as an archive that the kernel unpacks without copying file contents: newc cpio with page-aligned files.

    X is a directory, an archive (cpio or tar, plain or compressed with gzip, zstd, xz or bzip2), or a program, which is
    packed with its interpreter and libraries.

    \b
    unishim pack rootfs/ -o rootfs.cpio
    unishim pack --add config.ini:/etc/config.ini /usr/bin/sqlite3 -o sqlite.cpio
    unishim pack --list image.tar.gz
    """
    if output is None and not as_list:
        raise UsageError("nothing to do; use -o FILE to write the archive, or --list to list it")
    from unishim.elf.interpreted import is_program
    from unishim.rootfs.source import Packing, read_program, read_source

    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2  # the rest is for us
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
    """A descriptor to write the archive to. A regular file appears under its name once the archive is complete."""
    with ExitStack() as stack:
        try:
            if output == "-" or (Path(output).exists() and not Path(output).is_file()):
                target = os.memfd_create("unishim-archive")
                stack.callback(os.close, target)
                yield target
                _copy(target, output, stack)
                return
            path = Path(output).resolve()
            target, temporary = tempfile.mkstemp(prefix=".unishim-", dir=path.parent)
            stack.callback(os.close, target)
            stack.callback(Path(temporary).unlink, missing_ok=True)
            yield target
            os.fchmod(target, 0o666 & ~_umask())
            Path(temporary).replace(path)
        except OSError as error:
            raise UsageError(f"-o {output}: {error.strerror}") from None


def _copy(source: int, output: str, stack: ExitStack) -> None:
    """Writes to a pipe or a device, which cannot have holes."""
    target = 1
    if output != "-":
        target = os.open(output, os.O_WRONLY)
        stack.callback(os.close, target)
    os.lseek(source, 0, os.SEEK_SET)
    while data := os.read(source, _CHUNK):
        write_all(target, data)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _print(entries: Sequence[Entry]) -> None:
    for entry in entries:
        size = ",".join(map(str, entry.device)) if entry.is_device else str(entry.size or len(entry.target))
        target = f" -> {printable(os.fsdecode(entry.target))}" if entry.is_symlink else ""
        click.echo(f"{stat.filemode(entry.mode)} {size:>10} {printable(os.fsdecode(entry.name))}{target}")
