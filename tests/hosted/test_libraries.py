"""The kernel's libraries on the host: kernel/tests/README.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hosted.hosted import KERNEL, SANITIZERS, link_hosted, run_hosted

TESTS = sorted([*KERNEL.glob("lib/*/tests/test_*.c"), *KERNEL.glob("plat/*/tests/test_*.c")])


def test_there_are_some() -> None:
    assert len(TESTS) >= 4


@pytest.mark.parametrize("test", TESTS, ids=[path.stem for path in TESTS])
def test_library(test: Path, tmp_path: Path, shared_folder: Path) -> None:
    match = re.search(r"Built with:([^/]*(?:/(?!\*)[^/]*)*?)\*/", test.read_text())
    assert match, f"{test} does not say what it is built with"
    sources = [KERNEL / "lib" / word for word in match[1].split() if word.endswith((".c", ".S"))]
    objects = shared_folder / "hosted-libraries"
    objects.mkdir(exist_ok=True)
    run_hosted(link_hosted([test, *sources], tmp_path / test.stem, objects, SANITIZERS))
