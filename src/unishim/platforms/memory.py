"""Parses the memory size that --memory sets."""

from __future__ import annotations

from unishim.errors import UsageError

MEMORY_MIN = 2 << 20
_DIGITS_MAX = 30


def parse_memory(text: str) -> int:
    """The bytes of `64M`, `1G`, `2048K`; a plain number is in MiB, as for QEMU's -m. Raises UsageError."""
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in units else (text, "M")
    if not number.isascii() or not number.isdigit() or len(number) > _DIGITS_MAX:
        raise UsageError(f"--memory {text[:60]}: not a size; write a number and K, M or G, as in 64M")
    size = int(number) * units[unit]
    if size < MEMORY_MIN:
        raise UsageError(f"--memory {text}: too small; the minimum is 2M")
    if size > 512 << 30:
        raise UsageError(f"--memory {text}: too large; the maximum is 512G")
    return size
