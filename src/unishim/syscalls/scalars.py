"""The number types of the x86-64 ABI, which arguments, pointers and fields of structs consist of."""

from __future__ import annotations

from dataclasses import dataclass
from struct import calcsize


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number type: `format` is its letter in Python's struct module."""

    name: str
    format: str
    c_type: str

    @property
    def size(self) -> int:
        """Size in bytes, and alignment."""
        return calcsize("=" + self.format)

    @property
    def signed(self) -> bool:
        """Whether it has negative numbers."""
        return self.format.islower()


_SCALARS = (
    ("char", "s", "char"),  # an array of it is unpacked as bytes
    ("s8", "b", "signed char"),
    ("u8", "B", "unsigned char"),
    ("s16", "h", "short"),
    ("u16", "H", "unsigned short"),
    ("s32", "i", "int"),
    ("u32", "I", "unsigned int"),
    ("s64", "q", "long"),
    ("u64", "Q", "unsigned long"),
    ("int", "i", "int"),
    ("uint", "I", "unsigned int"),
    ("long", "q", "long"),
    ("ulong", "Q", "unsigned long"),
    ("size", "Q", "size_t"),
    ("off", "q", "off_t"),
    ("hex", "Q", "unsigned long"),  # shown as 0x...
    ("hex32", "I", "unsigned int"),
    ("addr", "Q", "void *"),  # a pointer that is never followed
    ("mode", "I", "mode_t"),  # shown as octal
    ("fd", "i", "int"),
    ("dirfd", "i", "int"),  # a file descriptor or AT_FDCWD
    ("pid", "i", "pid_t"),
    ("uid", "I", "uid_t"),  # -1 means "leave unchanged"
    ("gid", "I", "gid_t"),
    ("signal", "i", "int"),
    ("clock", "i", "clockid_t"),
)

SCALARS: dict[str, Scalar] = {row[0]: Scalar(*row) for row in _SCALARS}
