"""Traces that are made without running a program."""

from __future__ import annotations

from unishim.syscalls.table import by_name
from unishim.trace.call import Call, Exit, Payload, Signal
from unishim.trace.html.data import TraceData

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><!--<script>"
_AT_FDCWD = 0xFFFF_FF9C


def openat(path: bytes, *, enter: int, leave: int | None, result: int | None, tid: int = 1) -> Call:
    """A call with a text that the program chooses."""
    arguments = (_AT_FDCWD, 0x1000, 0, 0, 0, 0)
    return Call(by_name()["openat"].number, arguments, result, enter, leave, 0, tid, {1: Payload(path, None)})


def hostile_trace() -> TraceData:
    """A program that puts markup and script into everything it can control."""
    data = TraceData([HOSTILE, "%%SCRIPT%%", "\udcff\u2028'\"&amp;"], text_limit=200)
    data.begin(f"400000-401000 r-xp 00000000 00:01 6 {HOSTILE}\n401000-402000 rw-p 0 0 0 </title></textarea></style>\n")
    opened = openat(HOSTILE.encode(), enter=0, leave=10, result=3)
    data.event(opened)
    data.event(Call(by_name()["mmap"].number, (0, 4096, 1, 2, 3, 0), 0x10000, 20, 30, 0, 1))
    for number, text in enumerate((b"\xff\xfe\x00</script>", b"<svg/onload=alert(1)>", b"]]>", b"${1}`\\u003c")):
        data.event(openat(text, enter=100 * number + 100, leave=100 * number + 150, result=-2, tid=number + 1))
    data.event(Signal(11, 1, 0x3C2F7363, 1, 0, 600, 2))
    data.event(openat(b"/last", enter=700, leave=None, result=None))
    data.event(Exit(0, 11, 800))
    return data
