"""Reads the trace's ring: converts the kernel's binary records to calls and signals."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, error

from unishim.channel.layout import (
    PAYLOAD,
    RECORD,
    RECORD_CALL,
    RECORD_SIGNAL,
    RECORD_THREAD_SHIFT,
    RECORD_UNFINISHED,
    RECORD_WRAP,
    RING_SIZE,
)
from unishim.channel.memory import ChannelMemory
from unishim.errors import PlatformError
from unishim.trace.call import Call, Payload, Signal

_FORMATS = {"u8": "B", "u32": "I", "s64": "q", "u64": "Q"}
_RECORD = Struct("<" + "".join(f"{field.count}{_FORMATS[field.type]}" for field in RECORD.fields))
_PAYLOAD = Struct("<" + "".join(_FORMATS[field.type] for field in PAYLOAD.fields))
_HEAD = Struct("<II")  # size and kind
_WORD = 8  # bytes: records and payloads are padded to it
_FIRST_THREAD = 1
_KIND_MASK = (1 << RECORD_THREAD_SHIFT) - 1
_MASK_32 = (1 << 32) - 1


class Drain:
    """Takes records out of the ring and passes each event on, in order."""

    def __init__(self, sink: Callable[[Call | Signal], None], *, timed: bool = True) -> None:
        self._sink = sink
        self._timed = timed  # stamps are ticks, else ascending numbers
        self._last_left = 0  # the stamp of the newest complete record

    def take(self, memory: ChannelMemory) -> None:
        """Takes all complete records and returns their space to the kernel.

        Raises PlatformError for invalid records: a malicious program can write there too.
        """
        start = memory["ring_address"]
        head, tail = memory["head"] - start, memory["tail"] - start
        taken = wraps = 0
        while tail != head:
            if not 0 <= tail <= RING_SIZE or tail % _WORD or taken > RING_SIZE or wraps > 1:
                raise _broken()
            size, kind = (RING_SIZE, RECORD_WRAP) if tail == RING_SIZE else _HEAD.unpack_from(memory.ring, tail)
            if kind == RECORD_WRAP:
                tail = 0
                wraps += 1
                continue
            self._hand_on(memory, tail, size, kind)
            tail += size
            taken += size
        memory["tail"] = start + tail

    def finish(self, memory: ChannelMemory) -> None:
        """At the end of the run: the call that never returned, if there is one.

        Its record is at the head, and only its stamp distinguishes it from what the ring contained there before.
        """
        offset = memory["head"] - memory["ring_address"]
        if not 0 <= offset <= RING_SIZE - _RECORD.size:
            return
        size, kind, entered, *_ = _RECORD.unpack_from(memory.ring, offset)
        if kind & _KIND_MASK == RECORD_CALL and size and entered > self._last_left:
            self._hand_on(memory, offset, size, kind, returned=False)

    def _hand_on(self, memory: ChannelMemory, offset: int, size: int, kind: int, *, returned: bool = True) -> None:
        if not _RECORD.size <= size <= RING_SIZE - offset:
            raise _broken()
        _, _, entered, left, number, ip, *arguments, result = _RECORD.unpack_from(memory.ring, offset)
        enter_ns = self._nanoseconds(memory, entered)
        self._last_left = left
        thread = kind >> RECORD_THREAD_SHIFT or _FIRST_THREAD
        if kind & _KIND_MASK == RECORD_SIGNAL:
            code, address, pid, uid, value, _ = arguments
            self._sink(Signal(number, _signed(code), address, pid & _MASK_32, uid, enter_ns, thread, value))
            return
        returned = returned and kind & _KIND_MASK != RECORD_UNFINISHED
        self._sink(
            Call(
                number,
                tuple(arguments),
                result if returned else None,
                enter_ns,
                self._nanoseconds(memory, left) if returned else None,
                ip,
                thread,
                _payloads(memory.ring, offset + _RECORD.size, offset + size),
            )
        )

    def _nanoseconds(self, memory: ChannelMemory, stamp: int) -> int:
        """Nanoseconds since boot. The clock's base is newer than most records."""
        if not self._timed:
            return 0
        return memory["base_ns"] + ((stamp - memory["base_ticks"]) * memory["scale"] >> 32)


def _broken() -> PlatformError:
    return PlatformError("the kernel's trace is malformed; the program may have overwritten it")


def _signed(value: int) -> int:
    return (value & _MASK_32) - ((value & 1 << 31) << 1)


def _payloads(ring: memoryview, offset: int, end: int) -> dict[int, Payload]:
    payloads: dict[int, Payload] = {}
    while offset < end:
        try:
            argument, leave, whole, _, length = _PAYLOAD.unpack_from(ring, offset)
        except error:
            raise _broken() from None
        offset += _PAYLOAD.size
        data = bytes(ring[offset : offset + length])
        offset += -(-length // _WORD) * _WORD
        known = payloads.get(argument, Payload(None, None, bool(whole)))
        payloads[argument] = (
            Payload(known.entry, data, bool(whole)) if leave else Payload(data, known.leave, bool(whole))
        )
    return payloads
