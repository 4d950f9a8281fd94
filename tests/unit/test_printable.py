"""Text for the terminal has no control characters."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from unishim.printable import printable, printable_lines

ANY = st.text(st.characters(codec=None, categories=None))


@given(ANY)
def test_nothing_that_controls(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert not any(unicodedata.bidirectional(letter) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI") for letter in shown)
    shown.encode()


@given(ANY)
def test_lines(text: str) -> None:
    assert printable_lines(text).count("\n") == text.count("\n")
    lines = map(printable, text.replace("\t", " ").split("\n"))
    assert "\n".join(lines) == printable_lines(text).replace("\t", " ")


def test_examples() -> None:
    assert printable("plain \u00e4 \u6f22") == "plain \u00e4 \u6f22"
    assert printable("\x1b]0;x\x07") == "\\x1b]0;x\\x07"
    assert printable("\x9b31m\udcff\u202e") == "\\x9b31m\\xff\\u202e"
