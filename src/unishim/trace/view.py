"""A call together with its table entry, for the formatters."""

from __future__ import annotations

from unishim.syscalls.kinds import CaptureForm, Kind
from unishim.syscalls.table import Syscall
from unishim.trace.call import Call, Payload

ERRNO_MAX = 4095  # the kernel's MAX_ERRNO
_NOTHING = Payload(None, None)


class View:
    """One call: numbers by argument name, memory by direction."""

    def __init__(self, call: Call, syscall: Syscall, limit: int) -> None:
        self.call = call
        self.syscall = syscall
        self.limit = limit  # maximum bytes shown of a string
        self.ended = call.result is not None
        self.failed = call.result is not None and -ERRNO_MAX <= call.result < 0
        self.result = call.result if call.result is not None else 0

    def kind(self, index: int) -> Kind:
        """The kind of the argument."""
        return self.syscall.arguments[index].kind

    def raw(self, index: int) -> int:
        """The register."""
        return self.call.arguments[index]

    def value(self, index: int) -> int:
        """The register as a number of the argument's type."""
        return self.kind(index).value(self.raw(index))

    def signed32(self, index: int) -> int:
        """The register as an int."""
        low = self.raw(index) & 0xFFFF_FFFF
        return low - (1 << 32) if low >> 31 else low

    def entry(self, index: int) -> bytes | None:
        """The memory behind a pointer at the start of the call."""
        return self.call.payloads.get(index, _NOTHING).entry

    def leave(self, index: int) -> bytes | None:
        """The memory behind a pointer after the call; None if it failed."""
        return None if self.failed or not self.ended else self.call.payloads.get(index, _NOTHING).leave

    def memory(self, index: int) -> bytes | None:
        """The memory behind a pointer to show: as it is after the call, if the call only writes it."""
        capture = self.kind(index).capture
        if capture is None or capture.reads_in:
            return self.entry(index)
        if capture.form is CaptureForm.VECTOR:
            leave = self.leave(index)
            return self.entry(index) if leave is None else leave
        return self.leave(index)

    def whole(self, index: int) -> bool:
        """Whether the end of a string was copied."""
        return self.call.payloads.get(index, _NOTHING).whole

    def count(self, index: int) -> int:
        """How many items or bytes a pointer refers to, according to its capture."""
        capture = self.kind(index).capture
        if capture is None:
            return 0
        if isinstance(capture.count, int):
            return capture.count
        if capture.count == "result":
            return max(self.result, 0)
        other = self.syscall.index_of(capture.count_argument or "")
        if not capture.count.startswith("*"):
            most = self.value(other)
            is_filled = capture.reads_out and not capture.reads_in and capture.form is CaptureForm.ITEMS
            # The result is the length of an array that the call fills.
            return min(most, max(self.result, 0)) if is_filled and capture.item_size > 1 else most
        data = self.leave(other) or self.entry(other)
        return int.from_bytes(data[:4], "little") if data else 0

    def is_counted_in_bytes(self, index: int) -> bool:
        """Whether count() is in bytes although the items are structs."""
        capture = self.kind(index).capture
        return capture is not None and capture.form is CaptureForm.ITEMS and capture.item_size == 1
