"""The calls that the disassembly finds, compared with those that strace observes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import GUESTS, TIMEOUT, TOOLCHAINS, UNISHIM, compile_guest
from unishim.elf.inspection import inspect_binary
from unishim.elf.syscall_sites import SyscallSites


def find(path: Path) -> SyscallSites:
    found = inspect_binary(path).syscalls
    assert found is not None
    return found


def calls_by_strace(path: Path, output: Path) -> set[str]:
    """Names of the calls after the exec."""
    command: list[str | Path] = ["strace", "-f", "-e", "signal=none", "-o", output, path]
    quiet = subprocess.DEVNULL
    subprocess.run(command, check=False, stdin=quiet, stdout=quiet, stderr=quiet, timeout=TIMEOUT)
    names = set(re.findall(r"^\d+ +(\w+)\(", output.read_text(), re.MULTILINE))
    assert names
    return names - {"execve"}


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize("program", ["hello.c", "signals.c", "call_wrappers.c"])
def test_all_calls_that_strace_sees(build_guest: Build, tmp_path: Path, program: str, toolchain: str) -> None:
    path = build_guest(program, toolchain)
    found = find(path)
    missed = calls_by_strace(path, tmp_path / "calls") - set(found.names)
    assert not missed
    # Only call_wrappers.c uses a number that is not in the code: it takes it from its command line.
    assert found.unknown == (program == "call_wrappers.c")


@pytest.mark.parametrize("level", ["-O0", "-Os", "-O3"])
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_wrappers(tmp_path: Path, toolchain: str, level: str) -> None:
    """However the compiler passes the number, with symbols and without."""
    path = compile_guest(GUESTS / "call_wrappers.c", tmp_path / "program", toolchain, [level])
    found = find(path)
    assert {"getppid", "umask", "geteuid", "getpgid"} <= set(found.names)
    # If callers were confused, libc's own use of other numbers would appear.
    assert not {"getsid", "fork", "mount"} & set(found.names)
    assert (found.unknown, found.invalid) == (1, {})
    subprocess.check_call(["strip", path], timeout=TIMEOUT)
    stripped = find(path)
    assert (stripped.names, stripped.unknown) == (found.names, 1)


ASSEMBLY = """
    .text
    .globl _start
    .type _start, @function
_start:
    {body}
    mov $60, %eax
    syscall
