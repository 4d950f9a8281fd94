"""Extended state in core files, and its protection from gdbserver, with the layouts of several processors."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from tests.debugged import gdb
from tests.unit.test_core import FakeHost
from unishim.channel.host import Host
from unishim.channel.layout import COMMAND_THREAD, END, STATE_OFFSET, THREAD, Layout
from unishim.debug.core import CoreFile
from unishim.debug.extended_state import COMPONENTS_MAX, INTEL, Component, at_intels_places, gdb_mistakes
from unishim.host.processor import extended_state_components

AMD = {
    2: Component(576, 256),
    5: Component(832, 64),
    6: Component(896, 512),
    7: Component(1408, 1024),
    9: Component(2432, 8),
}
WITH_AMX = {**INTEL, 17: Component(2752, 64), 18: Component(2816, 8192)}
X87_SSE, AVX, AVX512, PKRU, AMX = 0x3, 0x4, 0xE0, 0x200, 0x60000
CASES = {
    "sse": (INTEL, X87_SSE, 576),
    "avx": (AMD, X87_SSE | AVX, 832),
    "amd": (AMD, X87_SSE | AVX | AVX512, 2688),
    "amd-pkru": (AMD, X87_SSE | AVX | AVX512 | PKRU, 2696),
    "amd-pkru-alone": (AMD, X87_SSE | AVX | PKRU, 2696),
    "intel": (INTEL, X87_SSE | AVX | AVX512, 2688),
    "intel-pkru": (INTEL, X87_SSE | AVX | AVX512 | PKRU, 2696),
    "amx-masked": (WITH_AMX, X87_SSE | AVX | AVX512 | PKRU, 2696),
    "amx": (WITH_AMX, X87_SSE | AVX | AVX512 | PKRU | AMX, 2696),
}


def pattern(number: int, size: int) -> bytes:
    return bytes((number * 16 + index) % 256 for index in range(size))


def made_up(components: Mapping[int, Component], mask: int) -> bytes:
    """As XSAVE stores it; each component has its own pattern."""
    present = {number: place for number, place in components.items() if mask >> number & 1}
    state = bytearray(max([576, *(place.end for place in present.values())]))
    state[0:2], state[24:28] = struct.pack("<H", 0x37F), struct.pack("<I", 0x1F80)
    state[160:416] = pattern(1, 256)  # XMM
    state[512:520] = struct.pack("<Q", mask)
    for number, place in present.items():
        state[place.offset : place.end] = pattern(number, place.size)
    return bytes(state)


@pytest.mark.parametrize("name", list(CASES))
def test_places(name: str) -> None:
    components, mask, size = CASES[name]
    state = made_up(components, mask)
    moved = at_intels_places(state, mask, components)
    known = mask & ~AMX
    assert len(moved) == size
    assert moved[:464] == state[:464]
    assert moved[464:472] == moved[512:520] == struct.pack("<Q", known)
    assert moved[520:576] == bytes(56)
    for number, place in INTEL.items():
        expected = pattern(number, place.size) if known >> number & 1 else bytes(place.size)
        assert moved[place.offset : place.end] == expected[: max(0, size - place.offset)]


def test_initial_components_stay_so() -> None:
    """The header does not list components that the processor did not store."""
    mask = X87_SSE | AVX | AVX512
    state = bytearray(made_up(AMD, mask))
    state[512:520] = struct.pack("<Q", X87_SSE)
    assert at_intels_places(bytes(state), mask, AMD)[512:520] == struct.pack("<Q", X87_SSE)


@pytest.mark.parametrize(
    "components",
    [
        {},
        {2: Component(0, 256)},
        {2: Component(575, 256)},
        {2: Component(576, 128)},
        {2: Component(577, 256)},
        {2: Component(0xFFFFFFFF, 0xFFFFFFFF)},
    ],
)
def test_bad_places(components: dict[int, Component]) -> None:
    with pytest.raises(ValueError, match="component 2 of the extended state cannot be at"):
        at_intels_places(made_up(INTEL, X87_SSE | AVX), X87_SSE | AVX, components)


@pytest.mark.parametrize(
    ("components", "numbers", "expected"),
    [
        (INTEL, (2, 3, 4, 5, 6, 7, 9), False),
        (WITH_AMX, (2, 5, 6, 7, 9, 17, 18), False),
        (AMD, (2, 5, 6, 7), True),
        (AMD, (2, 5, 6, 7, 9), True),
        (AMD, (2, 9), False),  # PKRU is last: nothing comes after it
        (AMD, (2,), False),
        (AMD, (), False),
    ],
)
def test_what_gdb_mistakes(components: Mapping[int, Component], numbers: tuple[int, ...], expected: bool) -> None:
    assert gdb_mistakes({number: components[number] for number in numbers}) == expected


def test_this_processor() -> None:
    """The processor and the host's kernel report the same features."""
    found = extended_state_components()
    flags = set(re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1].split())  # type: ignore[index]
    assert (2 in found) == ("avx" in flags)
    assert (7 in found) == ("avx512f" in flags)
    assert (9 in found) == ("ospke" in flags)
    for number, place in found.items():
        assert place.offset >= 576
        assert place.size == INTEL.get(number, place).size


