"""Text for the terminal that comes from a guest, an archive, an ELF file or a file name: without control characters.

A terminal executes escape sequences: they change its title, its colours and its keys, and hide what was printed.
"""

from __future__ import annotations

import codecs
import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

# C0 and C1 controls, DEL; marks that change the direction of text (Unicode TR36, "Bidirectional Text Spoofing"); line
# and paragraph separators; surrogates, which stand for bytes that are not UTF-8, and others, which cannot be printed.
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def printable(text: str) -> str:
    """The text with \\x1b for ESC, \\xff for a byte that is not UTF-8, and so on."""
    import re

    return re.sub(_UNSAFE, _escape, text)


def printable_lines(text: str) -> str:
    """The same, but line feeds and tabs stay."""
    import re

    return re.sub(_UNSAFE, lambda match: match[0] if match[0] in "\n\t" else _escape(match), text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if 0xDC80 <= number <= 0xDCFF:  # surrogateescape (PEP 383)
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def say(line: str) -> None:
    """Prints a line to stderr. A note that nobody can read, because stderr is closed or full, stops nothing."""
    import sys

    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(printable(line), file=sys.stderr, flush=True)


def print_anything() -> None:
    """Makes stdout accept every text: bytes of file names as they are, what the encoding lacks as escapes."""
    import sys

    codecs.register_error("unishim", _encode)
    if sys.stdout is not None:  # it was closed at start-up
        sys.stdout.reconfigure(errors="unishim")  # type: ignore[union-attr]


def _encode(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)
