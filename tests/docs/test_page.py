"""Reading pages: what is found, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.following import follow
from tests.docs.page import PageError, compare, read_page


def _page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text)
    return path


def test_commands_files_and_output(tmp_path: Path) -> None:
    text = (
        "<!-- setup\nmkdir inside\n-->\n\n```sh\ncd inside\n```\n\n```python\n# new/one.py\nprint('one')\n```\n\n"
        "```sh\npython3 new/one.py\necho 0x1f two\n```\n\n```text\none\n```\n\n```text\n0x... two\n```\n\n"
        "<!-- not run: it ends the world -->\n```sh\nfalse\n```\n"
    )
    follow(_page(tmp_path, text), tmp_path)
    assert (tmp_path / "inside" / "new" / "one.py").is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("```\nls\n```\n", "block of no kind"),
        ("```cobol\nSTOP RUN.\n```\n", "block of cobol"),
        ("```sh no-run\nls\n```\n", "block of sh no-run"),
        ("```sh\nls\n", "without an end"),
        ("```text\nls\n```\n", "no commands in front"),
        ("```c\nint main;\n```\n", "not a comment with the file's name"),
        ("Type\n\n    ls\n", "indented code"),
        ("- Type\n\n  ```sh\n  ls\n  ```\n", "begin it at the margin"),
        ("<!-- not run: -->\n```cobol\n```\n", "block of cobol"),
        ("```sh\nfalse\n```\n", "status 1"),
        ("```sh\necho one\n```\n\n```text\ntwo\n```\n", "differs at: two"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PageError, match=words):
        follow(_page(tmp_path, text), tmp_path)


@pytest.mark.parametrize(
    ("expected", "shown", "difference"),
    [
        ("one\ntwo", "one\ntwo", None),
        ("one", "one\ntwo", "two"),
        ("two", "one\ntwo", "two"),
        ("one\nthree", "one\ntwo\nthree", "three"),
        ("one\n[...]\nthree", "one\ntwo\nthree", None),
        ("one\n[...]", "one\ntwo\nthree", None),
        ("[...]\nthree", "one\ntwo\nthree", None),
        ("[...]\ntwo", "one\ntwo\nthree", "three"),
        ("[...]\ntwo", "two\none\ntwo", None),
        ("[...]\none\n[...]\none\ntwo", "one\none\none\ntwo", None),
        ("[...]\ntwo\n[...]\none\n[...]", "one\ntwo", "one"),
        ("at 0x..., fd ...", "at 0x55e0, fd 3", None),
        ("at 0x...", "at 55e0", "at 0x..."),
        ("", "one", "one"),
    ],
)
def test_comparison(expected: str, shown: str, difference: str | None) -> None:
    assert compare(expected, shown) == difference


def test_marked_blocks_are_left_out(tmp_path: Path) -> None:
    assert read_page(_page(tmp_path, "<!-- not run: a drawing -->\n```text\n-->\n```\n")) == []
