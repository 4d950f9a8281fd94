"""Follows the instructions of a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.page import Block, PageError, compare, read_page
from tests.framework import ROOT, TIMEOUT


def follow(page: Path, folder: Path) -> None:
    """Runs the page's commands in an empty directory. Raises PageError if the results differ from the page."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CHECKOUT": os.fspath(ROOT),  # for commands that readers do not see
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",  # in the order in which a terminal shows it
    }
    environment.pop("UNISHIM_PLATFORM", None)
    blocks = read_page(page)
    here, shown, command = folder, "", None
    while blocks:
        block = blocks.pop(0)
        if block.kind == "sh":
            here, shown = _run(block, here, environment)
            command = block
        elif block.kind == "text":
            expected = block.text
            while blocks and blocks[0].kind == "text":
                expected += blocks.pop(0).text
            if (line := compare(expected, shown)) is not None:
                raise PageError(f"{block.place}: differs at: {line}\n{command.text if command else ''}---\n{shown}")
        else:
            (here / block.name).parent.mkdir(parents=True, exist_ok=True)
            (here / block.name).write_text(block.text)


def _run(block: Block, here: Path, environment: dict[str, str]) -> tuple[Path, str]:
    """The working directory of the commands at their end, and their output."""
    # An extra descriptor reports the working directory at the end.
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            ["bash", "-e", "-c", f"{block.text}\npwd >&{writing}"],
            cwd=here,
            env=environment,
            pass_fds=[writing],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
        os.close(writing)
        if done.returncode != 0:
            raise PageError(f"{block.place}: status {done.returncode}\n{block.text}---\n{done.stdout}")
        return Path(os.read(reading, os.pathconf("/", "PC_PATH_MAX")).decode().rstrip("\n")), done.stdout
    finally:
        os.close(reading)
