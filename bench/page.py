"""Writes the page: the figures, the machine, the versions."""

from __future__ import annotations

import os
import platform
import subprocess
import textwrap
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.figures import TIMEOUT
from unishim import __version__

VERSIONS = (
    ("gcc", "--version"),
    ("ldd", "--version"),  # the C library's
    ("qemu-system-x86_64", "--version"),
    ("qemu-x86_64", "--version"),
    ("runsc", "--version"),
)


def write_page(path: Path, sections: Sequence[str], loads: tuple[float, float]) -> str:
    """Writes the page and returns its text; `loads` are the load averages before and after."""
    page = "\n\n".join(_wrapped(section) for section in [_heading(loads), *sections]) + "\n"
    path.write_text(page)
    return page


def _wrapped(section: str) -> str:
    """The section with its paragraphs refilled: the figures in them vary in length."""
    blocks = section.strip().split("\n\n")
    return "\n\n".join(
        block if block[0] in "#|-" else textwrap.fill(" ".join(block.split()), 120, break_on_hyphens=False)
        for block in blocks
    )


def _heading(loads: tuple[float, float]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    versions = "\n".join(f"- {line}" for line in filter(None, (_version(*command) for command in VERSIONS)))
    return f"""# Benchmarks

`make bench` wrote this page on {date.today().isoformat()}. Figures are medians, with quartiles in brackets. A missed
target is marked next to the figure.

- unishim {__version__}, Python {platform.python_version()}
- {_processor()}, {os.cpu_count()} processors, {memory} MiB, Linux {platform.release()}
- load average at the start {loads[0]:.2f}, at the end {loads[1]:.2f}; the benchmark itself causes about 1
{versions}
"""


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    found = dict(line.split("\t", 1) for line in lines if "\t" in line)
    words = {key.strip(): value.strip(" \t:") for key, value in found.items()}
    guest = ", itself a virtual machine" if "hypervisor" in words.get("flags", "") else ""
    name, family, model = (words.get(key, "unknown") for key in ("model name", "cpu family", "model"))
    return f"{name} (family {family}, model {model}){guest}"


def _version(*command: str) -> str | None:
    try:
        return subprocess.check_output(command, text=True, timeout=TIMEOUT).splitlines()[0]
    except FileNotFoundError:
        return None
