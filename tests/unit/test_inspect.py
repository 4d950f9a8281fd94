"""`unishim inspect`, compared with readelf."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, compile_guest
from unishim.cli.inspect import readelf_line
from unishim.elf.inspection import inspect_binary
from unishim.errors import BinaryError, BinaryNotFoundError


def readelf_headers(path: Path) -> list[str]:
    text = subprocess.check_output(["readelf", "-lW", path], text=True, timeout=TIMEOUT)
    lines = text.partition("Program Headers:\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [" ".join(line.split()) for line in lines if "[Requesting" not in line]


@pytest.mark.parametrize("toolchain", ["gcc", "musl"])
def test_program_headers_as_readelf(build_guest: Build, toolchain: str) -> None:
    path = build_guest("hello.c", toolchain)
    lines = [" ".join(readelf_line(header).split()) for header in inspect_binary(path).program_headers]
    assert lines == readelf_headers(path)


def test_dynamic_program() -> None:
    found = inspect_binary("/bin/sh")
    assert found.interpreter == "/lib64/ld-linux-x86-64.so.2"
    assert not found.static_pie
    assert found.loadable
    assert found.loading.startswith("at a random address; its interpreter /lib64/ld-linux-x86-64.so.2")
    assert [" ".join(readelf_line(header).split()) for header in found.program_headers] == readelf_headers(
        Path("/bin/sh")
    )


def test_static_pie(build_guest: Build) -> None:
    found = inspect_binary(build_guest("hello.c"))
    assert (found.static_pie, found.loadable, found.relro, found.nx, found.pie) == (True, True, "full", True, True)
    assert found.syscalls is not None
    assert {"write", "exit_group", "arch_prctl", "mmap"} <= set(found.syscalls.names)


def test_protections(tmp_path: Path) -> None:
    source = tmp_path / "main.c"
    source.write_text("int main(void) { return 0; }")
    weak = compile_guest(source, tmp_path / "weak", "gcc", ["-Wl,-z,norelro", "-Wl,-z,execstack"])
    found = inspect_binary(weak)
    assert (found.relro, found.nx) == ("none", False)


def test_numbers_are_followed(tmp_path: Path) -> None:
    """The ways in which compilers set %eax, and the bytes of `syscall` within another instruction."""
    source = tmp_path / "sites.c"
    source.write_text(
        """
        __attribute__((naked)) void f(void) {
            __asm__("xorl %eax, %eax; movl %esi, %edi; syscall;"     /* read */
                    "movl $39, %eax; leaq 8(%rsp), %rdi; syscall;"   /* getpid */
                    "movl %edi, %eax; syscall;"                      /* unknown */
                    "movl $1, %eax; addl $2, %eax; syscall;"         /* close */
                    "movl $0x050f, %ecx; ret");                      /* none */
        }
        """
    )
    path = tmp_path / "sites.o"
    subprocess.check_call(["gcc", "-O2", "-c", source, "-o", path], timeout=TIMEOUT)
    found = inspect_binary(path).syscalls
    assert found is not None
    assert (found.names, found.sites, found.unknown) == (("read", "close", "getpid"), 4, 1)


def test_json_and_text(build_guest: Build) -> None:
    path = build_guest("hello.c")
    facts = json.loads(subprocess.check_output([*UNISHIM, "inspect", "--json", path], timeout=TIMEOUT))
    assert {"name": "write", "provided": True} in facts["syscalls"]["names"]
    text = subprocess.check_output([*UNISHIM, "inspect", path], text=True, timeout=TIMEOUT)
    assert "GNU_RELRO" in text
    assert "write" in text


def test_no_program(tmp_path: Path) -> None:
    with pytest.raises(BinaryNotFoundError):
        inspect_binary(tmp_path / "missing")
    text = tmp_path / "text"
    text.write_text("hello")
    with pytest.raises(BinaryError, match="not an ELF file"):
        inspect_binary(text)


def test_damaged(build_guest: Build, tmp_path: Path) -> None:
    """Whatever is truncated or overwritten: a result or one line, no traceback."""
    good = build_guest("hello.c", "musl").read_bytes()
    damaged = tmp_path / "damaged"
    for length in [*range(0, 700, 13), *range(700, len(good), 1999)]:
        damaged.write_bytes(good[:length])
        try:
            inspect_binary(damaged)
        except BinaryError as error:
            assert "\n" not in str(error)
