"""Traces in strace's notation, compared with strace: we record a binary that strace traces too."""

from __future__ import annotations

import errno
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.framework import GUESTS, ROOT, TIMEOUT, compile_guest
from tests.oracle import differences, ours, theirs
from unishim.syscalls.constants import constant_set
from unishim.syscalls.structs import STRUCTS
from unishim.syscalls.table import Syscall, all_calls, by_name
from unishim.trace.call import Call, Exit, Payload, Signal
from unishim.trace.json_format import call_to_json
from unishim.trace.strace_format import format_call, format_exit, format_signal

PROGRAMS = [
    ("hello.c", "gcc", ()),
    ("hello.c", "musl", ()),
    ("arguments.c", "gcc", ("word", "")),
    ("memory.c", "gcc", ()),
    ("signals.c", "gcc", ()),
    ("signals.c", "musl", ()),
    ("bad_pointers.c", "gcc", ()),
    ("files.c", "gcc", ()),
    ("polls.c", "gcc", ()),
    ("times.c", "gcc", ()),
    ("identity.c", "gcc", ()),
    ("old_entries.c", "gcc", ()),
    ("missing_syscall.c", "gcc", ()),
    ("terminal.c", "gcc", ()),
    ("faults.c", "gcc", ("null",)),
    ("faults.c", "gcc", ("division",)),
    ("faults.c", "gcc", ("abort",)),
    ("trace_files.c", "gcc", ()),
    ("trace_files.c", "musl", ()),
    ("trace_processes.c", "gcc", ()),
]


@pytest.mark.parametrize(
    ("program", "toolchain", "arguments"), PROGRAMS, ids=["-".join((a, b, *c)) for a, b, c in PROGRAMS]
)
def test_as_strace(
    tmp_path_factory: pytest.TempPathFactory, program: str, toolchain: str, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "strace" / toolchain
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / Path(program).stem
    if not binary.exists():
        compile_guest(GUESTS / program, binary, toolchain, ["-w"])
    mine = ours([binary, *arguments])
    other = theirs([binary, *arguments], folder / "strace.out")
    assert len(other) > 2
    assert "\n".join(differences(mine, other)) == ""


# Not everything that depends on their commands or flags is decoded.
PARTLY_DECODED = {"ioctl", "fcntl", "prctl", "arch_prctl", "clone3", "execve", "execveat", "setgroups", "capset"}
# Calls and flags that strace 6.1 does not know.
NEWER_THAN_STRACE = {"fchmodat2", "memfd_create"}
NOT_INJECTED = {"exit_group", "rt_sigreturn", "exit"}
SCRATCH = 8192  # bytes of memory that the calls' pointers point into
SLOT = 512  # bytes; each pointer refers to the start of a slot


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_any_arguments_as_strace(tmp_path: Path, seed: int) -> None:
    """Each provided call with each flag and value, and with random memory; no call is executed, all fail."""
    choose = random.Random(seed)
    rows = []
    for syscall in all_calls():
        if syscall.name in provided() - PARTLY_DECODED - NEWER_THAN_STRACE - NOT_INJECTED:
            rows += [[syscall.number, *row] for row in argument_rows(syscall, choose)]
    # Bytes that make structs of every kind: small numbers, text, large numbers.
    memory = bytearray(choose.choice([0, 0, 0, 1, 2, 3, 0x41, 0x7F, 0xFF]) for _ in range(SCRATCH))
    memory[40::SLOT] = bytes(len(memory[40::SLOT]))
    (tmp_path / "rows.h").write_text(",\n".join("{" + ", ".join(f"{value}ul" for value in row) + "}" for row in rows))
    (tmp_path / "memory.h").write_text(",".join(map(str, memory)))
    binary = tmp_path / "injected"
    command: list[str | Path] = ["gcc", "-O1", "-w", "-nostdlib", "-static-pie", "-fpie", "-I", tmp_path]
    subprocess.check_call([*command, GUESTS / "injected.c", "-o", binary], timeout=TIMEOUT)
    mine = ours([binary], inject=errno.ENOSYS)
    other = theirs([binary], tmp_path / "strace.out", inject="ENOSYS")
    assert len(other) > len(rows) > 1000
    assert "\n".join(differences(mine, other)) == ""


def provided() -> set[str]:
    """The calls that the Makefile.uk files of the kernel's libraries register."""
    text = "".join(path.read_text() for path in (ROOT / "kernel" / "lib").glob("posix-*/Makefile.uk"))
    return set(re.findall(r"\b([a-z]\w*)-\de?\b", text)) & by_name().keys()


def argument_rows(syscall: Syscall, choose: random.Random) -> Iterator[list[int]]:
    """Registers for calls: each flag alone, each named value, then random ones. 0xabcd in the top bits: a pointer."""
    for index, argument in enumerate(syscall.arguments):
        if argument.kind.set_name is not None:
            named = constant_set(argument.kind.set_name).values.values()
            bits = [1 << bit for bit in range(34)] if argument.kind.name == "flags" else named
            for value in dict.fromkeys([0, 2**64 - 1, *bits]):
                yield [value % 2**64 if position == index else 0 for position in range(6)]
    for _ in range(20):
        row = []
        for argument in syscall.arguments:
            slot = 0xABCD << 48 | choose.randrange(SCRATCH // SLOT - 1) * SLOT
            if argument.kind.is_pointer:
                row.append(choose.choice([0, slot, slot, slot, 8]))
            elif argument.kind.set_name is not None:
                row.append(choose.choice(list(constant_set(argument.kind.set_name).values.values())) % 2**64)
            elif argument.name == "cpusetsize":
                row.append(choose.choice([0, 8, 16, 32]))  # how much strace reads depends on the host
            elif argument.kind.name in ("size", "ulong"):
                row.append(choose.choice([0, 1, 5, 8, 16, 32, 33, 100]))
            else:
                row.append(choose.choice([0, 1, 2, 3, 5, 16, 28, 110, 2**64 - 1]))
        yield [*row, *[0] * (6 - len(row))]


def call(name: str, *arguments: int, result: int | None = 0, **payloads: Payload) -> Call:
    """A call, with memory by argument name."""
    syscall = by_name()[name]
    registers = tuple(value & (2**64 - 1) for value in (*arguments, *[0] * (6 - len(arguments))))
    memory = {syscall.index_of(argument): payload for argument, payload in payloads.items()}
    return Call(syscall.number, registers, result, 5, 7, 0x1000, 1, memory)


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (call("getpid", result=1), "getpid()                                = 1"),
        (call("exit_group", 3, result=None), "exit_group(3)                           = ?"),
        (
            call("write", 1, 16, 33, result=33, buf=Payload(b"x" * 32, None)),
            'write(1, "' + "x" * 32 + '"..., 33) = 33',
        ),
        (call("write", 1, 16, 5, result=-14), "write(1, 0x10, 5)                       = -1 EFAULT (Bad address)"),
        (
            call("open", 16, 0, 0, result=-2, pathname=Payload(b"/a\n", None)),
            'open("/a\\n", O_RDONLY)                  = -1 ENOENT (No such file or directory)',
        ),
        (
            call("open", 16, 0, 0, result=-14, pathname=Payload(b"/a", None, whole=False)),
            "open(0x10, O_RDONLY)                    = -1 EFAULT (Bad address)",
        ),
        (
            call("nanosleep", 16, 0, duration=Payload(STRUCTS["timespec"].pack({"tv_sec": 1}), None)),
            "nanosleep({tv_sec=1, tv_nsec=0}, NULL)  = 0",
        ),
        (
            call("nanosleep", 16, 0, duration=Payload(b"short", None)),
            "nanosleep(0x10, NULL)                   = 0",
        ),
        (
            call("pause", result=-514),
            "pause()                                 = ? ERESTARTNOHAND (To be restarted if no handler)",
        ),
    ],
)
def test_lines(made: Call, line: str) -> None:
    assert format_call(made) == line


