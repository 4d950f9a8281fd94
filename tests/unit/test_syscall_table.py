"""The table of system calls and error numbers, compared with the host's."""

from __future__ import annotations

import errno
import re
import subprocess

from tests.framework import TIMEOUT
from unishim.syscalls.errno_table import ALIASES, ERRNO
from unishim.syscalls.table import all_calls, by_name, by_number


def test_numbers_as_the_host_has_them() -> None:
    text = subprocess.check_output(
        ["gcc", "-E", "-dM", "-include", "asm/unistd_64.h", "-x", "c", "/dev/null"], text=True, timeout=TIMEOUT
    )
    host = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", text)}
    assert len(host) > 300
    assert {name: by_name()[name].number for name in host if name in by_name()} == {
        name: number for name, number in host.items() if number <= all_calls()[-1].number
    }


def test_unique_and_ascending() -> None:
    numbers = [call.number for call in all_calls()]
    assert numbers == sorted(set(numbers))
    assert len(by_name()) == len(by_number()) == len(numbers)
    assert all(len(call.arguments) <= 6 for call in all_calls())
    assert by_name()["file_setattr"].number == 469


def test_errno_as_the_host_has_it() -> None:
    assert {number: name for name, number in ERRNO.items()}.keys() == errno.errorcode.keys()
    for name, number in ERRNO.items():
        assert getattr(errno, name) == number
    for alias, name in ALIASES.items():
        assert getattr(errno, alias) == ERRNO[name]
