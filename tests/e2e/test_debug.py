"""The debug build's messages, and a call that is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import build_kernel, run_guest
from unishim.build.configuration import DEBUG_OPTIONS

LINE = re.compile(r"^\[ +\d+\.\d{6}\] (dbg: |ERR: |Info:|Warn:) \[(\w+)\] (.+)$")


def test_phases(build_guest: Build) -> None:
    done = run_guest([build_guest("hello.c")], "--debug")
    assert done.status == 0
    assert done.stdout == b"Hello world!\n"
    lines = [LINE.match(line) for line in done.stderr.decode().splitlines()]
    messages = [f"{match[2]}: {match[3]}" for match in lines if match]
    assert len(messages) == len(lines)
    program = re.escape(str(build_guest("hello.c")))
    request, address = "libsyscall_shim: Binary system call request", "ip:0x[0-9a-f]+"
    expected = [
        r"libukboot: Call constructor: 0x[0-9a-f]+\(\)\.\.\.",
        r"appelfloader: Searching for image\.\.\.",
        r"appelfloader: Load image\.\.\.",
        rf"appelfloader: {program}: ELF machine type: 62",
        rf"appelfloader: {program}: ELF OS ABI: [03]",
        rf"appelfloader: {program}: ELF object type: 3",
        rf"appelfloader: {program}: Program/Library memory region: 0x[0-9a-f]+-0x[0-9a-f]+",
        rf"appelfloader: {program}: Mapping 0x[0-9a-f]+ - 0x[0-9a-f]+ -> 0x[0-9a-f]+ - 0x[0-9a-f]+",
        rf"appelfloader: {program}: Zeroing 0x[0-9a-f]+ - 0x[0-9a-f]+",
        r"appelfloader: Execute image\.\.\.",
        rf"appelfloader: {program}: image:          0x[0-9a-f]+ - 0x[0-9a-f]+",
        rf"appelfloader: {program}: start:          0x[0-9a-f]+",
        rf"appelfloader: {program}: entry:          0x[0-9a-f]+",
        rf"appelfloader: {program}: ehdr_phoff:     0x40",
        rf"appelfloader: {program}: ehdr_phnum:     \d+",
        rf"appelfloader: {program}: ehdr_phentsize: 0x38",
        rf"appelfloader: {program}: rnd16 at 0x[0-9a-f]+",
        rf"appelfloader: {program}: Jump to program entry point at 0x[0-9a-f]+\.\.\.",
        rf'{request} "write" \(1\) at {address} \(arg0=0x1, arg1=0x[0-9a-f]+, \.\.\.\)',
        rf'{request} "exit_group" \(231\) at {address} \(arg0=0x0, arg1=0x[0-9a-f]+, \.\.\.\)',
    ]
    position = 0
    for pattern in expected:
        while position < len(messages) and not re.fullmatch(pattern, messages[position]):
            position += 1
        assert position < len(messages), f"missing or out of order: {pattern}"


@pytest.fixture
def kernel_without_getcpu(tmp_path: Path) -> Path:
    return build_kernel(tmp_path, {**DEBUG_OPTIONS, "LIBPOSIX_GETCPU": "n"})


def test_missing_call(build_guest: Build, kernel_without_getcpu: Path) -> None:
    program = build_guest("missing_syscall.c")
    without = run_guest([program], "--kernel", str(kernel_without_getcpu))
    assert without.stdout == b"Here we are in the binary, calling getcpu\nGetcpu returned: -1\n"
    assert b'[libsyscall_shim] syscall "getcpu" is not available\n' in without.stderr
    assert run_guest([program]).stdout.endswith(b"Getcpu returned: 0\n")
