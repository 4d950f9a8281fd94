"""A page of the documentation as a list of blocks that can be run.

What is between three backticks is one of these, by the word behind the first ones:

    sh      commands, run in order, in one folder a page
    text    what the commands before it print, stderr included: whole lines. `...` in a line stands for anything, a
            line `[...]` for any number of lines. Several in a row go on where the one before ended.
    c, ...  a file (FILE_KINDS), whose name is in a comment on its first line

A comment `<!-- not run: REASON -->` in front takes a block out, and `<!-- setup` to `-->` are commands that
readers do not see. Anything else is a mistake, so that no command can stand on a page unrun by an oversight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FILE_KINDS = ("c", "python", "toml", "make", "kconfig")
_FENCE = re.compile(r"```(.*)")
_MARK = re.compile(r"<!-- not run: \S.* -->")
_NAME = re.compile(r"(?:#|//|/\*) (?P<name>[\w./-]+)(?: \*/)?")


class PageError(Exception):
    """A block that is not what it can be; or output that is not what the page shows."""


@dataclass(frozen=True, slots=True)
class Block:
    """Commands (`sh`), output (`text`), or the content of the file `name`; `place` is PATH:LINE."""

    kind: str
    text: str
    place: str
    name: str = ""


def read_page(path: Path) -> list[Block]:
    """The blocks of a page that are run. Raises PageError."""
    blocks: list[Block] = []
    lines = path.read_text().splitlines()
    before = ""
    number = 0
    while number < len(lines):
        line, place = lines[number], f"{path}:{number + 1}"
        fence = _FENCE.fullmatch(line)
        is_setup = line == "<!-- setup"
        if fence or is_setup:
            end = _find(lines, number + 1, "-->" if is_setup else "```", place)
            text = "".join(f"{inner}\n" for inner in lines[number + 1 : end])
            if not _MARK.fullmatch(before):
                blocks.append(_block("sh" if is_setup else fence[1] if fence else "", text, place, blocks))
            number = end
        elif line.lstrip().startswith("```"):
            raise PageError(f"{place}: a block that is indented is not run; begin it at the margin")
        elif line.startswith("    ") and not before:
            raise PageError(f"{place}: indented code is not run; put it between backticks")
        before = lines[number]
        number += 1
    return blocks


def _find(lines: list[str], start: int, end: str, place: str) -> int:
    try:
        return lines.index(end, start)
    except ValueError:
        raise PageError(f"{place}: a block without an end") from None


def _block(kind: str, text: str, place: str, before: list[Block]) -> Block:
    if kind == "sh":
        return Block(kind, text, place)
    if kind == "text":
        if not before or before[-1].kind not in ("sh", "text"):
            raise PageError(f"{place}: there are no commands in front that could print this")
        return Block(kind, text, place)
    if kind in FILE_KINDS:
        name = _NAME.fullmatch(text.partition("\n")[0])
        if name is None:
            raise PageError(f"{place}: the first line is no comment with the file's name")
        return Block(kind, text, place, name["name"])
    raise PageError(
        f"{place}: nobody knows how to run a block of {kind or 'no kind'}; mark it: <!-- not run: REASON -->"
    )


def compare(expected: str, shown: str) -> str | None:
    """The first expected line that is not in what was shown, or the first shown that was not expected; else None."""
    lines = shown.splitlines()
    position = 0
    is_free = False  # whether lines may be left out here
    segment: list[str] = []
    for word in [*expected.splitlines(), None]:
        if word is not None and word.strip() != "[...]":
            segment.append(word)
            continue
        found = _find_segment(segment, lines, position, is_free, is_last=word is None)
        if found is None:
            return _explain(segment, lines, position, is_free)
        position = found + len(segment)
        segment, is_free = [], True
    return None


def _find_segment(segment: list[str], lines: list[str], start: int, is_free: bool, is_last: bool) -> int | None:
    """Where the lines stand one behind the other, as early as possible; the last ones at the end."""
    last = len(lines) - len(segment)
    if is_last and is_free:
        start = max(start, last) if segment else len(lines)
        is_free = False
    for position in range(start, (last if is_free else min(start, last)) + 1):
        if is_last and position != last:
            continue
        if all(_matches(word, line) for word, line in zip(segment, lines[position:], strict=False)):
            return position
    return None


def _explain(segment: list[str], lines: list[str], start: int, is_free: bool) -> str:
    for offset, word in enumerate(segment):
        rest = lines[start:] if is_free else lines[start + offset : start + offset + 1]
        if not any(_matches(word, line) for line in rest):
            return word
    return segment[-1] if is_free else lines[start + len(segment)]


def _matches(word: str, line: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in word.rstrip().split("..."))
    return re.fullmatch(pattern, line.rstrip()) is not None