def pack(layout: Layout, **values: bytes) -> bytes:
    data = bytearray(layout.size)
    for name, value in values.items():
        offset = layout[name].offset
        data[offset : offset + len(value)] = value
    return bytes(data)


class FaultedHost(FakeHost):
    """A program that a signal ended, on a processor with different places of the components."""

    def __init__(self, components: Mapping[int, Component], mask: int) -> None:
        super().__init__(1, 1)
        self.state = made_up(components, mask)
        places = [components.get(number, Component(0, 0)) for number in range(COMPONENTS_MAX)]
        words = struct.Struct(f"<{COMPONENTS_MAX}I")
        end = pack(
            END,
            information=struct.pack("<i", 11),
            xsave_mask=struct.pack("<Q", mask),
            component_offsets=words.pack(*(place.offset for place in places)),
            component_sizes=words.pack(*(place.size for place in places)),
        )
        self.put(end, 0)

    def exchange(self, command: int) -> int:
        result = super().exchange(command)
        if command == COMMAND_THREAD and result == 0:
            size = struct.pack("<Q", len(self.state))
            thread = pack(THREAD, tid=b"\1", registers=struct.pack("<27Q", *range(27)), state_size=size)
            self.put(thread.ljust(STATE_OFFSET, b"\0") + self.state, 0)
        return result


def number(data: bytes) -> str:
    return f"{int.from_bytes(data, 'little'):#x}"


@pytest.mark.parametrize("name", list(CASES))
def test_gdb_reads_them(tmp_path: Path, name: str) -> None:
    components, mask, _ = CASES[name]
    core = tmp_path / "core"
    CoreFile(str(core)).dump(cast(Host, FaultedHost(components, mask)))
    wanted = {"$xmm3.uint128": number(pattern(1, 256)[48:64])}
    if mask & AVX:
        wanted["$ymm3.v2_int128[1]"] = number(pattern(2, 256)[48:64])
    if mask & AVX512:
        wanted["$k1"] = number(pattern(5, 64)[8:16])
        wanted["$zmm3.v4_int128[2]"] = number(pattern(6, 512)[96:112])
        wanted["$zmm16.v4_int128[0]"] = number(pattern(7, 1024)[:16])
        wanted["$zmm31.v4_int128[3]"] = number(pattern(7, 1024)[-16:])
    if mask & PKRU:
        wanted["$pkru"] = number(pattern(9, 4))
    done = gdb(["-c", core], [f"print/x {expression}" for expression in wanted])
    assert "warning" not in done.stderr
    found = [line.split(" = ")[1] for line in done.stdout.splitlines() if line.startswith("$")]
    assert dict(zip(wanted, found, strict=True)) == wanted, done.stderr
