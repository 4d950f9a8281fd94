"""The kernel's command line: parameters, `--`, the program's arguments (docs/reference/kernel-command-line.md).

Words are separated by white space; '...' is literal, "..." allows \\" and \\\\, a backslash outside quotes escapes the
next byte. kernel/lib/ukboot/command_line.c parses it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def quote(word: str) -> str:
    """One word, quoted if necessary."""
    if word and not any(character.isspace() or character in "'\"\\" for character in word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def join(parameters: Iterable[str], arguments: Iterable[str]) -> str:
    """The whole line."""
    return " ".join([*map(quote, parameters), "--", *map(quote, arguments)])


def split(line: str) -> list[str]:
    """The words of a line, as the kernel parses them. Raises ValueError for an unclosed quote."""
    words: list[str] = []
    word: list[str] | None = None
    quote_character = ""
    characters = iter(line)
    for character in characters:
        if not quote_character and character in " \t\n\v\f\r":
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        if word is None:
            word = []
        if quote_character == "'" and character != "'":
            word.append(character)
        elif character == "\\":
            following = next(characters, None)
            if following is None:
                raise ValueError("a backslash ends the line")
            if quote_character and following not in '"\\':
                word.append(character)
            word.append(following)
        elif character == quote_character:
            quote_character = ""
        elif not quote_character and character in "'\"":
            quote_character = character
        else:
            word.append(character)
    if quote_character:
        raise ValueError("unclosed quote")
    if word is not None:
        words.append("".join(word))
    return words
