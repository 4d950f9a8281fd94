"""Core files of native programs, as the host's kernel writes them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.debugged import gdb
from tests.framework import TIMEOUT
from unishim.debug.extended_state import Component, at_intels_places

PATTERN = Path("/proc/sys/kernel/core_pattern")  # core(5)
_XCR0_OFFSET = 464
_NT_X86_XSTATE = 0x202
_PT_NOTE = 4
_SEGMENTS_OFFSET, _SEGMENT_COUNT = 32, 56  # of Elf64_Ehdr
_FILE_OFFSET, _FILE_SIZE = 8, 32  # of Elf64_Phdr


def _is_name(pattern: str) -> bool:
    """Whether the pattern creates files in the working directory."""
    return pattern.strip() != "" and "/" not in pattern and pattern[0] not in "|@"


@contextlib.contextmanager
def files_in_working_directory() -> Iterator[bool]:
    """Yields whether core files are written there meanwhile. Changes the machine's pattern only if necessary."""
    lock = os.open(Path(tempfile.gettempdir()) / f"unishim-core-pattern-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pattern = PATTERN.read_text()
        if _is_name(pattern):
            yield True
            return
        try:
            PATTERN.write_text("core")
        except OSError:  # not root, or a container
            yield False
            return
        try:
            yield True
        finally:
            PATTERN.write_text(pattern)
    finally:
        os.close(lock)


def write_native_core(argv: Sequence[str | Path], core: Path) -> None:
    """Runs a program that a signal ends, and moves its core file to `core`.

    The kernel writes it, or gdb if the machine sends core files elsewhere and does not permit us to change that.
    """
    with (
        tempfile.TemporaryDirectory(dir=core.parent) as folder,
        files_in_working_directory() as is_ours,
    ):
        if is_ours:
            _, most = resource.getrlimit(resource.RLIMIT_CORE)
            limit = "unlimited" if most == resource.RLIM_INFINITY else str(most)
            command = ["prlimit", f"--core={limit}", *argv]
            done = subprocess.run(command, check=False, cwd=folder, capture_output=True, timeout=TIMEOUT)
            assert done.returncode < 0, done
            files = list(Path(folder).iterdir())
            assert len(files) == 1, (
                f"{files}: one core file is expected; is the hard limit (ulimit -Hc) {limit} too small?"
            )
            files[0].rename(core)
            return
    program, *arguments = map(str, argv)
    written = gdb([program], ["set startup-with-shell off", f"run {' '.join(arguments)}", f"generate-core-file {core}"])
    assert core.is_file(), written.stdout + written.stderr


def move_to_intels_places(core: Path, components: Mapping[int, Component]) -> None:
    """Moves the extended state in the notes of a core file from the places in `components` to Intel's.

    gdb before 14 does not read other places: "Section `.reg-xstate' in core file too small".
    """
    data = bytearray(core.read_bytes()[: 1 << 16])
    (table,), (count,) = (
        struct.unpack_from("<Q", data, _SEGMENTS_OFFSET),
        struct.unpack_from("<H", data, _SEGMENT_COUNT),
    )
    headers = range(table, table + 56 * count, 56)
    header = next(at for at in headers if struct.unpack_from("<I", data, at)[0] == _PT_NOTE)
    (start,), (size,) = (struct.unpack_from("<Q", data, header + field) for field in (_FILE_OFFSET, _FILE_SIZE))
    with core.open("r+b") as file:
        file.seek(start)
        notes = b"".join(_moved_notes(file.read(size), components))
        place = file.seek(0, os.SEEK_END)
        place += -place % 4096
        file.seek(place)
        file.write(notes)
        file.seek(header + _FILE_OFFSET)
        file.write(struct.pack("<Q", place))
        file.seek(header + _FILE_SIZE)
        file.write(struct.pack("<Q", len(notes)))


def _moved_notes(notes: bytes, components: Mapping[int, Component]) -> Iterator[bytes]:
    at = 0
    while at < len(notes):
        name_size, size, kind = struct.unpack_from("<III", notes, at)
        data_at = at + 12 + -(-name_size // 4) * 4
        name, data = notes[at + 12 : data_at], notes[data_at : data_at + size]
        at = data_at + -(-size // 4) * 4
        if kind == _NT_X86_XSTATE:
            (mask,) = struct.unpack_from("<Q", data, _XCR0_OFFSET)
            data = at_intels_places(data, mask, components)
        yield struct.pack("<III", name_size, len(data), kind) + name + data + bytes(-len(data) % 4)
