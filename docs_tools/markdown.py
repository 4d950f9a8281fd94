"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = "Written by `make docs` from {source}; change that.\n"


def heading(level: int, text: str) -> str:
    """A heading with what must stand around it."""
    return f"\n{'#' * level} {text}\n\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing when there are no rows."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows]
    if not lines:
        return ""
    return f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}\n" + "".join(lines)


def code(kind: str, text: str, reason: str) -> str:
    """A block that the test of the pages leaves out, for a reason."""
    return f"<!-- not run: {reason} -->\n```{kind}\n{text.rstrip()}\n```\n"
