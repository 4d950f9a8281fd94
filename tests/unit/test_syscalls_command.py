"""`unishim syscalls`, and the page that is generated from it."""

from __future__ import annotations

import json
import subprocess

from tests.framework import ROOT, TIMEOUT, UNISHIM


def output(*options: str) -> str:
    return subprocess.check_output([*UNISHIM, "syscalls", *options], text=True, timeout=TIMEOUT)


def test_json_and_text() -> None:
    rows = {row["name"]: row for row in json.loads(output("--json"))}
    assert rows["write"] == {
        "number": 1,
        "name": "write",
        "arguments": [
            {"name": "fd", "type": "int", "kind": "fd"},
            {"name": "buf", "type": "const void *", "kind": "bytes<count"},
            {"name": "count", "type": "size_t", "kind": "size"},
        ],
        "library": "posix-file",
        "partial": None,
    }
    assert rows["ptrace"]["library"] is None
    assert "   1  write                   posix-file\n" in output()
    assert " 101  ptrace                  missing\n" in output()


def test_page_is_up_to_date() -> None:
    """`make docs` generates it."""
    page = (ROOT / "docs" / "system-calls.md").read_text()
    assert page.endswith(output("--markdown"))
