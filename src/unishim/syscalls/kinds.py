"""The kind of a system call's argument: its type, its notation, and the memory that it refers to.

The text of a kind, as in the table:

    int uint long ulong size off mode fd dirfd pid uid gid signal clock     numbers
    hex hex32 addr                numbers shown as 0x..., of 64 and 32 bits; a pointer that is never followed
    flags(SET) enum(SET)          a number of a constant set; 32 bits, `flags(SET)64` for an unsigned long
    path text strings             C strings that the call reads: a file name, another string, a NULL-terminated array
    bytes<ARG bytes>ARG           memory that the call reads or writes, ARG bytes of it
    bytes>result                  memory that the call writes; its result is the length
    ITEM< ITEM> ITEM=             a pointer to a struct or a number that the call reads, writes, or both
    ITEM>[2] ITEM=[ARG]           an array: a number of items, or as many as argument ARG says
    ITEM<(ARG) ITEM>(ARG*)        as many bytes as ARG says, or as the number that pointer ARG refers to says
    iovec<[ARG] iovec>[ARG]       vectors; the call reads or writes the memory that they refer to
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from unishim.syscalls.constants import all_sets
from unishim.syscalls.scalars import SCALARS
from unishim.syscalls.structs import IOVEC, STRUCTS

_POINTER_TEXT = re.compile(r"(?P<item>\w+)(?P<direction>[<>=])(?P<extent>.*)")
_SET_TEXT = re.compile(r"(?P<form>flags|enum)\((?P<set>\w+)\)(?P<width>64)?")
_ARRAY_TEXT = re.compile(r"\[(?:(?P<constant>\d+)|(?P<argument>\w+))\]|\((?P<bytes>\w+)(?P<behind>\*?)\)")
_STRINGS = {"path": "const char *", "text": "const char *", "strings": "const char *const *"}


class CaptureForm(Enum):
    """The layout of the memory that a pointer refers to."""

    STRING = auto()  # up to its NUL
    BYTES = auto()  # `count` bytes
    ITEMS = auto()  # `count` items of `item_size` bytes
    VECTOR = auto()  # `count` struct iovec, and the memory that they point to
    STRINGS = auto()  # pointers to strings, the last one NULL


@dataclass(frozen=True, slots=True)
class Capture:
    """The memory that a tracer must copy to show an argument.

    `count` is a number, the name of the argument that holds it, "*" and the name of the argument that points to it (an
    unsigned int), or "result": the call's result.
    """

    reads_in: bool  # the call reads it: copy when the call starts
    reads_out: bool  # the call writes it: copy when the call ends
    form: CaptureForm
    item_size: int  # bytes
    count: int | str

    @property
    def count_argument(self) -> str | None:
        """The name of the argument that holds the count, or that points to it."""
        return self.count.removeprefix("*") if isinstance(self.count, str) and self.count != "result" else None


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of an argument."""

    text: str  # as in the table
    name: str  # a scalar, "flags", "enum", "path", "text", "strings", "bytes", or a struct or scalar to point to
    c_type: str
    width: int  # significant bits of the register
    signed: bool
    is_pointer: bool = False
    set_name: str | None = None  # name of the constant set
    capture: Capture | None = None

    @property
    def is_path(self) -> bool:
        """Whether it is a file name, which is shown in full."""
        return self.name == "path"

    @property
    def base(self) -> str:
        """The notation of a number without names: "decimal", "octal" or "hex"."""
        if self.name == "mode":
            return "octal"
        return "hex" if self.is_pointer or self.name in ("hex", "hex32", "flags") else "decimal"

    def value(self, raw: int) -> int:
        """The number in a register."""
        raw &= (1 << self.width) - 1
        return raw - (1 << self.width) if self.signed and raw >> (self.width - 1) else raw


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a system call."""

    name: str
    kind: Kind


def parse_argument(text: str) -> Argument:
    """The argument that NAME:KIND describes. ValueError if it is malformed."""
    name, separator, kind = text.partition(":")
    if not separator or not name.isidentifier():
        raise ValueError(f"'{text}' is not NAME:KIND")
    return Argument(name, parse_kind(kind))


def parse_kind(text: str) -> Kind:
    """The kind that a text describes. ValueError if it is malformed."""
    if text in SCALARS and text != "char":
        scalar = SCALARS[text]
        return Kind(text, text, scalar.c_type, scalar.size * 8, scalar.signed, is_pointer=text == "addr")
    if text in _STRINGS:
        form = CaptureForm.STRINGS if text == "strings" else CaptureForm.STRING
        size = 8 if form is CaptureForm.STRINGS else 1
        return _pointer(text, text, _STRINGS[text], Capture(True, False, form, size, 1))
    if match := _SET_TEXT.fullmatch(text):
        if match["set"] not in all_sets():
            raise ValueError(f"'{text}': no constant set {match['set']}")
        is_flags = match["form"] == "flags"
        if match["width"]:
            return Kind(text, match["form"], "unsigned long", 64, False, set_name=match["set"])
        c_type = "unsigned int" if is_flags else "int"
        return Kind(text, match["form"], c_type, 32, not is_flags, set_name=match["set"])
    if match := _POINTER_TEXT.fullmatch(text):
        return _parse_pointer(text, match["item"], match["direction"], match["extent"])
    raise ValueError(f"'{text}' is not a kind of argument")


def _pointer(text: str, name: str, c_type: str, capture: Capture) -> Kind:
    return Kind(text, name, c_type, 64, False, is_pointer=True, capture=capture)


def _parse_pointer(text: str, item: str, direction: str, extent: str) -> Kind:
    reads_in, reads_out = direction in "<=", direction in ">="
    const = "" if reads_out else "const "
    if item == "bytes":
        if not extent.isidentifier() or (extent == "result" and reads_in):
            raise ValueError(f"'{text}' does not say how many bytes")
        return _pointer(text, item, f"{const}void *", Capture(reads_in, reads_out, CaptureForm.BYTES, 1, extent))
    if item in STRUCTS:
        size, c_type = STRUCTS[item].size, STRUCTS[item].c_type
    elif item in SCALARS:
        size, c_type = SCALARS[item].size, SCALARS[item].c_type
    else:
        raise ValueError(f"'{text}': no struct or number type {item}")
    count: int | str = 1
    if extent:
        array = _ARRAY_TEXT.fullmatch(extent)
        if array is None:
            raise ValueError(f"'{text}': '{extent}' is not a number of items")
        if array["bytes"]:
            size, count = 1, ("*" if array["behind"] else "") + array["bytes"]
        else:
            count = int(array["constant"]) if array["constant"] else array["argument"]
    form = CaptureForm.VECTOR if item == IOVEC.name else CaptureForm.ITEMS
    pointer = c_type if c_type.endswith("*") else f"{c_type} "
    const = "const " if const or form is CaptureForm.VECTOR else ""
    return _pointer(text, item, f"{const}{pointer}*", Capture(reads_in, reads_out, form, size, count))
