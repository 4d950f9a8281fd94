"""Constants and structs, compared with the headers of the system and of the kernel half."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.framework import ROOT
from tests.unit.headers import ask_all
from unishim.syscalls.constants import all_sets, constant_set
from unishim.syscalls.structs import STRUCTS

COMPARED_MIN = 0.9


def test_numbers_as_the_headers_have_them(tmp_path: Path) -> None:
    names = [name for constants in all_sets().values() for name in constants.values]
    headers = ask_all(names, tmp_path)
    assert len(headers) >= COMPARED_MIN * len(set(names))
    for constants in all_sets().values():
        mask = (1 << constants.width) - 1
        for name, number in constants.values.items():
            assert headers.get(name, number) & mask == number & mask, f"{constants.name}: {name}"


def test_structs_as_the_headers_have_them(tmp_path: Path) -> None:
    expected = {}
    for struct in STRUCTS.values():
        expected[f"sizeof({struct.c_type})"] = struct.size
        for field in struct.fields:
            expected[f"offsetof({struct.c_type}, {field.name})"] = field.offset
            size = field.type.size * (field.count or 1)
            expected[f"sizeof((({struct.c_type} *)0)->{field.name})"] = size
    headers = ask_all(expected, tmp_path)
    assert {expression: expected[expression] for expression in headers} == headers
    assert len(headers) >= COMPARED_MIN * len(expected), sorted(expected.keys() - headers.keys())


def test_kernel_has_the_same_numbers() -> None:
    numbers = {name: number for constants in all_sets().values() for name, number in constants.values.items()}
    compared = set()
    for header in sorted((ROOT / "kernel" / "include" / "uk" / "linux").glob("*.h")):
        for name, text in re.findall(r"^#define\s+(\w+)\s+\(?(-?\w+)\)?\s*(?:/|$)", header.read_text(), re.MULTILINE):
            number = re.fullmatch(r"(-?)(0x[0-9a-fA-F]+|\d+)[uU]?[lL]*", text)
            if name not in numbers or number is None:
                continue
            digits = number[2]
            value = int(digits, 16 if digits.startswith("0x") else 8 if digits.startswith("0") else 10)
            assert numbers[name] == (-value if number[1] else value), f"{header.name}: {name}"
            compared.add(name)
    assert len(compared) > 150


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("open", 0, "O_RDONLY"),
        ("open", 0o2000101, "O_WRONLY|O_CREAT|O_CLOEXEC"),
        ("open", 0x8000_0002, "O_RDWR|0x80000000"),
        ("open", 3, "O_ACCMODE"),
        ("prot", 0, "PROT_NONE"),
        ("prot", 3, "PROT_READ|PROT_WRITE"),
        ("prot", 0x30, "0x30 /* PROT_??? */"),
        ("mmap", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"),
        ("seek", 99, "0x63 /* SEEK_??? */"),
        ("rusage", -1, "RUSAGE_CHILDREN"),
        ("getrandom", 0, "0"),
        ("getrandom", 0x20, "0x20 /* GRND_??? */"),
        ("mmap", 0x54040022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT"),
        ("prctl", 0, "0 /* PR_??? */"),
        ("socket_type", 0o2004001, "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK"),
    ],
)
def test_notation(name: str, value: int, text: str) -> None:
    assert constant_set(name).decode(value) == text


def test_numbers_by_name() -> None:
    assert constant_set("open").value_of("O_RDWR") == 2
    with pytest.raises(KeyError):
        constant_set("open").value_of("O_NOTHING")


def test_pack_and_unpack() -> None:
    struct = STRUCTS["itimerval"]
    data = struct.pack({"it_value.tv_sec": 1, "it_value.tv_usec": -2})
    assert len(data) == struct.size
    assert struct.unpack(data) == {
        "it_interval.tv_sec": 0,
        "it_interval.tv_usec": 0,
        "it_value.tv_sec": 1,
        "it_value.tv_usec": -2,
    }
    assert struct.unpack(data[:10]) == {"it_interval.tv_sec": 0}
    name = STRUCTS["utsname"].pack({"sysname": b"Linux"})
    assert name[:6] == b"Linux\0"
    assert STRUCTS["sysinfo"].unpack(STRUCTS["sysinfo"].pack({"loads": (1, 2, 3)}))["loads"] == (1, 2, 3)
    with pytest.raises(KeyError):
        struct.field("none")
