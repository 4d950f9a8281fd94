"""Follows every page as a reader would, in a directory of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.following import follow
from tests.docs.page import read_page
from tests.framework import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", [pytest.param(page, id=os.fspath(page.relative_to(ROOT))) for page in PAGES])
def test_page(page: Path, tmp_path: Path) -> None:
    follow(page, tmp_path)


def test_pages_are_found() -> None:
    assert sum(block.kind == "sh" for page in PAGES for block in read_page(page)) > 50
