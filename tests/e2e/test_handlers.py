"""System calls handled in Python."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest

import unishim
from tests.conftest import Build
from tests.framework import TIMEOUT, run_guest
from unishim.handlers import (
    Buffer,
    Guest,
    Handler,
    HandlerError,
    NumberView,
    Pointer,
    StructView,
    SyscallError,
    Text,
    syscall_define,
    syscall_r_define,
    syscall_wrap,
)
from unishim.running.result import Result


def run(program: Path, *handlers: Handler, **options: Any) -> Result:
    return unishim.run(
        [program], handlers=handlers, accelerator="tcg", capture_output=True, timeout=TIMEOUT / 2, **options
    )


def lines(result: Result) -> list[str]:
    assert result.stdout is not None
    return result.stdout.decode().splitlines()


@pytest.fixture(scope="session")
def handled(build_guest: Build) -> Path:
    return build_guest("handled.c")


def test_missing_calls_are_implemented(handled: Path) -> None:
    names = []

    @syscall_r_define
    def sethostname(k: Guest, name: Buffer, length: int) -> int:
        names.append(bytes(name))
        return 3

    @syscall_define
    def memfd_create(k: Guest, name: Text, flags: int) -> int:
        assert str(name) == "a name"
        assert flags == 1
        k.errno = errno.EMFILE
        return -1

    result = run(handled, sethostname, memfd_create)
    assert result.status == 7
    assert names == [b"machine"]
    assert "sethostname: 3" in lines(result)
    # Reading it raised an exception that nothing caught.
    assert "sethostname at a bad address: EFAULT" in lines(result)
    assert "memfd_create: EMFILE" in lines(result)
    assert "unknown: ENOSYS" in lines(result)


def test_calls_are_replaced(handled: Path) -> None:
    @syscall_r_define
    def getcpu(k: Guest, cpu: NumberView, node: NumberView, tcache: Pointer) -> None:
        cpu.value = 5
        node[0] = 6
        assert not tcache

    @syscall_r_define
    def clock_gettime(k: Guest, clock: int, time: StructView) -> int:
        assert clock == 1
        assert time.get() == {"tv_sec": 0, "tv_nsec": 0}
        time.set(tv_sec=1, tv_nsec=2)
        time.tv_nsec = time.tv_nsec + 1
        with pytest.raises(AttributeError, match="no field tv_usec"):
            time.tv_usec = 1
        return 0

    @syscall_r_define
    def getppid(k: Guest) -> int:
        raise SyscallError(errno.EPERM)

    @syscall_r_define
    def readlink(k: Guest, path: Text, buffer: Buffer, size: int) -> int:
        assert len(buffer) == size == 15
        with pytest.raises(ValueError, match="do not fit"):
            buffer.write(bytes(16))
        buffer.write(b"/elsewhere")
        return 10

    found = lines(run(handled, getcpu, clock_gettime, getppid, readlink))
    assert "cpu 5 node 6" in found
    assert "time 1.000000003" in found
    assert "getppid: EPERM" in found
    assert "name /elsewhere" in found


def test_calls_are_wrapped(handled: Path) -> None:
    seen = []

    @syscall_wrap
    def write(k: Guest, call: Any, fd: int, buffer: Buffer, count: int) -> int:
        data = bytes(buffer)
        seen.append(data)
        if data.startswith(b"cpu"):
            return int(call(count=3))
        result = int(call())
        assert result == count
        return result

    @syscall_wrap
    def writev(k: Guest, call: Any, fd: int, vector: StructView, count: int) -> int:
        second = vector[1]
        assert second.iov_len == 4
        assert second["iov_len"] == 4
        with pytest.raises(TypeError, match="has no argument size"):
            call(size=1)
        return int(call(iovcnt=1))

    result = run(handled, write, writev)
    assert result.stdout is not None
    assert b"ab" + b"writev: 2\n" in result.stdout
    # A short write: the C library writes the rest.
    assert b" 0 node 0\n" in seen
    assert result.status == 7


def test_the_first_of_several_is_outermost(handled: Path) -> None:
    order = []

    @syscall_wrap(name="getppid")
    def outer(k: Guest, call: Any) -> int:
        order.append("outer")
        return int(call()) + 1

    @syscall_wrap(name="getppid")
    def inner(k: Guest, call: Any) -> int:
        order.append("inner")
        return int(call()) * 10

    @syscall_r_define(name="getppid")
    def last(k: Guest) -> int:
        return 4

    assert "getppid: 41" in lines(run(handled, outer, inner, last))
    assert order == ["outer", "inner"]
    with pytest.raises(HandlerError, match="is already handled by"):
        run(handled, last, inner)


def test_the_kernels_own_calls_and_facts(handled: Path) -> None:
    facts: dict[str, Any] = {}

    @syscall_wrap
    def sethostname(k: Guest, call: Any, name: Pointer, length: int) -> int:
        facts["missing"] = call()
        facts["written"] = k.write(2, b"from Python\n", 12)
        facts["files"] = [(file.fd, file.name) for file in k.files()]
        facts["maps"] = {mapping.name: mapping.protection for mapping in k.maps()}
        facts["raw"] = k.call("write", 99, 0, 0)
        zero = k.open("/dev/zero", 0, 0)
        buffer = bytearray(b"xxxx")
        facts["read"] = (k.read(zero, buffer, len(buffer)), bytes(buffer))
        k.close(zero)
        with pytest.raises(SyscallError, match="Bad file descriptor"):
            k.close(zero)
        with pytest.raises(TypeError, match="takes 1 argument"):
            k.close()
        with pytest.raises(AttributeError, match="no system call 'frobnicate'"):
            k.frobnicate()
        facts["clock"] = k.monotonic_ns
        facts["epoch"] = k.realtime_ns
        facts["ip"] = k.ip
        facts["text"] = k.read_memory(k.ip - 2, 2)
        return 0

    result = run(handled, sethostname)
    assert facts["missing"] == -errno.ENOSYS
    assert facts["written"] == 12
    assert result.stderr == 2 * b"from Python\n"
    assert [number for number, _ in facts["files"]] == [0, 1, 2]
    assert all(name.startswith("pipe:[") for _, name in facts["files"])
    assert facts["maps"]["[stack]"] == "rw-p"
    assert facts["maps"]["[heap]"] == "rw-p"
    assert f"/{handled.name}" in facts["maps"]
    assert facts["raw"] == -errno.EBADF
    assert facts["read"] == (4, bytes(4))
    assert 0 < facts["clock"] < 60 * 10**9
    assert abs(facts["epoch"] - time.time_ns()) < 60 * 10**9
    # A jump may have replaced the trap of earlier calls.
    assert facts["text"] == b"\x0f\x05" or os.environ["UNISHIM_PLATFORM"] == "linux"


def test_exceptions_are_reported(handled: Path, capfd: pytest.CaptureFixture[str]) -> None:
    @syscall_r_define
    def getppid(k: Guest) -> int:
        raise RuntimeError("not today")

    result = run(handled, getppid)
    error = capfd.readouterr().err
    assert "getppid: EIO" in lines(result)
    assert "RuntimeError: not today" in error
    assert "the handler of getppid raised; the program gets EIO" in error
    with pytest.raises(HandlerError, match="RuntimeError"):
        run(handled, getppid, handler_errors="stop")


@pytest.mark.parametrize("answer", ["a string", 1 << 64, 1.5])
def test_invalid_results(handled: Path, answer: object, capfd: pytest.CaptureFixture[str]) -> None:
    @syscall_r_define
    def getppid(k: Guest) -> object:
        return answer

    assert "getppid: EIO" in lines(run(handled, getppid))
    assert "the handler of getppid returned" in capfd.readouterr().err


def test_a_handler_ends_the_program(handled: Path) -> None:
    @syscall_r_define
    def getppid(k: Guest) -> None:
        k.end(42)

    result = run(handled, getppid)
    assert result.status == 42
    assert lines(result)[-1].startswith("memfd_create")


def test_a_program_that_ends_in_a_handlers_call(handled: Path) -> None:
    @syscall_wrap
    def exit_group(k: Guest, call: Any, status: int) -> int:
        return int(call(status=9))

    assert run(handled, exit_group).status == 9


def test_signals_return_through_a_handler(build_guest: Build) -> None:
    count = []

    @syscall_wrap
    def rt_sigreturn(k: Guest, call: Any) -> int:
        count.append(1)
        return int(call())

    program = build_guest("signals.c")
    assert run(program, rt_sigreturn).stdout == run(program).stdout
    assert count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def getcpu(k): pass", "getcpu is handled by a function of 4 arguments: (k, cpu, node, tcache)"),
        ("def getcp(k): pass", "did you mean getcpu?"),
        ("def write(k, fd: str, buf, count): pass", "argument fd is a int, not str"),
        ("def write(k, fd, buf: Nothing, count): pass", "name 'Nothing' is not defined"),
        ("1 / 0", "ZeroDivisionError"),
        ("x = 1", "defines no handler"),
    ],
)
def test_files_that_cannot_be_used(hello: Path, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "handlers.py"
    decorator = "@syscall_r_define\n" if text.startswith("def") else ""
    file.write_text(f"from __future__ import annotations\nfrom unishim.handlers import *\n{decorator}{text}\n")
    done = run_guest([hello], "--handlers", str(file))
    assert done.status == 125
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_file_of_handlers(handled: Path, tmp_path: Path) -> None:
    file = tmp_path / "handlers.py"
    file.write_text(
        "from unishim.handlers import syscall_r_define\n\n"
        "@syscall_r_define\ndef getppid(k):\n    print('asked')\n    return 12\n"
    )
    done = run_guest([handled], "--handlers", str(file))
    assert b"getppid: 12\n" in done.stdout
    assert b"asked\n" in done.stdout
    assert done.status == 7


def test_numbers_in_memory(handled: Path) -> None:
    seen = []

    @syscall_wrap
    def write(k: Guest, call: Any, fd: int, buf: Pointer, count: int) -> int:
        if buf.read(9) == b"getppid: ":
            seen.append(buf.number("u16"))
            buf.set_number(0x4547, "u16")
        return int(call())

    assert any(line.startswith("GEtppid: ") for line in lines(run(handled, write)))
    assert seen == [0x6567]


def test_a_handler_that_sleeps_does_not_stop_the_clock(handled: Path) -> None:
    @syscall_wrap
    def sethostname(k: Guest, call: Any, name: Pointer, length: int) -> int:
        before = k.monotonic_ns
        time.sleep(0.2)
        k.getppid()
        assert k.monotonic_ns - before > 100_000_000
        return 0

    assert "sethostname: 0" in lines(run(handled, sethostname))
