"""The kernel's instruction decoder computes the same lengths as iced-x86."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from iced_x86 import CpuidFeature, Decoder, EncodingKind, FlowControl, Instruction, Mnemonic, Register

from tests.conftest import Build
from tests.hosted.patching import PatchLibrary
from unishim.elf.code import read_code

BINARIES = ["/bin/ls", "/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2", "/bin/busybox", sys.executable]
INSTRUCTIONS_MAX = 500_000  # per binary
PREFIXES = [b"", b"\x66", b"\x67", b"\xf2", b"\xf3", b"\xf0", b"\x2e", b"\x48", b"\x41", b"\x66\x48", b"\x48\x66"]
ESCAPES = [b"", b"\x0f", b"\x0f\x38", b"\x0f\x3a"]
BRANCHES = (
    FlowControl.CONDITIONAL_BRANCH,
    FlowControl.UNCONDITIONAL_BRANCH,
    FlowControl.CALL,
    FlowControl.XBEGIN_XABORT_XEND,
)
UNKNOWN_FEATURES = {
    getattr(CpuidFeature, name) for name in vars(CpuidFeature) if name.startswith(("PADLOCK", "SSE4A", "VMX", "D3NOW"))
}
CONTROL_REGISTERS = range(Register.CR0, Register.TR7 + 1)


@pytest.fixture(scope="module")
def patch_library(tmp_path_factory: pytest.TempPathFactory) -> PatchLibrary:
    return PatchLibrary(tmp_path_factory.mktemp("patch"))


def may_be_unknown(instruction: Instruction, code: bytes) -> bool:
    """Instructions that the decoder rejects deliberately (lib/patch/instruction.h): never next to a system call."""
    if instruction.flow_control in BRANCHES and b"\x66" in code[: instruction.len]:
        return True
    if instruction.encoding in (EncodingKind.D3NOW, EncodingKind.XOP):
        return True
    if instruction.mnemonic == Mnemonic.MOV:
        return {instruction.op0_register, instruction.op1_register} & set(CONTROL_REGISTERS) != set()
    return not UNKNOWN_FEATURES.isdisjoint(instruction.cpuid_features())


def test_real_code(patch_library: PatchLibrary, build_guest: Build) -> None:
    """Every instruction of some binaries; the decoder knows all of them."""
    count = 0
    for path in [*map(Path, BINARIES), build_guest("hello.c", "clang"), build_guest("hello.c", "musl")]:
        if not path.exists():
            continue
        with path.open("rb") as file:
            codes = read_code(ELFFile(file))
            file.seek(0)
            segments = [
                (segment["p_vaddr"], segment.data())
                for segment in ELFFile(file).iter_segments()
                if segment["p_type"] == "PT_LOAD" and segment["p_flags"] & 1
            ]
        for code in codes:
            for instruction in code.instructions[:INSTRUCTIONS_MAX]:
                if instruction.is_invalid:
                    continue
                base, data = next(item for item in segments if item[0] <= instruction.ip < item[0] + len(item[1]))
                offset = instruction.ip - base
                size = patch_library.instruction_size(data[offset : offset + 15])
                assert size == instruction.len, f"{path} {instruction.ip:#x}: {instruction}"
                count += 1
    assert count > 400_000


def opcodes(source: random.Random) -> Iterator[bytes]:
    """All opcodes and ModR/M bytes after all prefixes, and vector encodings, followed by random bytes."""
    for prefix, escape, opcode in product(PREFIXES, ESCAPES, range(256)):
        operands = range(256) if not prefix and len(escape) < 2 else source.sample(range(256), 24)
        for modrm in operands:
            yield (prefix + escape + bytes([opcode, modrm]) + source.randbytes(15))[:15]
    for number in range(240_000):
        code = bytearray(source.randbytes(15))
        code[0] = (0xC4, 0xC5, 0x62)[number % 3]
        if code[0] == 0xC4:
            code[1] = code[1] & 0xE0 | source.choice((1, 2, 3))
        elif code[0] == 0x62:
            code[1] = code[1] & 0xF0 | source.choice((1, 2, 3, 5, 6))
            code[2] |= 4
        yield bytes(code)
    for _ in range(60_000):
        yield source.randbytes(15)


def test_all_opcodes(patch_library: PatchLibrary) -> None:
    valid = 0
    for code in opcodes(random.Random(1)):
        instruction = Decoder(64, code).decode()
        if instruction.is_invalid:
            continue
        valid += 1
        size = patch_library.instruction_size(code)
        if size < 0:
            assert may_be_unknown(instruction, code), f"{code.hex()}: {instruction}"
        else:
            assert size == instruction.len, f"{code.hex()}: {instruction}"
    assert valid > 250_000
