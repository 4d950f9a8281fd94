"""The page of `unishim trace --html` in a browser: used like a person does, from a file, without a network."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from struct import unpack_from
from typing import Any
from zlib import decompress

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from tests.conftest import Build
from tests.framework import ROOT, TIMEOUT, UNISHIM
from tests.traces import HOSTILE, hostile_trace, openat
from unishim.trace.html.data import TraceData
from unishim.trace.html.page import render

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=1300,1000"""
PICTURE_BYTES = 150 * 1024  # of the picture in the repository


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(executable_path="/usr/bin/chromedriver"))
    driver.set_page_load_timeout(TIMEOUT)
    driver.set_script_timeout(TIMEOUT)
    try:
        yield driver
    finally:
        driver.quit()


class Shown:
    """A page in the browser."""

    def __init__(self, chrome: Chrome, path: Path) -> None:
        self.chrome = chrome
        for log in ("browser", "performance"):
            chrome.get_log(log)  # type: ignore[no-untyped-call]
        chrome.get(path.as_uri())

    def element(self, selector: str) -> WebElement:
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)"
        found: list[str] = self.chrome.execute_script(script, selector)
        return found

    def rows(self, table: str = "calls") -> list[list[str]]:
        """The cells of the rows that exist as elements now."""
        script = """return [...document.querySelectorAll(arguments[0])].map(
            (row) => [...row.children].map((cell) => cell.textContent))"""
        found: list[list[str]] = self.chrome.execute_script(script, f"#{table} .body [role=row]")
        return found

    def totals(self) -> dict[str, tuple[str, str]]:
        """Calls and errors by name."""
        script = """return [...document.querySelectorAll("#totals tbody tr, #totals tfoot tr")].map(
            (row) => [...row.children].map((cell) => cell.textContent.replaceAll("\\u202f", "")))"""
        rows: list[list[str]] = self.chrome.execute_script(script)
        return {row[0]: (row[1], row[2] or "0") for row in rows}

    def picture(self, selector: str) -> bytes:
        """An element as PNG, once it is drawn completely."""
        self.wait_for_frames()
        return self.element(selector).screenshot_as_png

    def clear_filter(self) -> None:
        """The page applies it in a timer, after the form is reset."""
        self.element("#filter button[type=reset]").click()
        self.chrome.execute_script("return new Promise((done) => setTimeout(() => done(1)))")

    def wait_for_frames(self) -> None:
        script = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
        self.chrome.execute_script(script)

    def check_quiet(self) -> None:
        """No messages on the console, and nothing loaded except the file."""
        assert self.chrome.get_log("browser") == []  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in self.chrome.get_log("performance")]  # type: ignore[no-untyped-call]
        requests = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        assert all(url.startswith(("file:", "data:")) for url in requests), requests
        assert sum(url.startswith("file:") for url in requests) == 1


def write(path: Path, data: TraceData) -> Path:
    path.write_text(render(data.to_json()), encoding="utf-8")
    return path


