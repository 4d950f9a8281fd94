"""Whole programs with all system calls patched in the file: they behave as before.

A segment is added for the trampolines; the entry that they jump to makes the system call itself.
"""

from __future__ import annotations

import random
import struct
from collections import Counter
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from iced_x86 import Mnemonic, Register

from tests.conftest import Build
from tests.framework import run_native
from tests.hosted.patching import Form, PatchLibrary, Reason
from unishim.elf.code import read_code
from unishim.elf.data_flow import DataFlow

PAGE = 4096
NO_NUMBER = 0x7777
SIZE_OF_HEADER, SIZE_OF_PROGRAM_HEADER = 64, 56
PT_LOAD, PT_NOTE = 1, 4
SLOT, START, ENTRY, TRAMPOLINES, SEGMENT_SIZE = 0, 16, 48, 128, 16 * PAGE
# Below the red zone, which a signal in the entry must not overwrite.
ENTRY_CODE = bytes.fromhex(
    "488da42478ffffff"  # lea -136(%rsp), %rsp
    "48890c24"  # mov %rcx, (%rsp)
    "0f05"  # syscall
    "488b0c24"  # mov (%rsp), %rcx
    "488da42488000000"  # lea 136(%rsp), %rsp
    "ffe1"  # jmp *%rcx
)
PROGRAMS = [
    (name, toolchain)
    for name in ("hello.c", "arguments.c", "files.c", "memory.c", "signals.c", "polls.c")
    for toolchain in ("gcc", "clang", "musl")
] + [("hello.cpp", "gcc")]


@pytest.fixture(scope="module")
def patch_library(tmp_path_factory: pytest.TempPathFactory) -> PatchLibrary:
    return PatchLibrary(tmp_path_factory.mktemp("patch"))


def add_segment(image: bytearray) -> tuple[int, int]:
    """Turns a note's program header into a loaded segment; returns its offset in the file and its address."""
    headers = list(struct.iter_unpack("<IIQQQQQQ", image[SIZE_OF_HEADER:][: SIZE_OF_PROGRAM_HEADER * image[56]]))
    loads = [header for header in headers if header[0] == PT_LOAD]
    address = (max(header[3] + header[6] for header in loads) + 0x200000) & -PAGE
    image.extend(bytes(-len(image) % PAGE))
    added = (PT_LOAD, 7, len(image), address, address, SEGMENT_SIZE, SEGMENT_SIZE, PAGE)
    headers.remove(next(header for header in headers if header[0] == PT_NOTE))
    headers.insert(headers.index(loads[-1]) + 1, added)
    for number, header in enumerate(headers):
        struct.pack_into("<IIQQQQQQ", image, SIZE_OF_HEADER + number * SIZE_OF_PROGRAM_HEADER, *header)
    offset = len(image)
    image.extend(bytes(SEGMENT_SIZE))
    # lea entry(%rip), %rcx; mov %rcx, slot(%rip); jmp to the program's former entry
    start = address + START
    (old_entry,) = struct.unpack_from("<Q", image, 24)
    code = struct.pack("<3si3sisi", b"\x48\x8d\x0d", ENTRY - START - 7, b"\x48\x89\x0d", -START - 14, b"\xe9", 0)
    code = code[:-4] + struct.pack("<i", old_entry - start - len(code))
    image[offset + START : offset + START + len(code)] = code
    image[offset + ENTRY : offset + ENTRY + len(ENTRY_CODE)] = ENTRY_CODE
    struct.pack_into("<Q", image, 24, start)
    return offset, address


def patch_program(library: PatchLibrary, path: Path, output: Path, seed: int | None) -> Counter[Form]:
    """Patches in random order and without known numbers, or, if the seed is None, in order and by number."""
    image = bytearray(path.read_bytes())
    with path.open("rb") as file:
        elf = ELFFile(file)
        (code,) = read_code(elf)
        text = next(s for s in elf.iter_segments() if s["p_type"] == "PT_LOAD" and s["p_flags"] & 1)
        base, position, size = text["p_vaddr"], text["p_offset"], text["p_filesz"]
    flow = DataFlow(code)
    sites = []
    for index, instruction in enumerate(code.instructions):
        if instruction.mnemonic == Mnemonic.SYSCALL:
            numbers = {number for _, number in flow.values(index, Register.RAX) if number is not None}
            sites.append((instruction.ip, min(numbers, default=NO_NUMBER) if seed is None else NO_NUMBER))
    if seed is not None:
        random.Random(seed).shuffle(sites)
    offset, address = add_segment(image)
    forms: Counter[Form] = Counter()
    used = TRAMPOLINES
    for site, number in sites:
        window = bytes(image[position : position + size])
        earlier = bytes(image[offset + TRAMPOLINES : offset + used])
        plan = library.plan(window, base, site, number, address + used, address + SLOT, trampolines=earlier)
        forms[plan.form] += plan.reasons[Form.REFUSED] is not Reason.SIGNAL_RETURN
        image[offset + used : offset + used + len(plan.trampoline)] = plan.trampoline
        used += len(plan.trampoline)
        for where, data in plan.writes:
            image[where - base + position : where - base + position + len(data)] = data
    assert used < SEGMENT_SIZE
    output.write_bytes(image)
    output.chmod(0o755)
    return forms


@pytest.mark.parametrize("seed", [None, 1, 2], ids=["in order", "shuffled", "shuffled again"])
@pytest.mark.parametrize(("name", "toolchain"), PROGRAMS)
def test_program(
    name: str, toolchain: str, seed: int | None, build_guest: Build, patch_library: PatchLibrary, tmp_path: Path
) -> None:
    program = build_guest(name, toolchain)
    patched = tmp_path / program.name
    forms = patch_program(patch_library, program, patched, seed)
    assert forms[Form.REFUSED] <= forms.total() * 0.02, forms
    expected = run_native([program, "some", "arguments"])
    found = run_native([patched, "some", "arguments"])
    mine, theirs = (str(path).encode() for path in (patched, program))
    assert found.stdout.replace(mine, theirs) == expected.stdout
    assert (found.status, found.stderr.replace(mine, theirs)) == (expected.status, expected.stderr)
