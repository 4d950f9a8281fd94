"""The options of the system call shim, each tested separately."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT, build_kernel, run_guest
from unishim.errors import BuildError

STUBS = ROOT / "tests" / "kernel_libraries" / "stubs"
HELLO = b"Hello world!\n"


def symbols(image: Path) -> set[str]:
    listing = subprocess.check_output(["nm", image.with_name(image.name + ".dbg")], text=True, timeout=TIMEOUT)
    return {line.split()[-1] for line in listing.splitlines()}


def test_stubs(hello: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"undefined reference to `(ptrace|socket)'"):
        build_kernel(tmp_path, {}, [STUBS])
    image = build_kernel(tmp_path, {"LIBSYSCALL_SHIM_LIBCSTUBS": "y"}, [STUBS])
    done = run_guest([hello], "--kernel", str(image))
    assert b"[libstubs] stubs answer ENOSYS\n" in done.stderr
    assert (done.status, done.stdout) == (0, HELLO)


def test_no_wrappers_and_no_channel(hello: Path, kernel: Path, tmp_path: Path) -> None:
    """One build for both: neither leaves anything in the image."""
    image = build_kernel(tmp_path, {"LIBSYSCALL_SHIM_NOWRAPPER": "y", "LIBCHANNEL": "n"})
    objects = subprocess.check_output(["nm", tmp_path / "libposix_process.o"], text=True, timeout=TIMEOUT)
    assert " uk_syscall_e_getpid" in objects
    assert " getpid" not in objects
    names = symbols(image)
    assert not [name for name in names if "hook" in name or "uk_trace" in name or "uk_channel" in name]
    assert [name for name in symbols(kernel) if "uk_trace" in name]
    assert image.stat().st_size < kernel.stat().st_size
    assert run_guest([hello], "--kernel", str(image)).stdout == HELLO
    refused = run_guest([hello], "--kernel", str(image), "--fail", "write:EIO")
    assert refused.status == 125
    assert b"this kernel has no channel" in refused.stderr


def test_trace_left_out(hello: Path, tmp_path: Path) -> None:
    image = build_kernel(tmp_path, {"LIBTRACE": "n"})
    assert not [name for name in symbols(image) if "uk_trace" in name]
    assert run_guest([hello], "--kernel", str(image), "--fail", "write:EIO").stdout == b""


def test_messages(hello: Path, tmp_path: Path) -> None:
    image = build_kernel(tmp_path, {"LIBUKDEBUG_PRINTD": "y", "LIBSYSCALL_SHIM_DEBUG_SYSCALLS": "y"})
    done = run_guest([hello], "--kernel", str(image))
    text = done.stderr.decode()
    assert re.search(r"dbg:  \[libposix_file\] write\(0x1, 0x[0-9a-f]+, 0xd\)\n", text)
    assert "Binary system call request" not in text
    assert " = 13" not in text


def test_console_strace(hello: Path, tmp_path: Path) -> None:
    image = build_kernel(tmp_path, {"LIBSYSCALL_SHIM_STRACE": "y"})
    lines = run_guest([hello], "--kernel", str(image)).stderr.decode().splitlines()
    assert 'write(1, "Hello world!\\n", 13) = 13' in lines
    assert 'readlink("/proc/self/exe", "/hello-c-gcc", 4096) = 12' in lines
    assert any(re.fullmatch(r"brk\(NULL\) = 0x[0-9a-f]+", line) for line in lines)
    assert any(line.endswith(") = -1 ENOSYS") and line.startswith("rseq(0x") for line in lines)
    assert not any("dbg:" in line for line in lines)
