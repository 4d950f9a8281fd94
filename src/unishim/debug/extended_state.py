"""The places of the components of the extended state (x87, SSE, AVX, ...), on this processor and on Intel's.

XSAVE's standard form stores them at places that the processor defines (Intel SDM vol. 1, 13.4.3; CPUID leaf 13); AMD's
differ. A core file does not record which places were used, and gdb before 14 knows only Intel's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LEGACY_SIZE = 512  # bytes of the part that FXSAVE writes too
HEADER_SIZE = 64  # bytes after the legacy part
COMPONENTS_MAX = 63
_ALWAYS = 0b11  # x87 and SSE, in the legacy part
_XCR0_OFFSET = 464  # Linux, and thus debuggers, store the features of a dumped state there


class Component(NamedTuple):
    """The place of a component in XSAVE's standard form, in bytes."""

    offset: int
    size: int

    @property
    def end(self) -> int:
        """The offset of the first byte after it."""
        return self.offset + self.size


# By number in XCR0; all components that gdb knows. No AMX: unishim's programs do not get it.
INTEL = {
    2: Component(576, 256),  # upper halves of YMM
    3: Component(960, 64),  # BNDREGS
    4: Component(1024, 64),  # BNDCSR
    5: Component(1088, 64),  # opmask
    6: Component(1152, 512),  # upper halves of ZMM0 to ZMM15
    7: Component(1664, 1024),  # ZMM16 to ZMM31
    9: Component(2688, 8),  # PKRU
}


def gdb_mistakes(components: Mapping[int, Component]) -> bool:
    """Whether gdb before 14 takes part of one of `components` for another one, as gdbserver then does when it writes.

    Intel's places past the end of all components are harmless: the processor stores nothing there.
    """
    end = max([0, *(place.end for place in components.values())])
    return any(
        components[number].offset != place.offset and place.offset < end
        for number, place in INTEL.items()
        if number in components
    )


def at_intels_places(state: bytes, mask: int, components: Mapping[int, Component]) -> bytes:
    """XSAVE's standard form with `mask` as its features, with `components` moved to Intel's places.

    Components that INTEL does not contain are left out. Raises ValueError if `state` cannot contain `components`.
    """
    wanted = [number for number in range(2, COMPONENTS_MAX) if mask >> number & 1 and number in INTEL]
    kept = _ALWAYS | sum(1 << number for number in wanted)
    header = LEGACY_SIZE + HEADER_SIZE
    moved = bytearray(max([header, *(INTEL[number].end for number in wanted)]))
    moved[:header] = state[:header]
    moved[_XCR0_OFFSET : _XCR0_OFFSET + 8] = (mask & kept).to_bytes(8, "little")
    present = int.from_bytes(state[LEGACY_SIZE : LEGACY_SIZE + 8], "little")
    moved[LEGACY_SIZE : LEGACY_SIZE + 8] = (present & mask & kept).to_bytes(8, "little")
    for number in wanted:
        source, target = components.get(number, Component(0, 0)), INTEL[number]
        if source.offset < header or source.size != target.size or source.end > len(state):
            raise ValueError(f"component {number} of the extended state cannot be at {source}")
        moved[target.offset : target.end] = state[source.offset : source.end]
    return bytes(moved)
