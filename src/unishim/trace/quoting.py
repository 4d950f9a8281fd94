"""Strings and bytes as strace quotes them."""

from __future__ import annotations

_ESCAPES = {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\f"): "\\f",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    ord("\v"): "\\v",
}


def quote(data: bytes) -> str:
    """The bytes in quotes: octal for unprintable ones, with three digits only if another digit follows."""
    words = []
    for byte, following in zip(data, data[1:] + bytes(1), strict=False):
        if byte in _ESCAPES:
            words.append(_ESCAPES[byte])
        elif 0x20 <= byte < 0x7F:
            words.append(chr(byte))
        else:
            words.append(f"\\{byte:03o}" if 0x30 <= following <= 0x37 else f"\\{byte:o}")
    return f'"{"".join(words)}"'


def quote_hexadecimal(data: bytes) -> str:
    """The bytes in quotes, each as \\x1f."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'


def quote_cut(data: bytes, length: int, limit: int) -> str:
    """The first `limit` bytes of `length`; followed by dots if there are more."""
    return quote(data[:limit]) + ("..." if length > limit else "")


def pointer(address: int) -> str:
    """An address."""
    return f"{address:#x}" if address else "NULL"
