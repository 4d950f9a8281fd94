"""Named numbers, and their notation, which is strace's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class ConstantSet:
    """Names for the numbers of one argument: or-ed flags, or one of several values.

    If a number has several names, the first is shown. `values` is in the order in which names are shown. A set with a
    `base` has a part, `base_mask`, that is one of the base's values (the access mode in O_ flags).
    """

    name: str
    values: Mapping[str, int]
    is_flags: bool
    unknown: str  # the comment for a number without a name, e.g. O_???
    width: int = 32  # bits
    base: ConstantSet | None = None
    base_mask: int = 0
    shifted: tuple[str, int, int] | None = None  # a number within the flags: the name of its shift, the shift, its mask

    def decode(self, value: int) -> str:
        """The number as names: "O_RDONLY|O_CLOEXEC", "O_RDONLY|0x20", "0x63 /* SEEK_??? */"."""
        value &= (1 << self.width) - 1
        if not self.is_flags:
            return self.name_of(value) or _with_comment(value, self.unknown)
        words, unnamed = self._split(value & ~self.base_mask)
        if self.shifted is not None:
            shift_name, shift, mask = self.shifted
            number = unnamed >> shift & mask
            unnamed &= ~(mask << shift)
            if unnamed:
                words.append(f"{unnamed:#x}")
            if number:
                words.append(f"{number}<<{shift_name}")
            unnamed = 0
        if self.base is not None:
            part = value & self.base_mask
            name = self.base.name_of(part) or (_with_comment(part, self.base.unknown) if part else "")
            words = [name, *words] if name else words
        if words:
            return "|".join([*words, f"{unnamed:#x}"] if unnamed else words)
        return _with_comment(unnamed, self.unknown) if unnamed else "0"

    def name_of(self, value: int) -> str | None:
        """The name of exactly this number; also if the base defines it."""
        mask = (1 << self.width) - 1
        for name, number in self.values.items():
            if number & mask == value & mask:
                return name
        return None if self.base is None else self.base.name_of(value)

    def value_of(self, name: str) -> int:
        """The number of a name. KeyError if the set does not contain it."""
        if name not in self.values and self.base is not None:
            return self.base.value_of(name)
        return self.values[name]

    def _split(self, value: int) -> tuple[list[str], int]:
        """The names of the bits, and the bits without names."""
        words = []
        if value == 0:
            zero = next((name for name, number in self.values.items() if number == 0), None)
            return ([zero] if zero and self.base is None else []), 0
        for name, signed in self.values.items():
            number = signed & 0xFFFF_FFFF if signed < 0 else signed  # bit 31 of an int
            if number and value & number == number:
                words.append(name)
                value &= ~number
        return words, value


def _with_comment(value: int, comment: str) -> str:
    return f"{value:#x} /* {comment} */" if value else f"0 /* {comment} */"


def flags(
    name: str,
    unknown: str,
    values: Mapping[str, int],
    *,
    width: int = 32,
    base: ConstantSet | None = None,
    base_mask: int = 0,
    shifted: tuple[str, int, int] | None = None,
) -> ConstantSet:
    """A set of flags; `unknown` is strace's comment for a number with none of them."""
    return ConstantSet(name, values, True, unknown, width, base, base_mask, shifted)


def enumeration(name: str, unknown: str, values: Mapping[str, int], *, width: int = 32) -> ConstantSet:
    """A set of values of which an argument has one; `unknown` as in flags()."""
    return ConstantSet(name, values, is_flags=False, unknown=unknown, width=width)
