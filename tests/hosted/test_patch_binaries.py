"""Plans for all system calls of real binaries: how many get which form, and that each plan is right by iced-x86."""

from __future__ import annotations

import subprocess
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from iced_x86 import Code, Decoder, FlowControl, Instruction, Mnemonic, OpKind, Register

from tests.conftest import Build
from tests.framework import TIMEOUT
from tests.hosted.patching import Form, PatchLibrary, Plan, Reason
from unishim.elf import code as elf_code
from unishim.elf.data_flow import DataFlow

SYSCALL_SIZE = 2
JUMP_SIZE = 5
NO_NUMBER = 0x7777  # not a system call, so that the form MOV is impossible
SHARES = {  # at least, in percent: MOV, then MOV and POST, then all but the restorer
    "gcc": (70, 93, 100),
    "clang": (70, 93, 100),
    "musl": (10, 60, 100),
    "libc": (70, 93, 99),
    "ld": (60, 95, 100),
    "musl-libc": (40, 75, 100),
    "rust": (70, 93, 99),
    "busybox": (40, 90, 99),
}


@pytest.fixture(scope="module")
def patch_library(tmp_path_factory: pytest.TempPathFactory) -> PatchLibrary:
    return PatchLibrary(tmp_path_factory.mktemp("patch"))


@pytest.fixture(params=list(SHARES))
def binary(request: pytest.FixtureRequest, build_guest: Build, tmp_path: Path) -> tuple[str, Path]:
    name: str = request.param
    if name in ("gcc", "clang", "musl"):
        return name, build_guest("hello.c", name)
    if name == "rust":
        return name, build_rust(tmp_path)
    return name, {
        "libc": Path("/lib/x86_64-linux-gnu/libc.so.6"),
        "ld": Path("/lib64/ld-linux-x86-64.so.2"),
        "musl-libc": Path("/usr/lib/x86_64-linux-musl/libc.so"),
        "busybox": Path("/bin/busybox"),
    }[name]


def build_rust(folder: Path) -> Path:
    (folder / "hello.rs").write_text('fn main() { println!("hello"); }\n')
    command = ["rustc", "-O", "-C", "target-feature=+crt-static", "hello.rs", "-o", "hello"]
    subprocess.run(command, cwd=folder, check=True, timeout=TIMEOUT)
    return folder / "hello"


@dataclass
class Text:
    """The code of a binary: its executable segment, and how iced-x86 decodes it."""

    code: elf_code.Code
    base: int
    data: bytes
    by_address: dict[int, Instruction]
    ends: set[int]  # addresses after an instruction
    targets: list[int]  # of direct branches and calls, ascending

    @classmethod
    def read(cls, path: Path) -> list[Text]:
        with path.open("rb") as file:
            elf = ELFFile(file)
            codes = elf_code.read_code(elf)
            segments = [
                (segment["p_vaddr"], segment.data())
                for segment in elf.iter_segments()
                if segment["p_type"] == "PT_LOAD" and segment["p_flags"] & 1
            ]
        (code,) = codes
        by_address = {instruction.ip: instruction for instruction in code.instructions}
        targets = sorted({*code.jumps, *code.calls})
        ends = {instruction.next_ip for instruction in code.instructions}
        return [cls(code, base, data, by_address, ends, targets) for base, data in segments]

    def __contains__(self, address: int) -> bool:
        return self.base <= address < self.base + len(self.data)

    def is_target(self, first: int, end: int) -> bool:
        index = bisect_right(self.targets, first - 1)
        return index < len(self.targets) and self.targets[index] < end

    def range(self, start: int, end: int) -> list[Instruction]:
        """The instructions between two boundaries."""
        found = []
        while start < end:
            found.append(self.by_address[start])
            start = found[-1].next_ip
        assert start == end
        return found


def reference(instruction: Instruction) -> tuple[object, ...]:
    """The effect of an instruction, independent of its address and of the length of its branch."""
    if instruction.flow_control in (FlowControl.CONDITIONAL_BRANCH, FlowControl.UNCONDITIONAL_BRANCH):
        return instruction.mnemonic, instruction.near_branch_target
    kinds = [instruction.op_kind(index) for index in range(instruction.op_count)]
    immediates = [
        instruction.immediate(index)
        for index, kind in enumerate(kinds)
        if kind not in (OpKind.REGISTER, OpKind.MEMORY) and OpKind.IMMEDIATE8 <= kind <= OpKind.IMMEDIATE32TO64
    ]
    registers = [instruction.op_register(index) for index, kind in enumerate(kinds) if kind == OpKind.REGISTER]
    memory = (
        instruction.memory_displacement,
        instruction.memory_base,
        instruction.memory_index,
        instruction.memory_index_scale,
        instruction.segment_prefix,
    )
    return instruction.code, kinds, immediates, registers, memory


def decode(data: bytes, address: int) -> list[Instruction]:
    return list(Decoder(64, data, ip=address))


def check_jump(data: bytes, address: int, target: int) -> None:
    jump, *rest = decode(data, address)
    assert (jump.mnemonic, jump.near_branch_target) == (Mnemonic.JMP, target)
    assert data[jump.len :] == b"\xcc" * (len(data) - jump.len)
    assert len(rest) == len(data) - jump.len