def colours_of_png(data: bytes) -> set[bytes]:
    """The pixels' values of an 8-bit RGB or RGBA image, not interlaced, by the filters of PNG (RFC 2083, 6)."""
    width, height, depth, kind = unpack_from(">IIBB", data, 16)
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    packed, offset = b"", 8
    while offset < len(data):
        (length,) = unpack_from(">I", data, offset)
        if data[offset + 4 : offset + 8] == b"IDAT":
            packed += data[offset + 8 : offset + 8 + length]
        offset += 12 + length
    raw, stride = decompress(packed), width * size
    before, colours = bytearray(stride), set[bytes]()
    for line in range(height):
        start = line * (stride + 1)
        filtered, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for place in range(stride) if filtered else ():
            left = row[place - size] if place >= size else 0
            corner = before[place - size] if place >= size else 0
            guess = left + before[place] - corner
            nearest = min((left, before[place], corner), key=lambda value: abs(guess - value))
            added = (0, left, before[place], (left + before[place]) // 2, nearest)[filtered]
            row[place] = (row[place] + added) & 0xFF
        before = row
        colours.update(bytes(row[place : place + size]) for place in range(0, stride, size * 3))
    return colours


def trace(program: Path, folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The page, and the events of the same run as JSON."""
    page, lines = folder / "trace.html", folder / "trace.json"
    command = [*UNISHIM, "trace", "--accel", "tcg", "--timeout", str(TIMEOUT / 2)]
    done = subprocess.run(
        [*command, "--html", page, "--json", "-o", lines, program], check=False, capture_output=True, timeout=TIMEOUT
    )
    assert done.returncode == 0, done.stderr
    return page, [json.loads(line) for line in lines.read_text().splitlines()]


@pytest.fixture
def shown_threads(chrome: Chrome, build_guest: Build, tmp_path: Path) -> tuple[Shown, list[dict[str, Any]]]:
    page, events = trace(build_guest("trace_page.c"), tmp_path)
    return Shown(chrome, page), [event for event in events if event["event"] == "call"]


def test_a_real_trace(shown_threads: tuple[Shown, list[dict[str, Any]]]) -> None:
    page, calls = shown_threads
    assert page.texts("#facts dd")[:3] == [str(len(calls)), str(sum(call["errno"] is not None for call in calls)),
                                           str(len({call["tid"] for call in calls}))]  # fmt: skip
    by_name: dict[str, list[dict[str, Any]]] = {"all": calls}
    for call in calls:
        by_name.setdefault(call["name"], []).append(call)
    expected = {
        name: (str(len(made)), str(sum(call["errno"] is not None for call in made))) for name, made in by_name.items()
    }
    assert page.totals() == expected
    first = sorted(calls, key=lambda call: (call["enter_ns"], call["tid"]))
    rows = page.rows()
    assert [row[2] for row in rows] == [call["text"] for call in first[: len(rows)]]
    failed = page.rows("failed")
    assert len(failed) > 5
    assert [row[2] for row in failed] == [call["text"] for call in first if call["errno"]][: len(failed)]
    maps = page.texts("#memory-map tbody td:last-child")
    assert "[stack]" in maps and "/trace_page-c-gcc" in maps
    assert len(colours_of_png(page.picture("#timeline"))) > 8
    assert len(colours_of_png(page.picture("#memory"))) > 4
    page.check_quiet()


def test_filter(shown_threads: tuple[Shown, list[dict[str, Any]]]) -> None:
    page, calls = shown_threads

    def shows(expected: list[dict[str, Any]]) -> None:
        assert 0 < len(expected) < len(calls)
        assert page.element("#filter-count").text.replace("\u202f", "") == f"{len(expected)} of {len(calls)} calls"
        assert page.totals()["all"][0] == str(len(expected))
        shown = page.rows()
        assert [row[2] for row in shown] == [call["text"] for call in expected[: len(shown)]]
        assert len(shown) == len(expected) or len(shown) > 10

    calls.sort(key=lambda call: (call["enter_ns"], call["tid"]))
    page.element("#filter-text").send_keys("MPROTECT(")
    shows([call for call in calls if call["name"] == "mprotect"])
    page.clear_filter()
    Select(page.element("#filter-name")).select_by_visible_text("brk")
    shows([call for call in calls if call["name"] == "brk"])
    page.clear_filter()
    Select(page.element("#filter-thread")).select_by_visible_text("2")
    shows([call for call in calls if call["tid"] == 2])
    page.clear_filter()
    page.element("#filter-failed").click()
    shows([call for call in calls if call["errno"]])
    page.clear_filter()
    assert page.element("#filter-count").text == f"{len(calls)} calls"
    page.element("#totals tr[data-name=mmap] button").click()
    shows([call for call in calls if call["name"] == "mmap"])
    page.element("#filter-text").send_keys("no such text")
    assert page.rows() == []
    assert page.texts("#calls .empty") == ["No calls."]
    page.check_quiet()


@pytest.mark.platforms("linux")
def test_keys_and_mouse(chrome: Chrome, tmp_path: Path) -> None:
    data = TraceData(["/tool"])
    for number in range(20):
        path = f"/{number:02}".encode()
        data.event(openat(path, enter=number * 1000, leave=number * 1000 + 500, result=-2 if number % 5 == 0 else 3))
    page = Shown(chrome, write(tmp_path / "page.html", data))
    timeline = page.element("#timeline")
    whole = page.picture("#timeline")
    timeline.send_keys("+++")
    zoomed = page.picture("#timeline")
    assert zoomed != whole
    page.element("#filter-view").click()
    in_view = len(page.rows())
    assert 0 < in_view < 20
    timeline.send_keys(Keys.ARROW_LEFT * 9)
    assert '"/00"' in page.rows()[0][2]
    timeline.send_keys("0")
    assert page.totals()["all"][0] == "20"
    timeline.send_keys(Keys.ARROW_DOWN * 3)
    assert '"/02"' in page.element("#selected").text
    assert '"/02"' in page.texts("#calls .selected")[0]
    timeline.send_keys(Keys.ENTER)
    assert [row[2][18:21] for row in page.rows()] == ["/01", "/02", "/03"]
    timeline.send_keys(Keys.HOME, Keys.ESCAPE)
    assert page.element("#selected").text == ""
    ActionChains(chrome).scroll_from_origin(ScrollOrigin.from_element(timeline), 0, -100).perform()
    page.wait_for_frames()
    assert len(page.rows()) < 20
    timeline.send_keys("0")
    # The last call is at 95 % of the way from the labels to the right edge.
    width = timeline.size["width"] - 78
    place = round(78 + width * (0.0098 + 0.98 * 19.2 / 19.5)) - timeline.size["width"] // 2
    ActionChains(chrome).move_to_element_with_offset(timeline, place, 10).perform()
    assert 'openat(AT_FDCWD, "/19", O_RDONLY)' in page.element("#tip").text
    ActionChains(chrome).click().perform()
    assert '"/19"' in page.element("#selected").text
    page.element("#calls").send_keys(Keys.ARROW_UP)
    assert '"/18"' in page.element("#selected").text
    page.check_quiet()


@pytest.mark.platforms("linux")
def test_hostile_texts(chrome: Chrome, tmp_path: Path) -> None:
    page = Shown(chrome, write(tmp_path / "page.html", hostile_trace()))
    assert chrome.title.endswith(": unishim trace")
    assert HOSTILE in page.element("#command").text
    assert f'"{HOSTILE}"'.replace('"document', '\\"document').replace("owned'\">", "owned'\\\">") in page.rows()[0][2]
    assert HOSTILE in page.texts("#memory-map tbody td:last-child")
    assert chrome.find_elements(By.CSS_SELECTOR, "img, svg, script:not([id]) ~ script") == []
    page.element("#filter-text").send_keys("</script>")
    assert len(page.rows()) == 2
    page.check_quiet()


@pytest.mark.platforms("linux")
def test_a_large_trace(chrome: Chrome, tmp_path: Path) -> None:
    """All of 100 000 calls can be reached, and few of them are elements."""
    data, count = TraceData(["/tool"]), 100_000
    for number in range(count):
        path, tid = f"/{number}".encode(), number % 40 + 1
        data.event(openat(path, enter=number * 100, leave=number * 100 + 50, result=-(number % 50 == 0), tid=tid))
    page = Shown(chrome, write(tmp_path / "page.html", data))
    assert page.totals()["all"] == ("100000", "2000")
    assert len(page.rows()) < 40
    chrome.execute_script("const rows = document.getElementById('calls'); rows.scrollTop = rows.scrollHeight")
    page.wait_for_frames()
    assert f'"/{count - 1}"' in page.rows()[-1][2]
    page.element("#filter-text").send_keys(f'"/{count // 2}"')
    assert len(page.rows()) == 1
    page.check_quiet()


@pytest.mark.platforms("linux")
def test_empty_trace(chrome: Chrome, tmp_path: Path) -> None:
    page = Shown(chrome, write(tmp_path / "page.html", TraceData(["/tool"])))
    assert page.texts("#calls .empty") == ["No calls."]
    page.element("#timeline").send_keys("+", Keys.ARROW_DOWN, Keys.ENTER, "0")
    page.check_quiet()


@pytest.mark.platforms("linux")
def test_light_and_dark(chrome: Chrome, tmp_path: Path) -> None:
    page = Shown(chrome, write(tmp_path / "page.html", hostile_trace()))
    backgrounds = []
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        background = chrome.execute_script("return getComputedStyle(document.body).backgroundColor")
        backgrounds.append((background, page.picture("#timeline")))
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    light, dark = (int(re.findall(r"\d+", background)[0]) for background, _ in backgrounds)
    assert light > 200 > 60 > dark
    assert backgrounds[0][1] != backgrounds[1][1]


def colours_in_browser(chrome: Chrome, picture: bytes) -> int:
    """How many colours a large picture has: the browser decodes it faster than colours_of_png()."""
    script = """const [data, done] = arguments, image = new Image();
        image.onload = () => {
            const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
            canvas.drawImage(image, 0, 0);
            const pixels = new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer);
            done(new Set(pixels).size);
        };
        image.src = "data:image/png;base64," + data;"""
    number: int = chrome.execute_async_script(script, base64.b64encode(picture).decode())
    return number


@pytest.mark.platforms("linux")
def test_picture_of_the_documentation(
    chrome: Chrome, build_guest: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/trace.png is such a picture; `make picture` has this test write it again."""
    (tmp_path / "workers").symlink_to(build_guest("workers.c"))
    monkeypatch.chdir(tmp_path)  # the page shows the command line
    data, _ = trace(Path("workers"), tmp_path)
    size = chrome.get_window_size()
    chrome.set_window_size(1160, 940)
    chrome.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    try:
        page = Shown(chrome, data)
        page.element("#timeline").send_keys(Keys.ARROW_DOWN * 60)
        assert page.element("#selected").text
        chrome.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
        page.wait_for_frames()
        taken = chrome.get_screenshot_as_png()
    finally:
        chrome.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": False})
        chrome.set_window_size(size["width"], size["height"])
    page.check_quiet()
    committed = ROOT / "docs" / "trace.png"
    if os.environ.get("WRITE_PICTURE"):
        committed.write_bytes(taken)
    for picture in (taken, committed.read_bytes()):
        assert len(picture) < PICTURE_BYTES
        assert picture[16:24] == taken[16:24]  # width and height
        assert colours_in_browser(chrome, picture) > 100


def test_bad_places(hello: Path) -> None:
    command = [*UNISHIM, "trace", "--accel", "tcg", "--html", "/nowhere/page.html", hello]
    done = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
    assert done.returncode == 125
    assert done.stderr == b"unishim: --html /nowhere/page.html: No such file or directory\n"
    assert done.stdout == b""
