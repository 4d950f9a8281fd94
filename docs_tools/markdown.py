"""Builds pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = "`make docs` generates this page from {source}; edit the source.\n"


def heading(level: int, text: str) -> str:
    """A heading with the empty lines around it."""
    return f"\n{'#' * level} {text}\n\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; an empty text if there are no rows."""
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows]
    if not lines:
        return ""
    return f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}\n" + "".join(lines)


def code(kind: str, text: str, reason: str) -> str:
    """A block that the test of the pages does not run, for the given reason."""
    return f"<!-- not run: {reason} -->\n```{kind}\n{text.rstrip()}\n```\n"
