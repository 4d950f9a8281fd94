"""Arguments as strace shows them, by their kind alone."""

from __future__ import annotations

from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.syscalls.kinds import CaptureForm
from unishim.syscalls.scalars import SCALARS
from unishim.syscalls.structs import STRUCTS
from unishim.trace import numbers
from unishim.trace.quoting import pointer, quote, quote_cut
from unishim.trace.struct_notation import capabilities, socket_address, struct_text
from unishim.trace.view import View

PATH_MAX = 4096
ITEMS_MAX = 32  # shown per array
_VECTOR = STRUCTS["iovec"].size

NUMBER_NOTATIONS: dict[str, Callable[[int], str]] = {
    "hex": numbers.hexadecimal,
    "hex32": numbers.hexadecimal,
    "addr": pointer,
    "mode": lambda value: numbers.octal(value & 0xFFFF),  # the kernel's umode_t
    "dirfd": numbers.dirfd,
    "uid": numbers.identity,
    "gid": numbers.identity,
    "signal": numbers.signal_name,
    "clock": numbers.clock,
}


def plain(view: View) -> list[str]:
    """All arguments, each by its kind."""
    return first(view, len(view.syscall.arguments))


def first(view: View, count: int) -> list[str]:
    """The first arguments, by their kind."""
    return [argument_text(view, index) for index in range(count)]


def argument_text(view: View, index: int) -> str:
    """One argument."""
    kind = view.kind(index)
    if kind.set_name is not None:
        return constant_set(kind.set_name).decode(view.raw(index))
    if kind.capture is None:
        return NUMBER_NOTATIONS.get(kind.name, str)(view.value(index))
    address = pointer(view.raw(index))
    data = view.memory(index)
    if data is None or view.raw(index) == 0:
        return address
    form = kind.capture.form
    if form is CaptureForm.STRING:
        return string_text(view, index, data) or address
    if form is CaptureForm.BYTES:
        return bytes_text(data, view.count(index), view.limit) or address
    if form is CaptureForm.ITEMS:
        return items_text(view, index, data) or address
    if form is CaptureForm.VECTOR:
        return vector_text(view, index, data) or address
    return address


def string_text(view: View, index: int, data: bytes) -> str | None:
    """A string; None if it is not readable up to its end."""
    if view.kind(index).is_path:
        if view.whole(index):
            return quote(data)
        return quote(data[: PATH_MAX - 1]) + "..." if len(data) >= PATH_MAX else None
    if not view.whole(index) and len(data) <= view.limit:
        return None
    return quote_cut(data, len(data), view.limit)


def bytes_text(data: bytes, length: int, limit: int) -> str | None:
    """A buffer of `length` bytes; None if it is not readable."""
    return quote_cut(data, length, limit) if len(data) >= min(length, limit) else None


def items_text(view: View, index: int, data: bytes) -> str | None:
    """Structs or numbers that a pointer refers to; None if they are not readable."""
    kind, count = view.kind(index), view.count(index)
    capture = kind.capture
    assert capture is not None
    if kind.name == "sigset":
        return numbers.signal_set(data[: max(count, 0)]) if count == 8 and len(data) >= 8 else None
    if kind.name == "sockaddr":
        return socket_address(data[:count]) if count > 1 else None
    if index > 0 and view.kind(index - 1).name == "sockaddr":
        return _length_text(view, index, data)
    if view.is_counted_in_bytes(index) and kind.name in SCALARS:
        return None
    if kind.name == "cap_data":
        return capabilities(data) if len(data) == 2 * STRUCTS["cap_data"].size else None
    size = SCALARS[kind.name].size if kind.name in SCALARS else STRUCTS[kind.name].size
    one = view.is_counted_in_bytes(index) or capture.count == 1
    words: list[str] = []
    for position in range(min(1 if one else count, ITEMS_MAX)):
        item = data[position * size : (position + 1) * size]
        if len(item) < size:
            if not words:
                return None
            words.append("... /* " + f"{view.raw(index) + position * size:#x} */")
            break
        words.append(item_text(kind.name, item) or "?")
    if not one and count > ITEMS_MAX:
        words.append("...")
    if one and kind.name in STRUCTS:
        return words[0]
    return f"[{', '.join(words)}]"


def _length_text(view: View, index: int, data: bytes) -> str | None:
    """The length of a socket address: the size of the buffer, and how much was used."""
    if len(data) < 4 or view.raw(index - 1) == 0:
        return None
    room = int.from_bytes(data[:4], "little", signed=True)
    leave = view.leave(index)
    taken = room if leave is None or len(leave) < 4 else int.from_bytes(leave[:4], "little", signed=True)
    return f"[{room}]" if taken == room else f"[{room} => {taken}]"


def item_text(name: str, item: bytes) -> str | None:
    """One struct or number in memory."""
    if name in SCALARS:
        number = int.from_bytes(item[: SCALARS[name].size], "little", signed=SCALARS[name].signed)
        return NUMBER_NOTATIONS.get(name, str)(number)
    return struct_text(name, item)


def vector_text(view: View, index: int, data: bytes) -> str | None:
    """A vector of buffers with their contents."""
    capture = view.kind(index).capture
    assert capture is not None
    count = view.count(index)
    shown = min(count, ITEMS_MAX)
    if len(data) < shown * _VECTOR:
        return None
    left = view.result if capture.reads_out else None
    words = []
    position = shown * _VECTOR
    for number in range(shown):
        base, length = (
            int.from_bytes(data[number * _VECTOR + start : number * _VECTOR + start + 8], "little") for start in (0, 8)
        )
        size = length if left is None else min(length, left)
        content = data[position : position + min(size, view.limit)]
        position += len(content)
        # Without the data (the call failed, or the limit is used up) the address is shown.
        is_there = base and not (capture.reads_out and (view.failed or not view.ended))
        text = bytes_text(content, size, view.limit) if is_there else None
        words.append(f"{{iov_base={text or pointer(base)}, iov_len={length}}}")
        left = None if left is None else left - size
    if count > ITEMS_MAX:
        words.append("...")
    return f"[{', '.join(words)}]"
