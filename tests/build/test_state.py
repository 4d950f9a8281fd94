"""Every writable symbol of the kernel is process, processor or machine state, as state_table.toml has it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.build.built_objects import all_libraries

CLASSES = {"process", "processor", "machine"}
Table = dict[str, dict[str, list[str]]]


def read_table() -> Table:
    """Library -> class -> symbols."""
    return tomllib.loads((Path(__file__).parent / "state_table.toml").read_text())


def differences(table: Table, variables: dict[str, set[str]]) -> list[str]:
    """One line for each symbol that is not in the table, or is in the table but not in the objects."""
    lines = []
    for library in sorted(table.keys() | variables.keys()):
        listed = {symbol for symbols in table.get(library, {}).values() for symbol in symbols}
        found = variables.get(library, set())
        lines += [f"{library}: {symbol} is not in the table" for symbol in sorted(found - listed)]
        lines += [f"{library}: {symbol} does not exist" for symbol in sorted(listed - found)]
    return lines


def test_every_variable_is_classified() -> None:
    variables: dict[str, set[str]] = {}
    for library in all_libraries():
        if library.variables:
            variables.setdefault(library.name, set()).update(library.variables)
    assert differences(read_table(), variables) == []


def test_the_table_is_in_order() -> None:
    """Sorted, so that everybody finds and adds a row at the same place; each symbol in one class."""
    table = read_table()
    assert list(table) == sorted(table)
    for library, classes in table.items():
        assert classes.keys() <= CLASSES, library
        assert all(symbols == sorted(symbols) for symbols in classes.values()), library
        assert max(Counter(symbol for symbols in classes.values() for symbol in symbols).values()) == 1, library


@pytest.mark.parametrize(
    ("variables", "lines"),
    [
        ({"one": {"a", "b"}}, []),
        ({"one": {"a", "b", "c"}}, ["one: c is not in the table"]),
        ({"one": {"a"}}, ["one: b does not exist"]),
        ({}, ["one: a does not exist", "one: b does not exist"]),
        ({"one": {"a", "b"}, "two": {"c"}}, ["two: c is not in the table"]),
    ],
)
def test_differences(variables: dict[str, set[str]], lines: list[str]) -> None:
    assert differences({"one": {"process": ["a"], "machine": ["b"]}}, variables) == lines
