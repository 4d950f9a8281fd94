"""Core files: plain gdb reads the same from them as from the native run's."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.debugged import KINDS, build_debugged, gdb
from tests.framework import Run, run_guest
from tests.native_core import move_to_intels_places, write_native_core
from unishim.host.processor import extended_state_components

COMMANDS = [
    "backtrace",
    "print *list",
    "print text",
    "print counter",
    "print $xmm5.v2_double[0]",
    "print $mxcsr",
    "print sparse[1 << 20]",
    "print sparse[4 << 20]",
    "print sparse[5]",
    "print $_siginfo.si_signo",
    "print $_siginfo._sifields._sigfault.si_addr",
    "info symbol $rip",
    "print $rax",
    "print (char *)$rsp > sparse",
    "x/s text",
    "info auxv",
    "info proc",
]
MIB = 1 << 20


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_debugged(tmp_path_factory.mktemp("debugged"))


def seen(program: Path | None, core: Path, commands: list[str]) -> list[str]:
    """gdb's output, without addresses and process numbers."""
    done = gdb(["-c", core] if program is None else [program, core], commands)
    assert "warning" not in done.stderr, done.stderr
    lines = re.sub(r"0x[0-9a-f]{5,}", "ADDRESS", done.stdout).splitlines()
    return [re.sub(r"LWP \d+|^process \d+", "THREAD", line) for line in lines]


def native_core(program: Path, how: str, core: Path) -> None:
    """As the host's kernel writes it, with the extended state moved to Intel's places, where gdb always reads it."""
    write_native_core([program, how], core)
    move_to_intels_places(core, extended_state_components())


@pytest.mark.parametrize("kind", list(KINDS))
def test_fault(programs: dict[str, Path], tmp_path: Path, kind: str) -> None:
    core, native = tmp_path / "core", tmp_path / "native"
    done = run_guest([programs[kind], "fault"], "--core", str(core))
    assert (done.status, done.stdout) == (139, b"hello\n42 49\n")
    native_core(programs[kind], "fault", native)
    found, wanted = (seen(programs[kind], file, COMMANDS) for file in (core, native))
    values = [line for line in wanted if line.startswith("$") or "ADDRESS in" in line or ":\t" in line]
    assert len(values) >= 12
    for line in values:
        assert line in found, f"{line}\n{found}"
    at = found.index("$1 = {value = 42, next = 0x0}")
    functions = [re.search(r"^#\d+ +(?:ADDRESS in )?(\w+) \(", line) for line in found[:at]]
    assert [match[1] for match in functions if match][-2:] == ["write_to_null", "main"]
    assert f'31   AT_EXECFN            File name of executable        ADDRESS "/{programs[kind].name}"' in found or any(
        line.endswith(f'"{programs[kind]}"') for line in found if "AT_EXECFN" in line
    )
    assert core.stat().st_mode & 0o777 == 0o600


def test_vector_registers(build_guest: Build, tmp_path: Path) -> None:
    """All vector registers of the processor, from its own places."""
    program = build_guest("extended_state.c")
    core, native = tmp_path / "core", tmp_path / "native"
    assert run_guest([program, "fault"], "--core", str(core)).status == 139
    native_core(program, "fault", native)
    registers = ["$xmm5.v2_int64", "$ymm5", "$ymm6", "$zmm5", "$zmm16", "$k1", "$pkru", "$mxcsr"]
    commands = [f"print {register}" for register in registers]
    found, wanted = ([line for line in seen(None, file, commands) if line.startswith("$")] for file in (core, native))
    assert found[0] == wanted[0] == "$1 = {1, 2}"
    # QEMU's processor may lack features of the host's.
    if os.environ["UNISHIM_PLATFORM"] != "qemu":
        assert found == wanted


def test_untouched_pages(programs: dict[str, Path], tmp_path: Path) -> None:
    """64 GiB are mapped: memory that was never touched is not in the file, and is read as zeroes."""
    core = tmp_path / "core"
    assert run_guest([programs["static-pie"], "sparse"], "--core", str(core)).status == 139
    assert core.stat().st_size < 8 * MIB
    found = seen(programs["static-pie"], core, ["print sparse[1UL << 35]", "print sparse[1UL << 34]"])
    assert {"$1 = 121 'y'", "$2 = 0 '\\000'"} <= set(found)


def test_threads(programs: dict[str, Path], tmp_path: Path) -> None:
    program, core = programs["dynamic"], tmp_path / "core"
    assert run_guest([program, "threads"], "--core", str(core)).status == 139
    output = "\n".join(seen(program, core, ["info threads", "thread apply all backtrace"]))
    assert len(re.findall(r"^\*? +\d+ +Thread ADDRESS \(THREAD\)", output, re.MULTILINE)) == 3
    waiting = r"__libc_pause.*\n.*wait_for_ever.*\n.*work .*\n.*start_thread"
    assert len(re.findall(waiting, output)) == 2, output
    assert re.search(r"write_to_null.*\n.*main", output)


def test_abort(programs: dict[str, Path], tmp_path: Path) -> None:
    program, core = programs["dynamic"], tmp_path / "core"
    assert run_guest([program, "abort"], "--core", str(core)).status == 134
    found = seen(program, core, ["backtrace", "print $_siginfo.si_signo"])
    assert "Program terminated with signal SIGABRT, Aborted." in found
    assert any("abort ()" in line for line in found)
    assert any("main (argc=2" in line or "main (argc=<optimized out>" in line for line in found)
    assert "$1 = 6" in found


def one_line(done: Run, text: str) -> None:
    """The program ends as without --core, and one line says why there is no file."""
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("unishim: ")]
    assert done.status == 139
    assert lines == [f"unishim: --core {text}; no core file was written"]


def test_no_core(programs: dict[str, Path], tmp_path: Path) -> None:
    program = programs["static-pie"]
    one_line(run_guest([program, "fault"], "--core", "/dev/full"), "/dev/full: No space left on device")
    missing = tmp_path / "nothing" / "core"
    one_line(run_guest([program, "fault"], "--core", str(missing)), f"{missing}: No such file or directory")
    assert run_guest([program], "--core", str(tmp_path / "core")).status == 5
    assert run_guest([program, "handler"], "--core", str(tmp_path / "core")).status == 11
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_disassembly(programs: dict[str, Path]) -> None:
    report = run_guest([programs["static-pie"], "fault"]).stderr.decode()
    code = re.search(r"^Code:( [0-9a-f]{2})+ <c7> 00 01 00 00 00( [0-9a-f]{2})+$", report, re.MULTILINE)
    assert code, report
    lines = report.split("Disassembly:\n")[1].splitlines()
    marked = [line for line in lines if line.startswith("  => ")]
    address = re.search(r"^  at 0x([0-9a-f]+) write_to_null\+", report, re.MULTILINE)
    assert address
    assert marked == [f"  => {address[1]}:  movl    $1,(%rax)"]
    assert 0 < lines.index(marked[0]) < len(lines) - 1
    assert re.search(r"movsd   .*%xmm5$", "\n".join(lines), re.MULTILINE)


def test_no_code(programs: dict[str, Path]) -> None:
    """A jump to an invalid address is reported, and there is nothing to disassemble."""
    done = run_guest([programs["static-pie"], "jump"])
    assert done.status == 139
    assert b"Code: not readable\n" in done.stderr
    assert b"Disassembly" not in done.stderr
