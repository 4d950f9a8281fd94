"""Kinds of arguments, and their use in the table."""

from __future__ import annotations

import re

import pytest

from tests.framework import ROOT
from unishim.generate.registration import find_definitions
from unishim.syscalls.kinds import Capture, CaptureForm, parse_kind
from unishim.syscalls.table import all_calls, by_name, parse_table


@pytest.mark.parametrize(
    ("text", "c_type", "capture"),
    [
        ("fd", "int", None),
        ("size", "size_t", None),
        ("flags(open)", "unsigned int", None),
        ("flags(sigaction)64", "unsigned long", None),
        ("enum(seek)", "int", None),
        ("addr", "void *", None),
        ("path", "const char *", Capture(True, False, CaptureForm.STRING, 1, 1)),
        ("strings", "const char *const *", Capture(True, False, CaptureForm.STRINGS, 8, 1)),
        ("bytes<count", "const void *", Capture(True, False, CaptureForm.BYTES, 1, "count")),
        ("bytes>result", "void *", Capture(False, True, CaptureForm.BYTES, 1, "result")),
        ("stat>", "struct stat *", Capture(False, True, CaptureForm.ITEMS, 144, 1)),
        ("timespec<", "const struct timespec *", Capture(True, False, CaptureForm.ITEMS, 16, 1)),
        ("off=", "off_t *", Capture(True, True, CaptureForm.ITEMS, 8, 1)),
        ("addr>", "void **", Capture(False, True, CaptureForm.ITEMS, 8, 1)),
        ("pollfd=[nfds]", "struct pollfd *", Capture(True, True, CaptureForm.ITEMS, 8, "nfds")),
        ("fd>[2]", "int *", Capture(False, True, CaptureForm.ITEMS, 4, 2)),
        ("sigset<(size)", "const sigset_t *", Capture(True, False, CaptureForm.ITEMS, 1, "size")),
        (
            "sockaddr>(addrlen*)",
            "struct __kernel_sockaddr_storage *",
            Capture(False, True, CaptureForm.ITEMS, 1, "*addrlen"),
        ),
        ("iovec>[iovcnt]", "const struct iovec *", Capture(False, True, CaptureForm.VECTOR, 16, "iovcnt")),
    ],
)
def test_kinds(text: str, c_type: str, capture: Capture | None) -> None:
    kind = parse_kind(text)
    assert (kind.text, kind.c_type, kind.capture) == (text, c_type, capture)
    assert kind.is_pointer == c_type.endswith("*")


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("int", 0xDEAD_BEEF_FFFF_FFFF, -1),
        ("uint", 0xDEAD_BEEF_FFFF_FFFF, 0xFFFF_FFFF),
        ("long", 2**64 - 1, -1),
        ("size", 2**64 - 1, 2**64 - 1),
        ("fd", 2**32 - 100, -100),
        ("flags(open)", 2**64 - 1, 0xFFFF_FFFF),
        ("enum(rusage)", 2**64 - 1, -1),
        ("mode", 0x1_0000_01A4, 0o644),
    ],
)
def test_values_of_registers(text: str, raw: int, value: int) -> None:
    assert parse_kind(text).value(raw) == value


@pytest.mark.parametrize(
    "line",
    [
        "read fd buf:bytes>result",
        "read fd:number",
        "read fd:flags(none)",
        "read buf:none>",
        "read buf:bytes<result",
        "read buf:bytes<",
        "read buf:stat>[",
        "read buf:bytes>count size:size",
        "read buf:pollfd=[count] count:int>",
        "read buf:sockaddr>(length*) length:int",
        "read fd:fd fd:fd",
        "= x",
    ],
)
def test_refused_with_the_line(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        parse_table(line)


def test_paths_differ_from_texts() -> None:
    call = by_name()["mount"]
    assert [argument.kind.is_path for argument in call.arguments] == [True, True, False, False, False]


def test_kernel_agrees_about_pointers() -> None:
    """Arguments that are pointers in the table are pointers in C, and numbers are not."""
    compared = 0
    for source in sorted((ROOT / "kernel" / "lib").glob("posix-*/*.c")):
        for definition in find_definitions(source):
            arguments = by_name()[definition.name].arguments
            for argument, c_type in zip(arguments, definition.types, strict=True):
                if argument.kind.name in ("addr", "hex") and not argument.kind.capture:
                    continue  # an address that is never followed is a number as well
                assert argument.kind.is_pointer == ("*" in c_type), f"{definition.place}: {argument.name}"
                compared += 1
    assert compared > 150


def test_every_provided_kind_is_complete() -> None:
    for call in all_calls():
        for argument in call.arguments:
            assert argument.kind.width in (32, 64)
            assert argument.kind.c_type
