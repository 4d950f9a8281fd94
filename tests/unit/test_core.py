"""Core files of unusual programs: memory in very many pieces."""

from __future__ import annotations

import errno
import struct
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from elftools.elf.elffile import ELFFile

from unishim.channel.host import Host
from unishim.channel.layout import COMMAND_MAPS, COMMAND_READ, COMMAND_RESIDENT, COMMAND_THREAD, DATA_SIZE
from unishim.debug.core import CoreFile

PAGE = 4096
START = 0x10000000


class FakeMemory(dict[str, int]):
    """The channel's fields, and its data area."""

    def __init__(self) -> None:
        super().__init__(address=0, length=0)
        self.data = memoryview(bytearray(DATA_SIZE))


class FakeHost:
    """A kernel whose program has one mapping, of which every `step`th page is in memory."""

    def __init__(self, pages: int, step: int) -> None:
        self.memory = FakeMemory()
        self.memory_size = 1 << 30
        self.end = START + pages * PAGE
        self.step = step * PAGE

    def exchange(self, command: int) -> int:
        address, length = self.memory["address"], self.memory["length"]
        if command == COMMAND_MAPS:
            text = f"{START:08x}-{self.end:08x} rw-p 00000000 00:00 0\n".encode() if address < self.end else b""
            return self.put(text, len(text))
        if command == COMMAND_READ:
            return self.put(struct.pack("<Q", address) * (length // 8), length)
        if command == COMMAND_THREAD:
            return 0 if address == 0 else -errno.ESRCH
        assert command == COMMAND_RESIDENT
        first = START + -(-(address - START) // self.step) * self.step
        starts = range(first, address + length, self.step)[: DATA_SIZE // 16]
        return self.put(b"".join(struct.pack("<QQ", start, start + PAGE) for start in starts), len(starts))

    def put(self, data: bytes, result: int) -> int:
        self.memory.data[: len(data)] = data
        return result


def write_core(path: Path, pages: int, step: int) -> Any:
    CoreFile(str(path)).dump(cast(Host, FakeHost(pages, step)))
    return ELFFile(BytesIO(path.read_bytes()))


def loads(core: Any) -> list[Any]:
    return [segment for segment in core.iter_segments() if segment["p_type"] == "PT_LOAD"]


@pytest.mark.parametrize(("step", "in_file", "absent"), [(16, 1, 1), (1000, 10, 10)])
def test_holes(tmp_path: Path, step: int, in_file: int, absent: int) -> None:
    """Small holes are in the file, large ones are not."""
    found = loads(write_core(tmp_path / "core", 10000, step))
    present = [segment for segment in found if segment["p_filesz"]]
    assert (len(present), len(found) - len(present)) == (in_file, absent)
    assert found[0]["p_vaddr"] == START
    assert sum(segment["p_memsz"] for segment in found) == 10000 * PAGE
    for segment in present:
        assert segment.data()[:8] == struct.pack("<Q", segment["p_vaddr"])


def test_nonsense(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A program can overwrite the kernel's data: one line, and no file."""

    class Nonsense(FakeHost):
        def exchange(self, command: int) -> int:
            return 1 << 40 if command == COMMAND_RESIDENT else super().exchange(command)

    CoreFile(str(tmp_path / "core")).dump(cast(Host, Nonsense(100, 1)))
    assert capfd.readouterr().err == (
        f"unishim: --core {tmp_path / 'core'}: the kernel's data is invalid; no core file was written\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_very_many_segments(tmp_path: Path) -> None:
    """More than the header can count: the first section contains their number (elf(5), PN_XNUM)."""
    core = write_core(tmp_path / "core", 40000 * 20, 20)
    assert core.header["e_phnum"] == 0xFFFF
    assert core.num_segments() == 80001
    found = loads(core)
    assert found[-2].data()[:8] == struct.pack("<Q", START + 39999 * 20 * PAGE)


def test_planted_links(tmp_path: Path) -> None:
    """Neither the name of the core file nor a directory on its path leads elsewhere if the program makes it a link."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    core = CoreFile(str(folder / "core"))
    (folder / "core").symlink_to(other / "file")
    folder.rename(tmp_path / "moved")
    folder.symlink_to(other)
    core.dump(cast(Host, FakeHost(16, 1)))
    assert (other / "file").read_text() == "kept"
    assert sorted(path.name for path in other.iterdir()) == ["file"]
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["core"]
    assert (tmp_path / "moved" / "core").read_bytes().startswith(b"\x7fELF")


class Forger(FakeHost):
    """A program that has taken over its kernel: `maps` are the lines that it claims."""

    def __init__(self, maps: list[str], pages: list[tuple[int, int]]) -> None:
        super().__init__(16, 1)
        self.lines = maps
        self.ranges = pages
        self.reads = 0

    def exchange(self, command: int) -> int:
        if command == COMMAND_MAPS:
            text = "".join(f"{line} rw-p 00000000 00:00 0\n" for line in self.lines).encode()
            self.lines = []
            return self.put(text, len(text))
        if command == COMMAND_RESIDENT:
            data = b"".join(struct.pack("<QQ", *pages) for pages in self.ranges)
            return self.put(data, len(self.ranges))
        self.reads += command == COMMAND_READ
        return super().exchange(command)


@pytest.mark.parametrize(
    ("maps", "pages"),
    [
        (["0-0"], []),
        (["2000-1000"], []),
        (["1000-1800"], []),
        (["1000-2000", "1000-2000"], []),
        (["1000-ffffffffffffe000"], []),
        (["-1000-2000"], []),
        (["1000-2000"], [(0, 4096)]),
        (["1000-2000"], [(4096, 1 << 46)]),
        (["1000-9000"], [(8192, 4096)]),
        (["1000-9000"], [(8192, 12288), (4096, 8192)]),
        (["1000-9000"], [(4097, 8192)]),
    ],
)
def test_impossible_ranges(tmp_path: Path, maps: list[str], pages: list[tuple[int, int]]) -> None:
    CoreFile(str(tmp_path / "core")).dump(cast(Host, Forger(maps, pages)))
    assert list(tmp_path.iterdir()) == []


def test_more_pages_than_memory(tmp_path: Path) -> None:
    """Pages beyond what the machine can have are not read, and the file stays small."""
    start, end = 1 << 30, 1 << 45
    host = Forger([f"{start:x}-{start + 8192:x}", f"{start + 8192:x}-{end:x}"], [])
    host.ranges = [(start, start + 8192)]
    normal = host.exchange

    def exchange(command: int) -> int:
        if command == COMMAND_RESIDENT and host.memory["address"] >= start + 8192:
            host.ranges = [(start + 8192, end)]
        return normal(command)

    host.exchange = exchange  # type: ignore[method-assign]
    CoreFile(str(tmp_path / "core")).dump(cast(Host, host))
    assert (tmp_path / "core").stat().st_size < 1 << 20
    assert host.reads < 10
    found = loads(ELFFile(BytesIO((tmp_path / "core").read_bytes())))
    assert [(segment["p_memsz"], segment["p_filesz"]) for segment in found] == [(8192, 8192), (end - start - 8192, 0)]
