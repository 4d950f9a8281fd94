"""The page of `unishim trace --html`: its contents, and that output of the program cannot break out of its place."""

from __future__ import annotations

import json
import os
import re
import stat
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.traces import HOSTILE, hostile_trace, openat
from unishim.errors import UsageError
from unishim.syscalls.table import by_name
from unishim.trace.call import Call, Exit, Signal
from unishim.trace.html.data import TraceData
from unishim.trace.html.page import html_writer, render
from unishim.trace.strace_format import format_call


class Page(HTMLParser):
    """The elements of a page: names with attributes, and the contents of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


def gathered(*events: Call | Signal | Exit, argv: tuple[str, ...] = ("/tool",)) -> dict[str, Any]:
    data = TraceData(argv)
    for event in events:
        data.event(event)
    found: dict[str, Any] = json.loads(json.dumps(data.to_json()))
    return found


def test_hostile_texts_are_inert() -> None:
    plain, hostile = Page(render(gathered())), Page(render(hostile_trace().to_json()))
    names = [name for name, _ in plain.elements]
    assert [name for name, _ in hostile.elements] == names
    assert "img" not in names
    assert hostile.scripts[1:] == plain.scripts[1:]
    assert json.loads(hostile.scripts[0]) == json.loads(json.dumps(hostile_trace().to_json()))
    assert HOSTILE in hostile_trace().to_json()["argv"]


def test_nothing_is_loaded() -> None:
    page = render(hostile_trace().to_json())
    for name, attributes in Page(page).elements:
        assert "src" not in attributes, name
        assert attributes.get("href") in (None, "data:,")
        assert not any(attribute.startswith("on") for attribute in attributes)
    policy = next(attributes["content"] for _, attributes in Page(page).elements if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "@import" not in page
    assert "url(" not in page


def test_calls_by_order_of_their_entries() -> None:
    late = openat(b"/a", enter=2000, leave=2500, result=-2, tid=2)
    early = openat(b"/b", enter=1000, leave=3000, result=3)
    data = gathered(late, early, Exit(1, 0, 5000))
    calls = data["calls"]
    assert list(accumulate(calls["enter"])) == [0, 1000]
    assert calls["duration"] == [2000, 500]
    assert [data["threads"][lane] for lane in calls["lane"]] == [1, 2]
    assert [data["texts"][number] for number in calls["text"]] == [format_call(early), format_call(late)]
    assert calls["error"] == [-1, 0]
    assert data["errors"] == ["ENOENT"]
    assert data["names"] == ["openat"]
    assert data["classes"] == ["file"]
    assert data["end"] == "exited with 1"


def test_empty_trace() -> None:
    data = gathered()
    assert data["calls"]["enter"] == []
    assert data["end"] is None
    assert Page(render(data)).scripts


def test_unfinished_calls_and_unknown_numbers() -> None:
    pause = Call(by_name()["pause"].number, (0,) * 6, None, 100, None, 0, 1)
    unknown = Call(0x7777, (0,) * 6, -38, 50, 60, 0, 1)
    odd = Call(by_name()["getppid"].number, (0,) * 6, -4000, 70, 10, 0, 1)
    data = gathered(unknown, odd, pause, Exit(0, 9, 200))
    assert data["calls"]["duration"] == [10, 0, -1]
    assert data["calls"]["error"] == [0, 1, -1]
    assert data["errors"] == ["ENOSYS", "errno 4000"]
    assert data["names"] == ["syscall_0x7777", "getppid", "pause"]
    assert data["end"] == "killed by SIGKILL"


def test_many_threads_and_signals() -> None:
    events = [openat(b"/x", enter=tid, leave=tid + 1, result=0, tid=tid) for tid in range(200, 0, -1)]
    data = gathered(*events, Signal(10, 0, 0, 1, 0, 7, 300))
    assert data["threads"] == [*range(1, 201), 300]
    assert data["signals"][0][:3] == [6, 200, "SIGUSR1"]
    assert sorted(data["calls"]["lane"]) == list(range(200))


@pytest.mark.parametrize("time", [-(1 << 70), 1 << 100])
def test_times_that_no_clock_shows(time: int) -> None:
    """A malicious program may write the records."""
    data = gathered(openat(b"/x", enter=0, leave=5, result=0), openat(b"/y", enter=time, leave=time * 2, result=0))
    assert all(0 <= number <= 1 << 53 for number in accumulate(data["calls"]["enter"]))
    assert all(0 <= number <= 1 << 53 for number in data["calls"]["duration"])


def write(path: Path, *, fails: bool = False) -> None:
    with html_writer(os.fspath(path), ["/tool"], calls="all", text_limit=32) as data:
        data.event(openat(b"/x", enter=0, leave=5, result=0))
        if fails:
            raise KeyboardInterrupt


def test_file_is_complete_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "trace.html"
    with pytest.raises(KeyboardInterrupt):
        write(path, fails=True)
    assert list(tmp_path.iterdir()) == []
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write(path, fails=True)
    assert path.read_text() == "old"
    write(path)
    assert path.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    link = tmp_path / "link"
    link.symlink_to(path)
    path.write_text("old")
    write(link)
    assert link.is_symlink()
    assert path.read_text() != "old"


def test_pipe(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    # A pipe holds 64 KiB, little more than the page.
    write(fifo)
    assert re.match(rb"<!doctype html>.*</html>\s*$", os.read(reader, 1 << 20), re.DOTALL)
    os.close(reader)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none" / "file", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(UsageError, match=f"--html {path}: {reason}"):
            write(path)
    with pytest.raises(UsageError, match="--html /dev/full: No space left"):
        write(Path("/dev/full"))
