"""The kernel's library that patches system calls (kernel/include/uk/patch.h), through ctypes."""

from __future__ import annotations

import ctypes
import enum
from dataclasses import dataclass
from pathlib import Path

from tests.hosted.hosted import KERNEL, compile_hosted

LIBRARY = KERNEL / "lib" / "patch"
BYTES_MAX = 20
WRITES_MAX = 2
TRAMPOLINE_MAX = 64
PLACES_MAX = 6


class Form(enum.IntEnum):
    """enum uk_patch_form."""

    REFUSED = 0
    MOV = 1
    POST = 2
    PRE = 3
    PAD = 4


class Reason(enum.IntEnum):
    """enum uk_patch_reason."""

    OK = 0
    NO_SYSCALL = 1
    SIGNAL_RETURN = 2
    OUT_OF_REACH = 3
    NO_ROOM = 4
    OTHER_NUMBER = 5
    UNDECODABLE = 6
    NOT_MOVABLE = 7
    BRANCH_TARGET = 8
    BOUNDARIES = 9
    NO_PADDING = 10


class _Site(ctypes.Structure):
    _fields_ = (
        ("window", ctypes.c_char_p),
        ("window_address", ctypes.c_uint64),
        ("window_size", ctypes.c_size_t),
        ("address", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("trampoline", ctypes.c_uint64),
        ("trampoline_capacity", ctypes.c_size_t),
        ("slot", ctypes.c_uint64),
        ("trampolines", ctypes.c_char_p),
        ("trampolines_address", ctypes.c_uint64),
        ("trampolines_size", ctypes.c_size_t),
    )


class _Write(ctypes.Structure):
    _fields_ = (("address", ctypes.c_uint64), ("size", ctypes.c_uint8), ("bytes", ctypes.c_uint8 * BYTES_MAX))


class _Place(ctypes.Structure):
    _fields_ = (("original", ctypes.c_uint8), ("moved", ctypes.c_uint8))


class _Map(ctypes.Structure):
    _fields_ = (
        ("start", ctypes.c_uint64),
        ("trampoline", ctypes.c_uint64),
        ("replaced", ctypes.c_uint8),
        ("trampoline_size", ctypes.c_uint8),
        ("count", ctypes.c_uint8),
        ("places", _Place * PLACES_MAX),
    )


class _Patch(ctypes.Structure):
    _fields_ = (
        ("form", ctypes.c_int),
        ("reasons", ctypes.c_int * len(Form)),
        ("writes", _Write * WRITES_MAX),
        ("write_count", ctypes.c_size_t),
        ("trampoline", ctypes.c_uint8 * TRAMPOLINE_MAX),
        ("resume", ctypes.c_uint64),
        ("map", _Map),
    )


@dataclass(frozen=True)
class Plan:
    """The result of uk_patch_plan."""

    form: Form
    reasons: dict[Form, Reason]
    writes: list[tuple[int, bytes]]
    trampoline: bytes
    resume: int
    places: list[tuple[int, int]]  # address in the program, address in the trampoline


class PatchLibrary:
    """kernel/lib/patch as a shared object."""

    def __init__(self, folder: Path) -> None:
        sources = sorted(LIBRARY.glob("*.c"))
        path = compile_hosted(sources, folder / "patch.so", ["-shared", "-fPIC", "-O2"], compiler="gcc")
        self._library = ctypes.CDLL(str(path))
        self._instruction = ctypes.create_string_buffer(64)

    def instruction_size(self, code: bytes) -> int:
        """The length of the instruction at the start of code, or a negative errno."""
        error: int = self._library.instruction_decode(code, ctypes.c_size_t(len(code)), self._instruction)
        return error or self._instruction.raw[4]

    def plan(
        self,
        window: bytes,
        window_address: int,
        address: int,
        number: int,
        trampoline: int,
        slot: int,
        trampolines: bytes = b"",
    ) -> Plan:
        """Plans the patch of a site; `trampolines` are those before the place of the new one."""
        site = _Site(
            window,
            window_address,
            len(window),
            address,
            number,
            trampoline,
            TRAMPOLINE_MAX,
            slot,
            trampolines,
            trampoline - len(trampolines),
            len(trampolines),
        )
        patch = _Patch()
        form = Form(self._library.uk_patch_plan(ctypes.byref(site), ctypes.byref(patch)))
        assert form == patch.form
        return Plan(
            form,
            {form: Reason(patch.reasons[form]) for form in Form},
            [(write.address, bytes(write.bytes[: write.size])) for write in patch.writes[: patch.write_count]],
            bytes(patch.trampoline[: patch.map.trampoline_size]),
            patch.resume,
            [
                (patch.map.start + place.original, patch.map.trampoline + place.moved)
                for place in patch.map.places[: patch.map.count]
            ],
        )
