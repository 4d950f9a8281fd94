"""A program of a few bytes that tests whether a platform works here."""

from __future__ import annotations

import struct

PROBE_STATUS = 42  # its exit status
PROBE_MEMORY = 16 << 20  # bytes of guest memory to run it in


def probe_program() -> bytes:
    """A static-PIE of one segment: an SSE instruction, then exit_group(42)."""
    code = b"\x66\x0f\xef\xc0"  # pxor %xmm0, %xmm0
    code += b"\xbf" + struct.pack("<I", PROBE_STATUS)  # mov $42, %edi
    code += b"\xb8" + struct.pack("<I", 231)  # mov $SYS_exit_group, %eax
    code += b"\x0f\x05"  # syscall
    headers = 64 + 56
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 3, 62, 1, headers, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    size = headers + len(code)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, size, size, 4096) + code
