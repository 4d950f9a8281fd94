"""Access to the fields of the shared memory."""

from __future__ import annotations

import mmap
from typing import Any

from unishim.channel.layout import CONTROL, COUNTS_OFFSET, DATA_OFFSET, DATA_SIZE, MAGIC, RING_OFFSET, RING_SIZE, SIZE
from unishim.errors import PlatformError

_FORMATS = {"u8": "B", "u32": "I", "u64": "Q", "s64": "q"}


class ChannelMemory:
    """The channel's block in the file that is the guest's memory.

    Fields are written through casts of one memoryview, because only these store a number at once; the kernel may read
    them at any moment.
    """

    def __init__(self, descriptor: int, offset: int) -> None:
        self._mapping = mmap.mmap(descriptor, SIZE, mmap.MAP_SHARED, offset=offset)
        view = memoryview(self._mapping)
        self._views = [view, *(view.cast(format_) for format_ in _FORMATS.values())]  # type: ignore[call-overload]
        self._fields: dict[str, tuple[Any, int]] = {}
        for field in CONTROL.fields:
            cast = self._views[1 + list(_FORMATS).index(field.type)]
            self._fields[field.name] = cast, field.offset // field.size
        self._arguments = self._fields["arguments"]
        self.data = view[DATA_OFFSET : DATA_OFFSET + DATA_SIZE]
        self.counts = view[COUNTS_OFFSET:RING_OFFSET]
        self.ring = view[RING_OFFSET : RING_OFFSET + RING_SIZE]

    def check(self) -> None:
        """To be called once the kernel has sent its address: raises PlatformError if its layout differs."""
        if self["magic"] != MAGIC:
            raise PlatformError("the kernel's channel has a different version; rebuild the kernel: unishim build")

    def __getitem__(self, name: str) -> int:
        view, index = self._fields[name]
        value: int = view[index]
        return value

    def __setitem__(self, name: str, value: int) -> None:
        view, index = self._fields[name]
        view[index] = value

    @property
    def arguments(self) -> tuple[int, ...]:
        """The six arguments of the current call."""
        view, index = self._arguments
        return tuple(view[index : index + 6])

    @arguments.setter
    def arguments(self, values: tuple[int, ...]) -> None:
        view, index = self._arguments
        for position, value in enumerate(values):
            view[index + position] = value

    def set_hooks(self, hooks: bytes) -> None:
        """Sets which calls the kernel reports."""
        view, index = self._fields["hooks"]
        view[index : index + len(hooks)] = hooks

    def close(self) -> None:
        """Removes the mapping."""
        self._fields.clear()
        self._arguments = (None, 0)
        for view in (self.data, self.counts, self.ring, *reversed(self._views)):
            view.release()
        self._mapping.close()
