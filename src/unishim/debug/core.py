"""Core files, as Linux writes them (core(5); fs/binfmt_elf.c): an ELF file of notes and memory.

Pages that the program never touched are not in the file; debuggers read them as zeroes.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from unishim.channel.host import Host
from unishim.channel.layout import (
    COMMAND_RESIDENT,
    COMMAND_THREAD,
    END,
    STATE_OFFSET,
    THREAD,
    Layout,
)
from unishim.debug.core_target import CoreTarget
from unishim.debug.extended_state import COMPONENTS_MAX, LEGACY_SIZE, Component, at_intels_places
from unishim.handlers.errors import GuestFaultError
from unishim.handlers.guest import Guest, Mapping
from unishim.printable import say

_PAGE = 4096
_HEADER = struct.Struct("<4sBBBB8xHHIQQQIHHHHHH")  # Elf64_Ehdr
_SEGMENT = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr
_SECTION = struct.Struct("<IIQQQQIIQQ")  # Elf64_Shdr
_ET_CORE, _EM_X86_64 = 4, 62
_PT_LOAD, _PT_NOTE = 1, 4
_PN_XNUM = 0xFFFF  # with this many segments or more, their number is in the first section
_NT_PRSTATUS, _NT_FPREGSET, _NT_PRPSINFO, _NT_AUXV = 1, 2, 3, 6
_NT_X86_XSTATE, _NT_SIGINFO, _NT_FILE = 0x202, 0x53494749, 0x46494C45

_PRSTATUS = struct.Struct("<iii h2x QQ iiii 64x 27Q ii")  # struct elf_prstatus
_PRPSINFO = struct.Struct("<bcbb4x Q IIiiii 16s 80s")  # struct elf_prpsinfo
_CS, _SS = 17, 20  # indices of registers
_USER_CS, _USER_SS = 0x33, 0x2B  # the values in Linux programs
_PROCESS = 1
_THREADS_MAX = 1 << 16
_JOINED = 16 * _PAGE  # ranges at most this far apart are joined
# What follows bounds what a program that has taken over its kernel can make us write.
_ADDRESS_END = 1 << 47
_SEGMENTS_MAX = 1 << 20
_PRESENT_FACTOR, _PRESENT_MORE = 4, 1 << 30  # bytes: of the machine's memory, and of files that are not in it
_NOTES_MAX = 256 << 20  # bytes: 20 000 threads with 12 KiB of registers each


@dataclass(frozen=True, slots=True)
class _Segment:
    """A range of memory; `is_present`: its contents are in the file."""

    start: int
    end: int
    flags: int
    is_present: bool

    @property
    def file_size(self) -> int:
        return self.end - self.start if self.is_present else 0


class CoreFile:
    """The core file that a run writes if a signal ends its program."""

    def __init__(self, path: str, program: str | None = None, root: str | None = None) -> None:
        """`program`: the host file of a program that is alone in its root; `root`: the directory that is the root."""
        self._path = path
        self._target = CoreTarget(path)
        self._program = program
        self._root = root

    def dump(self, host: Host) -> None:
        """Writes the file. An error is reported as a line on stderr; the exit status stays the program's."""
        try:
            with self._target.writing() as file:
                _write(Guest(host), host, file, self._host_file)
        except OSError as error:
            reason = error.strerror or str(error)
            self._give_up(reason)
        except (ValueError, KeyError, OverflowError, struct.error):
            # A program can write to the channel too.
            self._give_up("the kernel's data is invalid")

    def _give_up(self, reason: str) -> None:
        say(f"unishim: --core {self._path}: {reason}; no core file was written")

    def _host_file(self, name: str) -> str | None:
        """The host's file for a mapped one, if it exists: debuggers complain about missing files."""
        if self._program is not None and os.path.basename(name) == os.path.basename(self._program):  # noqa: PTH119
            return self._program
        path = name if self._root is None else os.path.join(self._root, name.lstrip("/"))  # noqa: PTH118
        return path if os.path.isfile(path) else None  # noqa: PTH113


