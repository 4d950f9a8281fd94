"""Every program in tests/guest is built and run by some test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.framework import GUESTS, ROOT

PROGRAMS = sorted(path for path in GUESTS.rglob("*") if path.suffix in (".c", ".cpp", ".rs", ".go"))
HEADERS = sorted(GUESTS.rglob("*.h"))


def strings(source: str) -> Iterator[str]:
    """The strings of a module's code; comments and docstrings only mention things."""
    tree = ast.parse(source)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


@pytest.fixture(scope="module")
def named() -> set[str]:
    """The strings of all tests and of what they import from tests/."""
    modules = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    return {text for path in modules for text in strings(path.read_text())}


@pytest.mark.parametrize("program", PROGRAMS, ids=[str(path.relative_to(GUESTS)) for path in PROGRAMS])
def test_program_is_run(program: Path, named: set[str]) -> None:
    assert program.name in named, f"{program}: add it to a list of tests/e2e, or remove it"


@pytest.mark.parametrize("header", HEADERS, ids=[path.name for path in HEADERS])
def test_header_is_included(header: Path) -> None:
    include = re.compile(rf'#include "(?:\.\./)?{re.escape(header.name)}"')
    assert any(include.search(path.read_text()) for path in [*PROGRAMS, *HEADERS])


def test_strings() -> None:
    module = '"""a.c"""\n# b.c\ndef f():\n    "c.c"\n    return ["d.c", f"{1}e.c"]\n'
    assert list(strings(module)) == ["d.c", "e.c"]
