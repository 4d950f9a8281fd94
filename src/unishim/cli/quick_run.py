"""`unishim run` without click where that is enough: its import takes longer than all else before the program starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from unishim.cli import imported
from unishim.platforms import process as process  # what most runs import anyway, before memory is frozen
from unishim.running.options import Options
from unishim.running.runner import run_with

# Those that are said most often; cli/run_options.py has them all, and a test compares.
_FLAGS = {"-q": "quiet", "--quiet": "quiet", "--debug": "debug"}
_VALUES = {
    "-m": "memory",
    "--memory": "memory",
    "-k": "kernel",
    "--kernel": "kernel",
    "-i": "initrd",
    "--initrd": "initrd",
    "--platform": "platform",
    "--workdir": "workdir",
}
_PLATFORMS = ("auto", "process", "qemu")


def parse(words: Sequence[str]) -> tuple[Options, list[str]] | None:
    """The options of a run and the program's argv; None: click has to look, and may find what is wrong."""
    said: dict[str, Any] = {"quiet": False, "env": {}}
    rest = list(words)
    while rest and rest[0].startswith("-"):
        name, separator, value = rest.pop(0).partition("=")
        if name == "--" and not separator:
            break
        if name in _FLAGS and not separator:
            said[_FLAGS[name]] = True
        elif name in _VALUES and (separator or rest) and (name.startswith("--") or not separator):
            said[_VALUES[name]] = value if separator else rest.pop(0)
        else:
            return None
    is_project = os.path.exists("unishim.toml")  # noqa: PTH110 - a run waits for it
    if not rest or is_project or said.get("platform", "auto") not in _PLATFORMS:
        return None
    return Options(**said), rest


def run_quickly(words: Sequence[str]) -> int | None:
    """Does what the words behind `unishim run` say; the program's status. None: click has to look."""
    parsed = parse(words)
    if parsed is None:
        return None
    imported()
    return run_with(*parsed).status
