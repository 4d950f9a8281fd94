"""Reads a page of the documentation as a list of blocks that can be run.

The word after the opening backticks decides what a fenced block is:

    sh      commands, which are run in order, in one directory per page
    text    the output of the commands before it, including stderr, in whole lines. `...` in a line stands for any
            text, a line `[...]` for any number of lines. Consecutive blocks continue where the previous one ended.
    c, ...  a file (FILE_KINDS), whose name is in a comment on its first line

A block that follows a comment `<!-- not run: REASON -->` is left out. `<!-- setup` to `-->` contains commands that
readers do not see. Anything else is an error, so that no command on a page remains untested by mistake.
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
    """An invalid block, or output that differs from the page."""


@dataclass(frozen=True, slots=True)
class Block:
    """Commands (`sh`), output (`text`), or the content of the file `name`. `place` is PATH:LINE."""

    kind: str
    text: str
    place: str
    name: str = ""


def read_page(path: Path) -> list[Block]:
    """The blocks of a page that are to be run. Raises PageError."""
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
            raise PageError(f"{place}: an indented block is not run; begin it at the margin")
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
            raise PageError(f"{place}: there are no commands in front of this output")
        return Block(kind, text, place)
    if kind in FILE_KINDS:
        name = _NAME.fullmatch(text.partition("\n")[0])
        if name is None:
            raise PageError(f"{place}: the first line is not a comment with the file's name")
        return Block(kind, text, place, name["name"])
    raise PageError(f"{place}: cannot run a block of {kind or 'no kind'}; mark it: <!-- not run: REASON -->")


def compare(expected: str, shown: str) -> str | None:
    """The first expected line that is missing, or the first line that was not expected; None if the texts match."""
    words = expected.splitlines()
    text = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
    if re.fullmatch(_pattern(words, is_whole=True), text):
        return None
    end = 0
    for count in range(1, len(words) + 1):
        found = re.match(_pattern(words[:count], is_whole=False), text)
        if found is None:
            return words[count - 1]
        end = found.end()
    return text[end:].partition("\n")[0]


def _pattern(words: list[str], *, is_whole: bool) -> str:
    """Text between `[...]` lines matches as early as possible; in a whole text, the last part matches at the end."""
    segments = [""]
    for word in words:
        if word.strip() == "[...]":
            segments.append("")
        else:
            segments[-1] += ".*".join(re.escape(part) for part in word.rstrip().split("...")) + "\n"
    last = [rf"(?:.*\n)*?{segments.pop()}"] if is_whole and len(segments) > 1 else []
    return segments[0] + "".join(rf"(?>(?:.*\n)*?{segment})" for segment in segments[1:]) + "".join(last)
