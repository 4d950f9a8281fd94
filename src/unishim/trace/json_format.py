"""A call as JSON: its arguments by name."""

from __future__ import annotations

from unishim.syscalls.constants import constant_set
from unishim.syscalls.errno_table import NAMES
from unishim.syscalls.kinds import CaptureForm
from unishim.syscalls.scalars import SCALARS
from unishim.syscalls.structs import STRUCTS, Value
from unishim.syscalls.table import by_number
from unishim.trace import numbers
from unishim.trace.call import Call
from unishim.trace.strace_format import STRING_LIMIT, format_call
from unishim.trace.view import View

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def call_to_json(call: Call, *, limit: int = STRING_LIMIT) -> dict[str, Json]:
    """A call: numbers as they are, flags as text, strings and structs decoded if they were copied.

    `text` is the line of format_call(). Bytes that are not UTF-8 become U+DC80 to U+DCFF (surrogateescape).
    """
    syscall = by_number().get(call.number & 0xFFFF_FFFF)
    arguments: dict[str, Json] = {}
    if syscall is not None:
        view = View(call, syscall, limit)
        arguments = {argument.name: _argument(view, index) for index, argument in enumerate(syscall.arguments)}
    else:
        arguments = {f"arg{index}": value for index, value in enumerate(call.arguments)}
    failed = call.result is not None and -4095 <= call.result < 0
    return {
        "number": call.number,
        "name": None if syscall is None else syscall.name,
        "arguments": arguments,
        "result": call.result,
        "errno": NAMES.get(-(call.result or 0)) if failed else None,
        "enter_ns": call.enter_ns,
        "leave_ns": call.leave_ns,
        "ip": call.ip,
        "tid": call.tid,
        "text": format_call(call, limit=limit),
    }


def _argument(view: View, index: int) -> Json:
    kind = view.kind(index)
    if kind.set_name is not None:
        return constant_set(kind.set_name).decode(view.raw(index))
    if kind.name == "signal":
        return numbers.signal_name(view.value(index))
    data = view.memory(index)
    if kind.capture is None or kind.capture.form is CaptureForm.STRINGS or data is None or view.raw(index) == 0:
        return view.value(index)
    if kind.capture.form in (CaptureForm.STRING, CaptureForm.BYTES):
        return _text(data)
    if kind.capture.form is CaptureForm.VECTOR:
        return _vector(view, index, data)
    if kind.name == "sigset":
        return numbers.signal_set(data)
    size = SCALARS[kind.name].size if kind.name in SCALARS else STRUCTS[kind.name].size
    is_array = kind.capture.count != 1 and not view.is_counted_in_bytes(index)
    count = view.count(index) if is_array else 1
    items = [_item(kind.name, data[start : start + size]) for start in range(0, min(len(data), count * size), size)]
    return items if is_array else items[0] if items else view.value(index)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _item(name: str, data: bytes) -> Json:
    if name in SCALARS:
        return int.from_bytes(data, "little", signed=SCALARS[name].signed)
    return {field: _value(value) for field, value in STRUCTS[name].unpack(data).items()}


def _value(value: Value) -> Json:
    if isinstance(value, bytes):
        return _text(value.rstrip(b"\0"))
    return list(value) if isinstance(value, tuple) else value


def _vector(view: View, index: int, data: bytes) -> Json:
    """The buffers, with their data if it was copied."""
    capture = view.kind(index).capture
    struct = STRUCTS["iovec"]
    count = min(view.count(index), len(data) // struct.size, 32)
    position = count * struct.size
    left = view.result if capture is not None and capture.reads_out else None
    words: list[Json] = []
    for number in range(count):
        item = _item("iovec", data[number * struct.size :])
        assert isinstance(item, dict)
        length = item["iov_len"]
        assert isinstance(length, int)
        size = length if left is None else min(length, max(left, 0))
        item["data"] = _text(data[position : position + min(size, view.limit)])
        position += min(size, view.limit)
        left = None if left is None else left - size
        words.append(item)
    return words
