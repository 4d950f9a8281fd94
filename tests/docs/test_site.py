"""The site can be built, and its pages contain no broken links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT


def test_site(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(list((ROOT / "docs").rglob("*.md"))) - 1
    for page in pages:
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?:[^"]+)"', page.read_text())
        assert loaded == [], f"{page} loads from elsewhere"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_pages_beside_the_site(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / name).read_text()):
        assert target.startswith("https:") or (ROOT / target).exists(), target


def test_paths_in_sources_exist() -> None:
    """Pages that comments, messages and help texts name by their path exist."""
    names: dict[str, str] = {}
    for folder in ("src", "kernel", "bench", "tests", "docs_tools", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".c", ".h", ".S", ".uk", ".toml"):
                names |= dict.fromkeys(re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text()), str(path))
    assert len(names) > 5
    for name, place in names.items():
        assert (ROOT / name).exists(), f"{place} names {name}"
