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
    """What stands between lines that may be left out is found as early as possible; the last of a whole at the end."""
    segments = [""]
    for word in words:
        if word.strip() == "[...]":
            segments.append("")
        else:
            segments[-1] += ".*".join(re.escape(part) for part in word.rstrip().split("...")) + "\n"
    last = [rf"(?:.*\n)*?{segments.pop()}"] if is_whole and len(segments) > 1 else []
    return segments[0] + "".join(rf"(?>(?:.*\n)*?{segment})" for segment in segments[1:]) + "".join(last)
