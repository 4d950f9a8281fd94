"""Lines of keys in TOML documents, compared with tomllib's result."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from unishim.project.key_lines import Keys, key_lines

DOCUMENT = """\
# [not.a.table]
title = "a # no comment" # a comment
"quoted key" = 1
'lit"eral' = 2
dotted . key."with.dot" = 3

[table]
text = \"""
[not-a-table]
key = "no"
with \\\""" quotes\"""\"\"
raw = '''
also = 'no' ''''
list = [ # [
  1,
  [ "]", '[' ],
  { inside = "},", deep.key = [ 1, 2 ] },
] # end
last = 2024-01-01T00:00:00Z
[table . "sub table"]
x = { }
y = []

[[array]]
a = 1
[array.of]
b = 2
[[array]]
a = 3
[[array.inner]]
c = 4
[[array.inner]]
c = 5
[array.inner.deep]
d = 6
"""

LINES: dict[Keys, int] = {
    ("title",): 2,
    ("quoted key",): 3,
    ('lit"eral',): 4,
    ("dotted",): 5,
    ("dotted", "key"): 5,
    ("dotted", "key", "with.dot"): 5,
    ("table",): 7,
    ("table", "text"): 8,
    ("table", "raw"): 12,
    ("table", "list"): 14,
    ("table", "list", 0): 15,
    ("table", "list", 1): 16,
    ("table", "list", 1, 0): 16,
    ("table", "list", 1, 1): 16,
    ("table", "list", 2): 17,
    ("table", "list", 2, "inside"): 17,
    ("table", "list", 2, "deep"): 17,
    ("table", "list", 2, "deep", "key"): 17,
    ("table", "list", 2, "deep", "key", 0): 17,
    ("table", "list", 2, "deep", "key", 1): 17,
    ("table", "last"): 19,
    ("table", "sub table"): 20,
    ("table", "sub table", "x"): 21,
    ("table", "sub table", "y"): 22,
    ("array",): 24,
    ("array", 0): 24,
    ("array", 0, "a"): 25,
    ("array", 0, "of"): 26,
    ("array", 0, "of", "b"): 27,
    ("array", 1): 28,
    ("array", 1, "a"): 29,
    ("array", 1, "inner"): 30,
    ("array", 1, "inner", 0): 30,
    ("array", 1, "inner", 0, "c"): 31,
    ("array", 1, "inner", 1): 32,
    ("array", 1, "inner", 1, "c"): 33,
    ("array", 1, "inner", 1, "deep"): 34,
    ("array", 1, "inner", 1, "deep", "d"): 35,
}


def paths(value: Any, path: Keys = ()) -> set[Keys]:
    """The keys of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {key for name, part in items for key in {(*path, name), *paths(part, (*path, name))}}


def test_every_key_has_its_line() -> None:
    assert key_lines(DOCUMENT) == LINES


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT,
        "",
        "\n\n",
        "a=1",
        "a = [[[1]], [2,],]\n",
        "a.b.c = 1\na.b.d = 2\n",
        "[a.b.c]\n[a.b]\n[a]\nx=1",
        'a = """"quoted""""\nb = 1',
        "a = ''''quoted''''\nb = 1",
        'a = "\\\\"\nb = "\\"]"\n',
        "[x]\ny = [\n\n# ]\n1 # ,\n, 2]\n[z]\n",
        "'' = 1\n\"\\u00e9\" = 2\n",
    ],
)
def test_keys_are_those_of_tomllib(document: str) -> None:
    assert set(key_lines(document)) == paths(tomllib.loads(document))
