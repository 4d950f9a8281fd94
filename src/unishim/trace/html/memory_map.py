"""The program's memory map over time, from the initial map and the calls that change it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from unishim.trace.call import Call, Payload

_PAGE = 4096
_ADDRESS_END = 1 << 47  # end of a program's addresses on x86-64
_MAPS_LINE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])\S* \S+ \S+ \S+ *(.*)$")  # proc_pid_maps(5)
_MAP_ANONYMOUS, _MAP_STACK = 0x20, 0x20000  # mmap(2)
_MREMAP_DONTUNMAP = 4  # mremap(2)
_READ_WRITE = 3
_PROTECTION_MASK = 7
_NOTHING = Payload(None, None)


@dataclass(frozen=True, slots=True)
class Region:
    """Memory from `start` to `end`. `protection`: PROT_* bits, None if nothing is mapped."""

    start: int
    end: int
    protection: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """From `time_ns` on, `region` applies to its addresses."""

    time_ns: int
    region: Region


class MemoryMap:
    """Follows the calls; `changes` are their effects, in order."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._regions: list[Region] = []  # ascending, without overlap
        self._files: dict[int, str] = {}  # the path that a descriptor was opened with
        self._break: int | None = None
        self._handlers: dict[str, Callable[[Call], None]] = {
            "mmap": self._mmap,
            "munmap": lambda call: self._set(call, call.arguments[0], call.arguments[1], None, ""),
            "mprotect": self._protect,
            "pkey_mprotect": self._protect,
            "mremap": self._remap,
            "brk": self._brk,
            "open": lambda call: self._open(call, 0),
            "creat": lambda call: self._open(call, 0),
            "openat": lambda call: self._open(call, 1),
            "openat2": lambda call: self._open(call, 1),
            "dup": self._duplicate,
            "dup2": self._duplicate,
            "dup3": self._duplicate,
        }

    def begin(self, maps: str) -> None:
        """Sets the initial map, in the format of /proc/self/maps."""
        for line in maps.splitlines():
            match = _MAPS_LINE.match(line)
            if match:
                start, end, *letters, name = match.groups()
                protection = sum(1 << bit for bit, letter in enumerate(letters) if letter != "-")
                self._put(0, Region(int(start, 16), int(end, 16), protection, name or "anonymous"))

    def call(self, name: str, call: Call) -> None:
        """Processes a call that has returned."""
        handler = self._handlers.get(name)
        if handler is not None and call.result is not None and not -4095 <= call.result < 0:
            handler(call)

    def _mmap(self, call: Call) -> None:
        _, length, protection, flags, descriptor, _ = call.arguments
        if flags & _MAP_ANONYMOUS:
            name = "thread stack" if flags & _MAP_STACK else "anonymous"
        else:
            name = self._files.get(descriptor & 0xFFFF_FFFF, "a file")
        self._set(call, call.result or 0, length, protection & _PROTECTION_MASK, name)

    def _protect(self, call: Call) -> None:
        start, length, protection = call.arguments[:3]
        for region in self._inside(start, min(start + _page_up(length), _ADDRESS_END)):
            self._put(_time(call), replace(region, protection=protection & _PROTECTION_MASK))

    def _remap(self, call: Call) -> None:
        start, length, new_length, flags = call.arguments[:4]
        old = self._inside(start, start + _PAGE)
        if not old:
            return
        if not flags & _MREMAP_DONTUNMAP:
            self._set(call, start, length, None, "")
        self._set(call, call.result or 0, new_length, old[0].protection, old[0].name)

    def _brk(self, call: Call) -> None:
        end, old = _page_up(call.result or 0), self._break
        self._break = end
        if old is not None and end > old:
            self._set(call, old, end - old, _READ_WRITE, "[heap]")
        elif old is not None and end < old:
            self._set(call, end, old - end, None, "")

    def _open(self, call: Call, path: int) -> None:
        data = call.payloads.get(path, _NOTHING).entry or b"a file"
        self._files[call.result or 0] = data.decode("utf-8", "backslashreplace")

    def _duplicate(self, call: Call) -> None:
        self._files[call.result or 0] = self._files.get(call.arguments[0] & 0xFFFF_FFFF, "a file")

    def _inside(self, start: int, end: int) -> list[Region]:
        """The parts of regions between two addresses."""
        low = bisect_right(self._regions, start, key=lambda region: region.end)
        high = bisect_left(self._regions, end, key=lambda region: region.start)
        return [
            replace(region, start=max(region.start, start), end=min(region.end, end))
            for region in self._regions[low:high]
        ]

    def _set(self, call: Call, start: int, length: int, protection: int | None, name: str) -> None:
        end = min(start + _page_up(length), _ADDRESS_END)
        if 0 <= start < end:
            self._put(_time(call), Region(start, end, protection, name))

    def _put(self, time_ns: int, region: Region) -> None:
        low = bisect_right(self._regions, region.start, key=lambda other: other.end)
        high = bisect_left(self._regions, region.end, key=lambda other: other.start)
        parts = [] if region.protection is None else [region]
        if low < high:
            first, last = self._regions[low], self._regions[high - 1]
            if first.start < region.start:
                parts.insert(0, replace(first, end=region.start))
            if last.end > region.end:
                parts.append(replace(last, start=region.end))
        self._regions[low:high] = parts
        self.changes.append(Change(time_ns, region))


def _page_up(size: int) -> int:
    return -(-size // _PAGE) * _PAGE


def _time(call: Call) -> int:
    return call.enter_ns if call.leave_ns is None else call.leave_ns
