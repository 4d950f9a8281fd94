"""Generates the tables in docs/explanation/comparison.md from the figures that `make bench` wrote."""

from __future__ import annotations

import re
from pathlib import Path

from docs_tools.markdown import table

_DOCS = Path(__file__).parent.parent / "docs"
_CALLS, _START, _WORK = (
    "Platform linux: system calls",
    "Platform linux: start",
    "Platform linux: work without system calls",
)
_MEMORY, _BOOT, _MACHINE_CALLS = "Platform linux: memory", "Virtual machine: start", "Virtual machine: system calls"

# A row: its label, and the section, row and column of each figure.
_PLACES = ("", "native", "`linux`", "`qemu`", "qemu-user", "gVisor")
_CALL_COLUMNS = ("native", "linux", None, "qemu-user", "gVisor")
_CALL_ROWS = {
    "`getppid`, ns": "getppid, a bare instruction",
    "read of 1 byte of /dev/zero, ns": "read 1 byte of /dev/zero",
    "`clock_gettime` in the vDSO, ns": "clock_gettime, the vDSO",
    "map, touch and unmap 64 KiB, ns": "the same, and its 16 pages touched",
}
_START_ROWS = {
    "hello (glibc), with the launcher, ms": (
        "native, in turns with those below",
        "`unishim run --platform linux`",
        "`unishim run --platform qemu`",
        "qemu-user",
        "gVisor",
    ),
    "hello (glibc), the image alone, ms": ("glibc hello, native", "glibc hello, the image alone", None, None, None),
}
_UNIKRAFT_ROWS = {
    "instructions of `getppid`": (_MACHINE_CALLS, "getppid"),
    "instructions of a read of 1 byte of /dev/zero": (_MACHINE_CALLS, "read of 1 byte from /dev/zero"),
    "instructions to the first one of a glibc program": (_BOOT, "the same, glibc hello (0.8 MB)"),
    "ms from the start of QEMU to musl's hello": (
        _BOOT,
        "ms from the start of QEMU to the first byte of musl hello, median of 31",
    ),
    "image": (_BOOT, "image, stripped"),
    "smallest memory, musl / glibc": (_BOOT, "smallest memory, musl / glibc hello"),
}

Figures = dict[tuple[str, str, str], str]


def comparison_page() -> str:
    """The page with its tables updated. LookupError if the benchmarks lack a figure."""
    figures = read_figures((_DOCS / "benchmarks.md").read_text())
    page = (_DOCS / "explanation" / "comparison.md").read_text()
    return _between(_between(page, "figures", _costs(figures)), "Unikraft", _unikraft(figures))


def read_figures(text: str) -> Figures:
    """The cells of the benchmarks' tables by section, first cell and column, without quartiles."""
    figures: Figures = {}
    section, titles = "", [""]
    for line in text.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif not line.startswith("|"):
            titles = [""]
        elif titles == [""]:
            titles = _cells(line)
        else:
            row, *cells = _cells(line)
            for title, cell in zip(titles[1:], cells, strict=True):
                figures[section, row, title] = re.sub(r" \([\d. -]+\)$", "", cell)
    return figures


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _costs(figures: Figures) -> str:
    rows = []
    for label, name in _CALL_ROWS.items():
        rows.append([label, *(figures[_CALLS, name, column] if column else "" for column in _CALL_COLUMNS)])
    for label, names in _START_ROWS.items():
        rows.append([label, *(figures[_START, name, "ms"] if name else "" for name in names)])
    work = (figures[_WORK, "in registers: time", column] for column in ("native", "linux"))
    rows.append(["computing in registers, ms", *work, "", "", ""])
    resident = (figures[_MEMORY, f"glibc hello, {place}", "VmRSS"] for place in ("native", "linux"))
    rows.append(["resident memory of hello, KiB", *resident, "", "", ""])
    return table(_PLACES, rows)


def _unikraft(figures: Figures) -> str:
    return table(
        ("", "unishim", "Unikraft, best"),
        (
            [label, *(figures[section, row, column] for column in ("unishim", "Unikraft"))]
            for label, (section, row) in _UNIKRAFT_ROWS.items()
        ),
    )


def _between(page: str, name: str, text: str) -> str:
    pattern = rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->\n)"
    return re.sub(pattern, lambda found: f"{found[1]}\n{text}\n{found[2]}", page, count=1, flags=re.DOTALL)
