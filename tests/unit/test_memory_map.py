"""The memory map of a trace's page, computed from calls."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unishim.syscalls.table import by_name
from unishim.trace.call import Call, Payload
from unishim.trace.html.memory_map import MemoryMap

BEGIN = """\
400000-402000 r-xp 00000000 00:01 6                          /hello
402000-403000 rw-p 00001000 00:01 6                          /my file
403000-404000 ---p 00000000 00:00 0
"""
PAGE = 4096


def call(name: str, *arguments: int, result: int, time: int = 1, path: bytes | None = None) -> tuple[str, Call]:
    words = (*arguments, *[0] * (6 - len(arguments)))
    payloads = {} if path is None else {1 if name == "openat" else 0: Payload(path, None)}
    return name, Call(by_name()[name].number, words, result, time, time + 5, 0, 1, payloads)


def final(calls: Sequence[tuple[str, Call]], begin: str = "") -> list[tuple[int, int, str, str]]:
    """The map at the end, replayed from the changes alone, page by page, in the simplest way."""
    memory = MemoryMap()
    memory.begin(begin)
    for name, made in calls:
        memory.call(name, made)
    pages: dict[int, tuple[str, str]] = {}
    for change in memory.changes:
        region = change.region
        assert region.start < region.end
        for page in range(region.start, region.end, PAGE):
            pages.pop(page, None)
            if region.protection is not None:
                letters = "".join(c if region.protection >> bit & 1 else "-" for bit, c in enumerate("rwx"))
                pages[page] = letters, region.name
    regions: list[tuple[int, int, str, str]] = []
    for page, (letters, text) in sorted(pages.items()):
        if regions and regions[-1][1:] == (page, letters, text):
            regions[-1] = (regions[-1][0], page + PAGE, letters, text)
        else:
            regions.append((page, page + PAGE, letters, text))
    return regions


def test_initial_map() -> None:
    assert final([], BEGIN) == [
        (0x400000, 0x402000, "r-x", "/hello"),
        (0x402000, 0x403000, "rw-", "/my file"),
        (0x403000, 0x404000, "---", "anonymous"),
    ]
    assert final([], "garbage\n\n12-zz r--p\n") == []


def test_mmap_and_munmap() -> None:
    opened = call("openat", 0xFFFF_FF9C, 0, 0, result=3, path=b"/lib/\xffx.so")
    mapped = call("mmap", 0, 3 * PAGE - 1, 1, 2, 3, 0, result=0x10000)
    assert final([opened, mapped]) == [(0x10000, 0x13000, "r--", "/lib/\\xffx.so")]
    middle = call("munmap", 0x11000, 1, result=0)
    assert [region[:2] for region in final([opened, mapped, middle])] == [(0x10000, 0x11000), (0x12000, 0x13000)]
    over = call("mmap", 0x12000, PAGE, 3, 0x32, 2**64 - 1, 0, result=0x12000)
    assert final([opened, mapped, middle, over])[1] == (0x12000, 0x13000, "rw-", "anonymous")
    stack = call("mmap", 0, PAGE, 3, 0x20022, 2**64 - 1, 0, result=0x20000)
    assert final([stack]) == [(0x20000, 0x21000, "rw-", "thread stack")]
    duplicate = call("dup", 3, result=9)
    assert final([opened, duplicate, call("mmap", 0, 1, 1, 2, 9, 0, result=PAGE)])[0][3] == "/lib/\\xffx.so"


def test_mprotect_keeps_names_and_holes() -> None:
    hole = call("munmap", 0x402000, PAGE, result=0)
    assert final([hole, call("mprotect", 0x401000, 0x3000, 1, result=0)], BEGIN) == [
        (0x400000, 0x401000, "r-x", "/hello"),
        (0x401000, 0x402000, "r--", "/hello"),
        (0x403000, 0x404000, "r--", "anonymous"),
    ]
    protect = call("mprotect", 0x401000, 0x2000, 1, result=0)
    assert final([protect], BEGIN)[2] == (0x402000, 0x403000, "r--", "/my file")


def test_mremap() -> None:
    old = (0x402000, 0x403000, "rw-", "/my file")
    grown = final([call("mremap", 0x402000, PAGE, 2 * PAGE, 1, result=0x50000)], BEGIN)
    assert grown[0] == (0x50000, 0x52000, "rw-", "/my file")
    assert old not in grown
    assert old in final([call("mremap", 0x402000, PAGE, PAGE, 5, result=0x50000)], BEGIN)


def test_brk() -> None:
    calls = [call("brk", 0, result=0x70000), call("brk", 0x72123, result=0x72123)]
    assert final(calls) == [(0x70000, 0x73000, "rw-", "[heap]")]
    assert final([*calls, call("brk", 0x71000, result=0x71000)]) == [(0x70000, 0x71000, "rw-", "[heap]")]
    assert final([*calls, call("brk", 0x70000, result=0x70000)]) == []


@pytest.mark.parametrize("result", [-1, -12, -4095])
def test_calls_that_fail_change_nothing(result: int) -> None:
    calls = [call("munmap", 0x400000, PAGE, result=result), call("mmap", 0, PAGE, 3, 0x22, result=result)]
    assert final(calls, BEGIN) == final([], BEGIN)


WORD = st.integers(0, 2**64 - 1) | st.integers(0, 1 << 20)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["mmap", "munmap", "mprotect", "mremap", "brk", "open", "dup2"]),
            st.tuples(WORD, WORD, WORD, WORD, WORD, WORD),
            st.integers(-(2**63), 2**63 - 1),
        )
    )
)
def test_arbitrary_numbers(made: list[tuple[str, tuple[int, ...], int]]) -> None:
    memory = MemoryMap()
    for name, arguments, result in made:
        memory.call(name, Call(by_name()[name].number, arguments, result, 0, 1, 0, 1))
    for change in memory.changes:
        assert 0 <= change.region.start < change.region.end <= 1 << 47
