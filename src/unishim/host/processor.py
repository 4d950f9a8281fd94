"""What this processor reports by CPUID; no file of the host contains it."""

from __future__ import annotations

import ctypes
import mmap
from typing import NamedTuple

from unishim.debug.extended_state import COMPONENTS_MAX, Component

_LEAF_FEATURES, _LEAF_EXTENDED_STATE = 1, 13
_ECX_OSXSAVE = 1 << 27  # of _LEAF_FEATURES

# void cpuid(u32 leaf, u32 subleaf, u32 result[4])
_CPUID = bytes.fromhex(
    "53"  # push %rbx
    "4989d0 89f8 89f1"  # mov %rdx,%r8; mov %edi,%eax; mov %esi,%ecx
    "0fa2"  # cpuid
    "418900 41895804 41894808 4189500c"  # mov %eax,(%r8) ... mov %edx,12(%r8)
    "5b c3"  # pop %rbx; ret
)
# u64 xgetbv(void)
_XGETBV = bytes.fromhex(
    "31c9"  # xor %ecx,%ecx
    "0f01d0"  # xgetbv
    "48c1e220 4809d0 c3"  # shl $32,%rdx; or %rdx,%rax; ret
)
_XGETBV_AT = 64


class Registers(NamedTuple):
    """The result of CPUID."""

    eax: int
    ebx: int
    ecx: int
    edx: int


class _Instructions:
    """Instructions as functions. Raises OSError if the host forbids executable memory."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        self._memory[: len(_CPUID)] = _CPUID
        self._memory[_XGETBV_AT : _XGETBV_AT + len(_XGETBV)] = _XGETBV
        address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        result = ctypes.POINTER(ctypes.c_uint32)
        self._cpuid = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, result)(address)
        self.xgetbv = ctypes.CFUNCTYPE(ctypes.c_uint64)(address + _XGETBV_AT)

    def cpuid(self, leaf: int, subleaf: int = 0) -> Registers:
        result = (ctypes.c_uint32 * 4)()
        self._cpuid(leaf, subleaf, result)
        return Registers(*result)


def extended_state_components() -> dict[int, Component]:
    """The components that the host enables (XCR0), except x87 and SSE, and where XSAVE stores them.

    Raises OSError if the host forbids executable memory.
    """
    instructions = _Instructions()
    if not instructions.cpuid(_LEAF_FEATURES).ecx & _ECX_OSXSAVE:
        return {}
    enabled = instructions.xgetbv()
    leaves = {
        number: instructions.cpuid(_LEAF_EXTENDED_STATE, number)
        for number in range(2, COMPONENTS_MAX)
        if enabled >> number & 1
    }
    return {number: Component(leaf.ebx, leaf.eax) for number, leaf in leaves.items()}