def check_writes(text: Text, plan: Plan, site: int, trampoline: int) -> tuple[int, int]:
    """No branch leads into replaced code, except to the start; moved instructions are complete."""
    for address, data in plan.writes:
        # Instructions as another decoder finds them from the functions' starts on.
        assert address in text.by_address
        assert address + len(data) in text.by_address or address + len(data) in text.ends
        assert not text.is_target(address + 1, address + len(data))
    if plan.form is Form.PAD:
        (padding, first), (short, second) = plan.writes
        check_jump(first, padding, trampoline)
        check_jump(second, short, padding)
        assert short == site
        assert not text.is_target(padding, padding + len(first))
        assert all(text.code.is_padding(index) for index in indexes(text, padding, padding + len(first)))
        return site, site + SYSCALL_SIZE
    ((address, data),) = plan.writes
    check_jump(data, address, trampoline)
    end = site + SYSCALL_SIZE
    if plan.form is Form.POST:
        assert address == site
        end = max(original for original, _ in plan.places)
        if plan.resume and trampoline_ends(plan, trampoline):
            end = text.by_address[end].next_ip
    else:
        # The syscall instruction is complete, or gone.
        assert address + len(data) == site or (address + len(data) == end and len(data) < JUMP_SIZE + SYSCALL_SIZE)
    return address, end


def trampoline_ends(plan: Plan, trampoline: int) -> bool:
    """Whether the last instruction was moved: it never continues, so there is no jump back."""
    last = decode(plan.trampoline, trampoline)[-1]
    return last.flow_control == FlowControl.RETURN or (
        last.flow_control in (FlowControl.UNCONDITIONAL_BRANCH, FlowControl.INDIRECT_BRANCH)
        and last.near_branch_target != plan.places[-1][0]
    )


def indexes(text: Text, start: int, end: int) -> list[int]:
    addresses = {instruction.ip for instruction in text.range(start, end)}
    return [index for index, instruction in enumerate(text.code.instructions) if instruction.ip in addresses]


def check_trampoline(text: Text, plan: Plan, site: int, trampoline: int, slot: int) -> None:
    start, end = check_writes(text, plan, site, trampoline)
    moved = decode(plan.trampoline, trampoline)
    expected = [reference(instruction) for instruction in text.range(start, site)]
    before, moved = moved[: len(expected)], moved[len(expected) :]
    assert [reference(instruction) for instruction in before] == expected

    rcx, r11, jump, *moved = moved
    assert (rcx.mnemonic, rcx.op0_register, rcx.ip_rel_memory_address) == (Mnemonic.LEA, Register.RCX, plan.resume)
    assert (r11.mnemonic, r11.op0_register, r11.ip_rel_memory_address) == (
        Mnemonic.LEA,
        Register.R11,
        site + SYSCALL_SIZE,
    )
    assert (jump.code, jump.ip_rel_memory_address) == (Code.JMP_RM64, slot)

    behind = text.range(site + SYSCALL_SIZE, end)
    assert plan.resume == (jump.next_ip if behind else site + SYSCALL_SIZE)
    after, back = moved[: len(behind)], moved[len(behind) :]
    assert [reference(instruction) for instruction in after] == [reference(instruction) for instruction in behind]
    if behind and not trampoline_ends(plan, trampoline):
        assert [(instruction.mnemonic, instruction.near_branch_target) for instruction in back] == [(Mnemonic.JMP, end)]
    else:
        assert not back


def test_binary(binary: tuple[str, Path], patch_library: PatchLibrary) -> None:
    name, path = binary
    forms: Counter[Form] = Counter()
    others: Counter[Form] = Counter()  # if the number differs from that of the preceding mov
    restorers = 0
    for text in Text.read(path):
        flow = DataFlow(text.code)
        trampoline = (text.base + len(text.data) + 0x100000) & ~0xF
        slot = trampoline + 0x10000
        for index, instruction in enumerate(text.code.instructions):
            if instruction.mnemonic != Mnemonic.SYSCALL or instruction.ip not in text:
                continue
            numbers = {number for _, number in flow.values(index, Register.RAX) if number is not None}
            for count, number in ((forms, min(numbers, default=NO_NUMBER)), (others, NO_NUMBER)):
                plan = patch_library.plan(text.data, text.base, instruction.ip, number, trampoline, slot)
                if plan.reasons[Form.REFUSED] is Reason.SIGNAL_RETURN:
                    restorers += count is forms
                    continue
                count[plan.form] += 1
                if plan.form is not Form.REFUSED:
                    check_trampoline(text, plan, instruction.ip, trampoline, slot)
    total = forms.total()
    mov, post = forms[Form.MOV], forms[Form.POST]
    shares = [100 * part / total for part in (mov, mov + post, total - forms[Form.REFUSED])]
    print(f"{name}: {total} sites, { ({form.name: forms[form] for form in Form}) }, {restorers} restorers")
    print(f"{name}: without the number { ({form.name: others[form] for form in Form}) }")
    assert restorers <= 1
    assert all(share >= least for share, least in zip(shares, SHARES[name], strict=True)), shares
    assert others[Form.REFUSED] <= total * 0.02
