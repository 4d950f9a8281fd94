"""What an argument of a system call is: its type, its notation, and which memory lies behind it.

The text of a kind, as the table has it:

    int uint long ulong size off mode fd dirfd pid uid gid signal clock     numbers
    hex addr                      a number shown as 0x...; a pointer that nobody follows
    flags(SET) enum(SET)          a number of a constant set; 32 bits, `flags(SET)64` for an unsigned long
    path text strings             C strings that the call reads: a file's name, another one, a NULL-terminated array
    bytes<ARG bytes>ARG           memory that the call reads or writes, ARG bytes of it
    bytes>result                  memory that the call writes: as much as its result says
    ITEM< ITEM> ITEM=             a pointer to a struct or a number that the call reads, writes, reads and writes
    ITEM>[2] ITEM=[ARG]           an array: so many items, as many as argument ARG says
    ITEM<(ARG) ITEM>(ARG*)        so many bytes as ARG says, as the number behind pointer ARG says
    iovec<[ARG] iovec>[ARG]       vectors; the call reads or writes the memory that they name
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
    """How the memory behind a pointer is laid out."""

    STRING = auto()  # up to its NUL
    BYTES = auto()  # `count` bytes
    ITEMS = auto()  # `count` items of `item_size` bytes
    VECTOR = auto()  # `count` struct iovec, and what they point to
    STRINGS = auto()  # pointers to strings, the last one NULL


@dataclass(frozen=True, slots=True)
class Capture:
    """The memory that a tracer must copy to show an argument.

    `count` is a number, the name of the argument that holds it, "*" and the name of the argument that points to it (an
    unsigned int), or "result": the call's result.
    """

    reads_in: bool  # the call reads it: copy when the call begins
    reads_out: bool  # the call writes it: copy when the call has ended
    form: CaptureForm
    item_size: int  # bytes
    count: int | str

    @property
    def count_argument(self) -> str | None:
        """The name of the argument that holds the count, or that points to it."""
        return self.count.removeprefix("*") if isinstance(self.count, str) and self.count != "result" else None


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument is."""

    text: str  # as in the table
    name: str  # a scalar, "flags", "enum", "path", "text", "strings", "bytes", or a struct or scalar behind a pointer
    c_type: str
    width: int  # bits of the register that count
    signed: bool
    is_pointer: bool = False
    set_name: str | None = None  # of the constant set
    capture: Capture | None = None

    @property
    def is_path(self) -> bool:
        """Whether it names a file; it is then shown whole."""
        return self.name == "path"

    @property
    def base(self) -> str:
        """How a number is shown when names are not at hand: "decimal", "octal" or "hex"."""
        if self.name == "mode":
            return "octal"
        return "hex" if self.is_pointer or self.name in ("hex", "flags") else "decimal"

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
            raise ValueError(f"'{text}': there is no constant set {match['set']}")
        is_flags = match["form"] == "flags"
        if match["width"]:
            return Kind(text, match["form"], "unsigned long", 64, False, set_name=match["set"])
        c_type = "unsigned int" if is_flags else "int"
        return Kind(text, match["form"], c_type, 32, not is_flags, set_name=match["set"])
    if match := _POINTER_TEXT.fullmatch(text):
        return _parse_pointer(text, match["item"], match["direction"], match["extent"])
    raise ValueError(f"'{text}' is no kind of argument")


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
        raise ValueError(f"'{text}': there is no struct or number type {item}")
    count: int | str = 1
    if extent:
        array = _ARRAY_TEXT.fullmatch(extent)
        if array is None:
            raise ValueError(f"'{text}': '{extent}' says no number of items")
        if array["bytes"]:
            size, count = 1, ("*" if array["behind"] else "") + array["bytes"]
        else:
            count = int(array["constant"]) if array["constant"] else array["argument"]
    form = CaptureForm.VECTOR if item == IOVEC.name else CaptureForm.ITEMS
    pointer = c_type if c_type.endswith("*") else f"{c_type} "
    const = "const " if const or form is CaptureForm.VECTOR else ""
    return _pointer(text, item, f"{const}{pointer}*", Capture(reads_in, reads_out, form, size, count))
