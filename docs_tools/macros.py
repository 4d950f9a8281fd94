"""Generates docs/reference/macros.md from the comments in the headers that system call handlers include."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docs_tools.markdown import NOTE, code, heading, table
from unishim.paths import kernel_sources

_HEADERS = ("syscall.h", "uaccess.h", "print.h")
_LICENSE = "SPDX-License-Identifier"
# A comment at the margin, and the code that directly follows it.
_COMMENT = re.compile(
    r"^/\*(?P<comment>(?:(?!\*/).)*)\*/\n(?P<code>(?!\n|/\*)(?:(?!\n\n|\n/\*).)*)?", re.MULTILINE | re.DOTALL
)
_ROW = re.compile(r"(\S+) {2,}(\S.*)")
_PROTOTYPE = re.compile(r"^(?!static|#|extern|typedef)\w[^;{}]*\([^;{}]*\)[^;{}]*;", re.MULTILINE)


def macros_page() -> str:
    """One section per header: its comment, then its functions with their comments."""
    page = "# Macros and functions for system calls\n\n"
    page += NOTE.format(source="the comments in `kernel/include/uk`")
    page += "\nThe [tutorial](../tutorial/system-call-shim.md) shows how they are used.\n"
    return page + "".join(_section(kernel_sources() / "include" / "uk" / name) for name in _HEADERS)


def _section(header: Path) -> str:
    text = heading(2, f"`<uk/{header.name}>`")
    comments = [found for found in _COMMENT.finditer(header.read_text()) if _LICENSE not in found["comment"]]
    text += _prose(_lines(comments[0]["comment"])) if comments else ""
    for found in comments:
        if prototypes := _PROTOTYPE.findall(found["code"] or ""):
            text += "\n" + code("c", "\n".join(prototypes), "a declaration") + "\n"
            text += _prose(_lines(found["comment"]))
    return text


def _lines(comment: str) -> list[str]:
    return [re.sub(r"^ ?\* ?", "", line).rstrip() for line in comment.strip("\n").splitlines()]


def _prose(lines: list[str]) -> str:
    return "\n".join(_paragraphs(lines))


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Indented lines are code; lines with a gap after the first word are a table."""
    for paragraph in "\n".join(lines).strip("\n").split("\n\n"):
        inner = paragraph.splitlines()
        rows = [_ROW.fullmatch(line) for line in inner]
        if all(line.startswith("  ") for line in inner):
            yield code("c", "\n".join(line[2:] for line in inner), "an excerpt of a library")
        elif all(rows):
            yield table(("name", "meaning"), ((f"`{row[1]}`", row[2]) for row in rows if row))
        else:
            yield _with_code(" ".join(paragraph.split())) + "\n"


def _with_code(text: str) -> str:
    """Names of the kernel between backticks, so that Markdown keeps their underscores."""
    parts = text.split("`")
    parts[::2] = (re.sub(r"[\w/]*_\w+(?:\(\))?", r"`\g<0>`", part) for part in parts[::2])
    return "`".join(parts)
