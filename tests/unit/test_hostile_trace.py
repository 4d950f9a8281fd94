"""A program that has taken over its kernel writes what it likes to the trace: each format prints it, or one line."""

from __future__ import annotations

import io
import struct
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unishim.channel.layout import RING_SIZE
from unishim.errors import PlatformError
from unishim.syscalls.table import all_calls
from unishim.trace.call import Call, Exit, Payload, Signal
from unishim.trace.html.data import TraceData
from unishim.trace.html.page import render
from unishim.trace.printers import ChromeWriter, JsonPrinter, LinePrinter, LineStyle
from unishim.trace.ring import Drain
from unishim.trace.summary import Summary

EDGES = [0, 1, 7, 1 << 31, (1 << 32) - 1, 1 << 47, 1 << 63, (1 << 64) - 1]
WORD = st.one_of(st.sampled_from(EDGES), st.integers(0, (1 << 64) - 1))
STAMP = st.one_of(st.integers(-(1 << 160), 1 << 160), st.sampled_from([0, 10**18, -(10**18), 1 << 63, 1 << 96]))
RESULT = st.one_of(st.none(), st.integers(-(1 << 63), (1 << 63) - 1), st.integers(-5000, 5000))
PAYLOADS = st.dictionaries(
    st.integers(0, 7), st.builds(Payload, st.none() | st.binary(max_size=200), st.none() | st.binary(max_size=200))
)
NUMBER = st.one_of(WORD, st.sampled_from([call.number for call in all_calls()]))
CALL = st.builds(Call, NUMBER, st.tuples(*[WORD] * 6), RESULT, STAMP, st.none() | STAMP, WORD, WORD, PAYLOADS)
SIGNAL = st.builds(Signal, WORD, st.integers(-(1 << 31), (1 << 31) - 1), WORD, WORD, WORD, STAMP, WORD, WORD)
EVENTS = st.lists(st.one_of(CALL, SIGNAL), max_size=5)
HARD = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def printers(output: io.StringIO) -> list[Any]:
    styles = [LineStyle(stamps=stamps, relative=True, durations=True, threads=True) for stamps in range(4)]
    lines = [LinePrinter(output, style, 1 << 60) for style in (LineStyle(), *styles)]
    return [*lines, JsonPrinter(output), ChromeWriter(output), Summary(), TraceData(["x"])]


@HARD
@given(EVENTS, st.integers(-5, 300), st.integers(-5, 300), STAMP)
def test_any_event(events: list[Call | Signal], status: int, signal: int, end: int) -> None:
    output = io.StringIO()
    found = printers(output)
    for event in (*events, Exit(status, signal, end)):
        for printer in found:
            printer.event(event)
    assert all(ord(" ") <= ord(letter) < 0x7F or letter == "\n" for letter in output.getvalue())
    summary, page = found[-2:]
    summary.strace_table()
    summary.needs({})
    render(page.to_json())


class Memory(dict[str, int]):
    """The channel's fields, and its ring."""

    ring: memoryview


def test_any_ring() -> None:
    """Random records: events, or one error, in bounded time."""

    @HARD
    @given(
        st.lists(st.one_of(WORD, st.integers(0, 600)), max_size=60),
        st.dictionaries(st.sampled_from(["head", "tail", "ring_address", "base_ns", "base_ticks", "scale"]), WORD),
        st.integers(0, 480),
    )
    def attempt(words: list[int], fields: dict[str, int], head: int) -> None:
        memory = Memory(head=head, tail=0, ring_address=0, base_ns=1, base_ticks=1, scale=1, **{})
        memory.update(fields)
        memory.ring = memoryview(bytearray(struct.pack(f"<{len(words)}Q", *words).ljust(RING_SIZE, b"\0")))
        seen: list[Call | Signal] = []
        drain = Drain(seen.append)
        try:
            drain.take(cast(Any, memory))
            drain.finish(cast(Any, memory))
        except PlatformError as error:
            assert "malformed" in str(error)
        for event in seen[:20]:
            for printer in printers(io.StringIO()):
                printer.event(event)

    attempt()


@pytest.mark.parametrize(
    "maps", ["", "x", "\n\n", "1-2", "g-h r-xp 0 0 0 x\n", "-", "1-2 rw-p 0 00:00 0\n" * 3, "\x1b[m"]
)
def test_any_memory_map(maps: str) -> None:
    page = TraceData(["x"])
    try:
        page.begin(maps)
    except ValueError:  # the channel's thread makes it one line
        return
    render(page.to_json())