"""


@pytest.mark.parametrize(
    ("body", "names", "unknown"),
    [
        ("push $39; pop %rax; syscall", {"getpid"}, 0),
        ("lea 0x27, %eax; syscall", {"getpid"}, 0),
        ("mov $38, %eax; add $1, %eax; syscall", {"getpid"}, 0),
        ("xor %eax, %eax; lea 39(%rax), %eax; syscall", {"getpid"}, 0),
        ("mov $102, %ecx; mov $39, %eax; test %edi, %edi; cmovz %ecx, %eax; syscall", {"getpid", "getuid"}, 0),
        ("mov $39, %r12d; call 1f; mov %r12d, %eax; syscall; jmp 2f; 1: ret; 2:", {"getpid"}, 0),
        ("mov $39, %ecx; call 1f; mov %ecx, %eax; syscall; jmp 2f; 1: ret; 2:", set(), 1),
        ("movl $39, 8(%rsp); mov 8(%rsp), %eax; syscall", {"getpid"}, 0),
        ("movl $39, 8(%rsp); push %rbx; mov 8(%rsp), %eax; syscall", set(), 1),
        ("mov $39, %r9d; 1: mov %r9d, %eax; syscall; test %eax, %eax; jnz 1b", {"getpid"}, 0),
        ("mov $39, %eax; syscall; syscall", {"getpid"}, 1),
        ("mov $102, %eax; test %edi, %edi; jz 1f; mov $39, %eax; 1: syscall", {"getpid", "getuid"}, 0),
        # The jump through a table can arrive with any number.
        ("jmp *%rcx; mov $39, %eax; jmp 1f; 1: syscall", {"getpid"}, 1),
        # Code after a call that never returns is not reached from that call.
        ("mov $39, %eax; test %edi, %edi; jz 1f; call 2f; 1: syscall; jmp 3f; 2: hlt; 3:", {"getpid"}, 0),
        # Other code may call a function whose address is taken, too.
        ("lea 1f(%rip), %rdx; mov $39, %edi; call 1f; jmp 2f; 1: mov %edi, %eax; syscall; ret; 2:", {"getpid"}, 1),
        ("mov $0x050f, %ecx; movb $39, %al; syscall", set(), 1),
        ("rdtsc; syscall", set(), 1),
    ],
)
def test_data_flow(tmp_path: Path, body: str, names: set[str], unknown: int) -> None:
    (tmp_path / "code.s").write_text(ASSEMBLY.format(body=body))
    path = tmp_path / "code"
    command: list[str | Path] = ["gcc", "-nostdlib", "-static", tmp_path / "code.s", "-o", path]
    subprocess.check_call(command, timeout=TIMEOUT)
    found = find(path)
    assert (set(found.names), found.unknown) == (names | {"exit"}, unknown)


def test_numbers_without_a_call(tmp_path: Path) -> None:
    (tmp_path / "code.s").write_text(ASSEMBLY.format(body="mov $9999, %eax; syscall"))
    path = tmp_path / "code"
    subprocess.check_call(["gcc", "-nostdlib", "-static", tmp_path / "code.s", "-o", path], timeout=TIMEOUT)
    found = find(path)
    assert (found.names, found.unknown, list(found.invalid)) == (("exit",), 0, [9999])
    text = subprocess.check_output([*UNISHIM, "inspect", "--syscalls", path], text=True, timeout=TIMEOUT)
    assert "1 site with number 9999, which Linux does not define\n1 calls, 0 missing\n" in text


def test_command(build_guest: Build) -> None:
    path = build_guest("call_wrappers.c")
    command = [*UNISHIM, "inspect", "--syscalls"]
    lines = subprocess.check_output([*command, path], text=True, timeout=TIMEOUT).splitlines()
    facts = json.loads(subprocess.check_output([*command, "--json", path], timeout=TIMEOUT))
    assert " 334  rseq                    1 site    missing" in lines
    partial = next(line for line in lines if line.startswith("   9  mmap "))
    assert re.fullmatch(r" +9  mmap +\d+ sites? +posix-mmap +partial: .+", partial)
    assert "1 site whose number the code does not reveal: 0x" in lines[-2]
    assert lines[-1] == f"{len(facts['calls'])} calls, {len(facts['missing'])} missing: {', '.join(facts['missing'])}"
    calls = {call["name"]: call for call in facts["calls"]}
    assert facts["missing"] == [name for name, call in calls.items() if call["library"] is None]
    assert (calls["write"]["number"], calls["write"]["library"], calls["write"]["partial"]) == (1, "posix-file", None)
    assert calls["mmap"]["partial"]
    assert len(facts["unknown_sites"]) == facts["unknown"] == 1
    # The addresses are those of the instructions: `syscall`, or the call that passes the number.
    (address,) = calls["umask"]["sites"]
    listing = subprocess.check_output(
        ["objdump", "-d", f"--start-address={address}", f"--stop-address={address + 1}", path], text=True
    )
    assert re.search(rf"^ +{address:x}:", listing, re.MULTILINE)


def test_other_machines(tmp_path: Path) -> None:
    path = tmp_path / "arm"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00\x01\x00\x00\x00" + bytes(40))
    done = subprocess.run([*UNISHIM, "inspect", "--syscalls", path], check=False, capture_output=True, timeout=TIMEOUT)
    assert done.returncode == 126
    assert b"another architecture" in done.stderr
    assert done.stderr.count(b"\n") == 1