def test_unknown_number() -> None:
    made = Call(1000, (1, 2, 0, 0, 0, 0), -38, 0, 1, 0, 1)
    assert format_call(made) == "syscall_0x3e8(0x1, 0x2, 0, 0, 0, 0)     = -1 ENOSYS (Function not implemented)"


def test_limit() -> None:
    made = call("write", 1, 16, 5, result=5, buf=Payload(b"ab", None))
    assert format_call(made, limit=2).startswith('write(1, "ab"..., 5)')


def test_signals_and_exits() -> None:
    assert (
        format_signal(Signal(10, -6, 0, 1, 0, 0, 1))
        == "--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=1, si_uid=0} ---"
    )
    assert (
        format_signal(Signal(11, 1, 0, 0, 0, 0, 1))
        == "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---"
    )
    assert format_exit(Exit(0, 0, 0)) == "+++ exited with 0 +++"
    assert format_exit(Exit(139, 11, 0)) == "+++ killed by SIGSEGV +++"


def test_json() -> None:
    struct = STRUCTS["timespec"]
    made = call("openat", -100, 16, 0o2000000, result=-2, pathname=Payload(b"/a\xff", None))
    found = call_to_json(made)
    assert found["name"] == "openat"
    assert found["errno"] == "ENOENT"
    assert found["arguments"] == {
        "dirfd": -100,
        "pathname": "/a\udcff",
        "flags": "O_RDONLY|O_CLOEXEC",
        "mode": 0,
    }
    made = call("clock_gettime", 1, 16, tp=Payload(None, struct.pack({"tv_sec": 5})))
    assert call_to_json(made)["arguments"] == {"clockid": 1, "tp": {"tv_sec": 5, "tv_nsec": 0}}


@pytest.mark.parametrize("seed", range(4))
def test_any_memory_is_shown(seed: int) -> None:
    """Whatever was copied, however little, gives a line and an object."""
    choose = random.Random(seed)
    for syscall in all_calls():
        for _ in range(20):
            registers = tuple(choose.choice([0, 1, 5, 16, 2**64 - 1, choose.getrandbits(64)]) for _ in range(6))
            payloads = {}
            for index in range(6):
                entry, leave = (choose.choice([None, b"", choose.randbytes(choose.randrange(300))]) for _ in range(2))
                payloads[index] = Payload(entry, leave, choose.random() < 0.5)
            result = choose.choice([None, 0, 1, 5, 100, -1, -14, -516, choose.getrandbits(40)])
            made = Call(syscall.number, registers, result, 0, 1, 0, 1, payloads)
            assert format_call(made).startswith(syscall.name + "(")
            call_to_json(made)
