"""What a handler gets for pointer arguments: checked views of the program's memory.

Each access is an exchange with the guest (tens of microseconds), so read a buffer once rather than byte by byte. Memory
that is not mapped or not writable raises GuestFaultError; unless the handler catches it, the program gets EFAULT.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, unpack
from typing import TYPE_CHECKING, Any

from unishim.syscalls.kinds import Argument, CaptureForm, Kind
from unishim.syscalls.scalars import SCALARS, Scalar
from unishim.syscalls.structs import STRUCTS, Struct, Value

if TYPE_CHECKING:
    from unishim.handlers.guest import Guest

STRING_MAX = 4096  # bytes of a C string, PATH_MAX


class Pointer:
    """An address in the program. False if it is NULL."""

    def __init__(self, guest: Guest, address: int) -> None:
        self._guest = guest
        self.address = address

    def __index__(self) -> int:
        return self.address

    def __bool__(self) -> bool:
        return self.address != 0

    def __eq__(self, other: object) -> bool:
        return self.address == other.address if isinstance(other, Pointer) else self.address == other

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address:#x})"

    def __add__(self, offset: int) -> Pointer:
        return Pointer(self._guest, self.address + offset)

    def read(self, length: int) -> bytes:
        """Reads `length` bytes from here on."""
        return self._guest.read_memory(self.address, length)

    def write(self, data: bytes) -> None:
        """Writes bytes from here on."""
        self._guest.write_memory(self.address, data)

    def string(self, limit: int = STRING_MAX) -> bytes:
        """The C string that starts here, without its NUL; at most `limit` bytes."""
        return self._guest.read_string(self.address, limit)

    def number(self, type_: str = "u64") -> int:
        """The number here, of a type in unishim.syscalls.scalars: u8, s32, u64, int, long, size ..."""
        return NumberView(self._guest, self.address, SCALARS[type_]).value

    def set_number(self, value: int, type_: str = "u64") -> None:
        """Writes a number here."""
        NumberView(self._guest, self.address, SCALARS[type_]).value = value

    def struct(self, name: str) -> StructView:
        """The struct here, with a name in unishim.syscalls.structs: timespec, stat, iovec ..."""
        return StructView(self._guest, self.address, STRUCTS[name])


class Text(Pointer):
    """A C string, such as a path or a name. `str(text)` and `bytes(text)` return its content."""

    def __str__(self) -> str:
        return bytes(self).decode("utf-8", "surrogateescape")

    def __bytes__(self) -> bytes:
        return self.string()


class Buffer(Pointer):
    """Memory of a known length: `bytes(buffer)` reads it; `write` fills it and never exceeds it."""

    def __init__(self, guest: Guest, address: int, length: int) -> None:
        super().__init__(guest, address)
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return self.address != 0

    def __bytes__(self) -> bytes:
        return self.read()

    def read(self, length: int | None = None) -> bytes:
        """The buffer, or its first bytes."""
        return super().read(self._length if length is None else min(length, self._length))

    def write(self, data: bytes) -> None:
        """Writes to its start. Raises ValueError if the data is longer than the buffer."""
        if len(data) > self._length:
            raise ValueError(f"{len(data)} bytes do not fit into a buffer of {self._length}")
        super().write(data)


class NumberView(Pointer):
    """A number that a pointer refers to, or an array of them: `view.value`, `view[2]`."""

    def __init__(self, guest: Guest, address: int, type_: Scalar) -> None:
        super().__init__(guest, address)
        self._type = type_

    @property
    def value(self) -> int:
        """The number."""
        return self[0]

    @value.setter
    def value(self, value: int) -> None:
        self[0] = value

    def __getitem__(self, index: int) -> int:
        data = self._guest.read_memory(self.address + index * self._type.size, self._type.size)
        number: int = unpack("=" + self._type.format, data)[0]
        return number

    def __setitem__(self, index: int, value: int) -> None:
        self._guest.write_memory(self.address + index * self._type.size, pack("=" + self._type.format, value))


class StructView(Pointer):
    """A struct that a pointer refers to, or an array: `view.tv_sec`, `view["it_value.tv_sec"]`, `view[2].iov_len`."""

    _struct: Struct

    def __init__(self, guest: Guest, address: int, struct: Struct) -> None:
        super().__init__(guest, address)
        object.__setattr__(self, "_struct", struct)

    def get(self) -> dict[str, Value]:
        """All fields, read in one exchange."""
        return self._struct.unpack(self._guest.read_memory(self.address, self._struct.size))

    def set(self, **fields: Value) -> None:
        """Writes the whole struct in one exchange; fields that are not given become zero."""
        self._guest.write_memory(self.address, self._struct.pack(fields))

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, int):
            return StructView(self._guest, self.address + key * self._struct.size, self._struct)
        field = self._struct.field(key)
        size = field.type.size * (1 if field.count is None else field.count)
        numbers = unpack(field.format, self._guest.read_memory(self.address + field.offset, size))
        return numbers[0] if field.count is None or field.type.format == "s" else numbers

    def __setitem__(self, key: str, value: Value) -> None:
        field = self._struct.field(key)
        data = pack(field.format, *(value if isinstance(value, tuple) else (value,)))
        self._guest.write_memory(self.address + field.offset, data)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("_guest", "address"):
            object.__setattr__(self, name, value)
            return
        try:
            self[name] = value  # type: ignore[assignment]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None


def view_type(kind: Kind) -> type:
    """The type in which an argument of this kind is passed to handlers."""
    if not kind.is_pointer:
        return int
    form = kind.capture.form if kind.capture else None
    if form is CaptureForm.STRING:
        return Text
    if form is CaptureForm.BYTES:
        return Buffer
    if form in (CaptureForm.ITEMS, CaptureForm.VECTOR):
        return StructView if kind.name in STRUCTS else NumberView
    return Pointer


def typed_arguments(guest: Guest, arguments: Sequence[Argument], raw: Sequence[int]) -> list[int | Pointer]:
    """The arguments of a call as its handler gets them."""
    numbers = {argument.name: argument.kind.value(value) for argument, value in zip(arguments, raw, strict=False)}
    return [_typed(guest, argument, numbers) for argument in arguments]


def _typed(guest: Guest, argument: Argument, numbers: dict[str, int]) -> int | Pointer:
    kind, value = argument.kind, numbers[argument.name]
    type_ = view_type(kind)
    if type_ is int:
        return value
    if type_ is Buffer and kind.capture:
        count = kind.capture.count
        # A buffer that the call fills up to its result has the size in the following argument.
        length = numbers.get(str(count), 0) if count != "result" else _room(argument, numbers)
        return Buffer(guest, value, length)
    if type_ is StructView:
        return StructView(guest, value, STRUCTS[kind.name])
    if type_ is NumberView:
        return NumberView(guest, value, SCALARS[kind.name])
    return Text(guest, value) if type_ is Text else Pointer(guest, value)


def _room(argument: Argument, numbers: dict[str, int]) -> int:
    names = list(numbers)
    return numbers[names[names.index(argument.name) + 1]]
