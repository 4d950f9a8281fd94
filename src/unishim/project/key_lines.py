"""Finds the lines of the keys in a TOML document, which tomllib does not report."""

from __future__ import annotations

import re
import tomllib

# Strings and bare words of TOML 1.0 (https://toml.io/en/v1.0.0#string). A multi-line string may end with up to two
# quotation marks of its own.
_STRING = re.compile(
    r"""\"{3}(?:\\.|[^\\])*?\"{3}\"{0,2} | '{3}.*?'{3}'{0,2} | "(?:\\.|[^"\\\n])*" | '[^'\n]*'""",
    re.DOTALL | re.VERBOSE,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")

Keys = tuple[str | int, ...]


def key_lines(text: str) -> dict[Keys, int]:
    """The line, from 1, of each table, key and array element: ("a", "b", 0) is the first element of b in [a].

    `text` is a document that tomllib accepts; for others the result is meaningless.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._tables: dict[Keys, int] = {}  # arrays of tables: the number of elements so far
        self.lines: dict[Keys, int] = {}

    def document(self) -> None:
        table: Keys = ()
        self._match(_BLANK)
        while self._position < len(self._text):
            if self._text.startswith("[[", self._position):
                table = self._header(2)
                table += (self._tables.setdefault(table, 0),)
                self._tables[table[:-1]] += 1
            elif self._text[self._position] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            self._match(_BLANK)

    def _header(self, brackets: int) -> Keys:
        """The table that a header names; "a" in [a.b] refers to the last element of the array [[a]]."""
        line = self._line()
        self._position += brackets
        keys = self._key()
        self._position += brackets
        path: Keys = ()
        for number, key in enumerate(keys):
            path += (key,)
            self.lines.setdefault(path, line)
            if path in self._tables and (brackets == 1 or number < len(keys) - 1):
                path += (self._tables[path] - 1,)
        if brackets == 2:
            self.lines[*path, self._tables.get(path, 0)] = line
        return path

    def _pair(self, table: Keys) -> None:
        line = self._line()
        path = table
        for key in self._key():
            path += (key,)
            self.lines.setdefault(path, line)
        self._position += 1  # the equals sign
        self._match(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        """A key with its dots, and the white space after it."""
        parts = []
        while True:
            self._match(_SPACE)
            if word := self._match(_STRING):
                parts.append(tomllib.loads(f"key = {word}")["key"])
            else:
                parts.append(self._match(_BARE_KEY))
            self._match(_SPACE)
            if not self._text.startswith(".", self._position):
                return parts
            self._position += 1

    def _value(self, path: Keys) -> None:
        opening = self._text[self._position]
        if opening not in "[{":
            if not self._match(_STRING):
                self._match(_BARE_VALUE)
            return
        self._position += 1
        number = 0
        while True:
            self._match(_BLANK)
            if self._text[self._position] in "]}":
                self._position += 1
                return
            if self._text[self._position] == ",":
                self._position += 1
            elif opening == "{":
                self._pair(path)
            else:
                self.lines[*path, number] = self._line()
                self._value((*path, number))
                number += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._position)
        if found is None:
            return ""
        self._position = found.end()
        return found[0]

    def _line(self) -> int:
        return self._text.count("\n", 0, self._position) + 1