def _write(guest: Guest, host: Host, file: BinaryIO, host_file: Callable[[str], str | None]) -> None:
    end = _structure(END, host.memory.data)
    notes = b"".join(_all_notes(guest, host, end))
    maps = [mapping for mapping in guest.maps() if mapping.name != "[anon:guard]"]
    _check_order(maps)
    notes += _file_note(maps, host_file)
    segments = _bounded((segment for mapping in maps for segment in _segments(host, mapping)), host.memory_size)
    count = len(segments) + 1
    sections = 1 if count >= _PN_XNUM else 0
    notes_at = _HEADER.size + count * _SEGMENT.size + sections * _SECTION.size
    at = -(-(notes_at + len(notes)) // _PAGE) * _PAGE
    section_at = notes_at - _SECTION.size if sections else 0
    file.write(_header(min(count, _PN_XNUM), section_at))
    file.write(_SEGMENT.pack(_PT_NOTE, 0, notes_at, 0, 0, len(notes), 0, 4))
    for segment in segments:
        size = segment.end - segment.start
        file.write(_SEGMENT.pack(_PT_LOAD, segment.flags, at, segment.start, 0, segment.file_size, size, _PAGE))
        at += segment.file_size
    if sections:
        file.write(_SECTION.pack(0, 0, 0, 0, 0, 0, 0, count, 0, 0))
    file.write(notes)
    file.write(bytes(-file.tell() % _PAGE))
    for segment in segments:
        for start in range(segment.start, segment.end if segment.is_present else segment.start, 1 << 20):
            file.write(_memory(guest, start, min(1 << 20, segment.end - start)))


def _check_order(maps: list[Mapping]) -> None:
    at = 0
    for mapping in maps:
        if not at <= mapping.start < mapping.end <= _ADDRESS_END or (mapping.start | mapping.end) % _PAGE:
            raise ValueError("a mapping has an impossible range")
        at = mapping.end


def _bounded(segments: Iterator[_Segment], memory: int) -> list[_Segment]:
    """The segments; of pages that are claimed to be present, as many as a machine with so much memory can have.

    Files of the host and pages that are mapped several times make it more than the memory.
    """
    left = _PRESENT_FACTOR * memory + _PRESENT_MORE
    found: list[_Segment] = []
    for segment in segments:
        left -= segment.file_size
        if len(found) == _SEGMENTS_MAX:
            raise ValueError("there are too many ranges")
        found.append(segment if left >= 0 else replace(segment, is_present=False))
    return found


def _all_notes(guest: Guest, host: Host, end: dict[str, bytes]) -> Iterator[bytes]:
    left = _NOTES_MAX
    for note in _notes(guest, host, end):
        left -= len(note)
        if left < 0:
            raise ValueError("the threads do not end")
        yield note


def _memory(guest: Guest, start: int, size: int) -> bytes:
    """Zeroes where memory cannot be read after all, for example of a file that has become shorter."""
    try:
        return guest.read_memory(start, size)
    except GuestFaultError:
        return bytes(size)


def _header(segments: int, section_at: int) -> bytes:
    ident = (b"\x7fELF", 2, 1, 1, 0)  # 64 bits, little-endian, version 1
    sizes = (_HEADER.size, _SEGMENT.size, segments, _SECTION.size if section_at else 0, int(section_at != 0), 0)
    return _HEADER.pack(*ident, _ET_CORE, _EM_X86_64, 1, 0, _HEADER.size, section_at, 0, *sizes)


def _segments(host: Host, mapping: Mapping) -> Iterator[_Segment]:
    """The ranges of a mapping that are in memory, and those that are not."""
    flags = sum(bit for letter, bit in zip("rwx", (4, 2, 1), strict=True) if letter in mapping.protection)
    at = mapping.start
    for start, end in _resident(host, mapping):
        if start > at:
            yield _Segment(at, start, flags, is_present=False)
        yield _Segment(start, end, flags, is_present=True)
        at = end
    if at < mapping.end:
        yield _Segment(at, mapping.end, flags, is_present=False)


def _resident(host: Host, mapping: Mapping) -> Iterator[tuple[int, int]]:
    """Ranges in memory, joined if little is between them."""
    if "r" not in mapping.protection:
        return
    joined: tuple[int, int] | None = None
    for start, end in _pages(host, mapping):
        # Unlike anonymous pages, file pages that are not in memory are not zero.
        if joined is not None and start - joined[1] <= (0 if mapping.name.startswith("/") else _JOINED):
            joined = joined[0], end
            continue
        if joined is not None:
            yield joined
        joined = start, end
    if joined is not None:
        yield joined


def _pages(host: Host, mapping: Mapping) -> Iterator[tuple[int, int]]:
    memory = host.memory
    at = mapping.start
    while at < mapping.end:
        memory["address"], memory["length"] = at, mapping.end - at
        count = host.exchange(COMMAND_RESIDENT)
        if not count:
            return
        words = struct.unpack(f"<{2 * count}Q", memory.data[: 16 * count])
        for start, end in zip(words[::2], words[1::2], strict=True):
            if not at <= start < end <= mapping.end or (start | end) % _PAGE:
                raise ValueError("pages are outside of their mapping")
            yield start, end
            at = end


def _notes(guest: Guest, host: Host, end: dict[str, bytes]) -> Iterator[bytes]:
    """Notes in Linux's order: the thread that caused the end, then those of the whole process, then other threads."""
    signal = int.from_bytes(end["information"][:4], "little")
    for index, thread in enumerate(_threads(host)):
        yield _note(_NT_PRSTATUS, _status(thread, signal if index == 0 else 0))
        if index == 0:
            yield _note(_NT_PRPSINFO, _process(guest, end, thread))
            yield _note(_NT_SIGINFO, end["information"])
            yield _note(_NT_AUXV, _between(guest, end, "auxiliary"))
        state = thread["state"]
        yield _note(_NT_FPREGSET, state[:LEGACY_SIZE])
        if len(state) > LEGACY_SIZE:
            mask = int.from_bytes(end["xsave_mask"], "little")
            yield _note(_NT_X86_XSTATE, at_intels_places(state, mask, _components(end)))


def _components(end: dict[str, bytes]) -> dict[int, Component]:
    """The places where the program's processor stores the components of its extended state."""
    words = struct.Struct(f"<{COMPONENTS_MAX}I")
    places = zip(words.unpack(end["component_offsets"]), words.unpack(end["component_sizes"]), strict=True)
    return {number: Component(*place) for number, place in enumerate(places) if place[0]}


def _note(kind: int, data: bytes) -> bytes:
    name = b"LINUX\0" if kind == _NT_X86_XSTATE else b"CORE\0"
    header = struct.pack("<III", len(name), len(data), kind)
    return header + name + bytes(-len(name) % 4) + data + bytes(-len(data) % 4)


def _threads(host: Host) -> Iterator[dict[str, bytes]]:
    for index in range(_THREADS_MAX):
        host.memory["address"] = index
        if host.exchange(COMMAND_THREAD) < 0:
            return
        thread = _structure(THREAD, host.memory.data)
        size = int.from_bytes(thread["state_size"], "little")
        thread["state"] = bytes(host.memory.data[STATE_OFFSET : STATE_OFFSET + size])
        yield thread


def _status(thread: dict[str, bytes], signal: int) -> bytes:
    registers = list(struct.unpack("<27Q", thread["registers"]))
    registers[_CS], registers[_SS] = _USER_CS, _USER_SS
    numbers = [int.from_bytes(thread[name], "little") for name in ("pending", "blocked", "tid")]
    return _PRSTATUS.pack(signal, 0, 0, signal, *numbers, 0, _PROCESS, _PROCESS, *registers, 1, 0)


def _process(guest: Guest, end: dict[str, bytes], thread: dict[str, bytes]) -> bytes:
    arguments = _between(guest, end, "arguments")[:79].rstrip(b"\0").replace(b"\0", b" ")
    nice = int.from_bytes(thread["nice"], "little", signed=True)
    return _PRPSINFO.pack(0, b"R", 0, nice, 0, 0, 0, _PROCESS, 0, _PROCESS, _PROCESS, thread["name"], arguments)


def _between(guest: Guest, end: dict[str, bytes], name: str) -> bytes:
    """Memory of the program; b"" if the program has overwritten or unmapped it."""
    first, last = (int.from_bytes(end[key], "little") for key in (name, f"{name}_end"))
    try:
        return guest.read_memory(first, min(last - first, 1 << 16))
    except GuestFaultError:
        return b""


def _file_note(maps: list[Mapping], host_file: Callable[[str], str | None]) -> bytes:
    """NT_FILE: start, end and file page of each mapping, then the names."""
    named = [(mapping, host_file(mapping.name)) for mapping in maps if mapping.name.startswith("/")]
    files = [(mapping, name) for mapping, name in named if name is not None]
    rows = [struct.pack("<QQQ", mapping.start, mapping.end, mapping.offset // _PAGE) for mapping, _ in files]
    names = [os.fsencode(name) + b"\0" for _, name in files]
    return _note(_NT_FILE, struct.pack("<QQ", len(files), _PAGE) + b"".join(rows) + b"".join(names))


def _structure(layout: Layout, data: memoryview) -> dict[str, bytes]:
    """The bytes of a structure's fields."""
    return {field.name: bytes(data[field.offset : field.offset + field.size * field.count]) for field in layout.fields}
