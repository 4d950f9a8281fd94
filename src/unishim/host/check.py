"""The result of a check of `unishim doctor`, and what the checks share."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from unishim.errors import UnishimError
from unishim.host.tools import TOOLS, install_command

CHECK_SECONDS = 10  # for each program that is started


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check.

    `state` is ok, limited (works with restrictions), missing, failed, or untried. `needs` is the platform that does
    not work if this is missing or failed.
    """

    group: str
    name: str
    state: str
    detail: str
    fix: str | None = None
    needs: str | None = None


def find_image(platform: str) -> Path | None:
    """The default image, if it exists; nothing is built here."""
    from unishim.build.image import default_image
    from unishim.build.shipped import shipped_default

    if shipped := shipped_default(platform):
        return Path(shipped)
    try:
        image = default_image(platform)
    except UnishimError:
        return None
    return image if image.is_file() else None


def missing(name: str, group: str, needs: str | None) -> Check:
    """The check of a tool that is not installed."""
    tool = TOOLS[name]
    return Check(group, name, "missing", f"for {tool.purpose}", install_command([name]), needs)


def first_line(command: list[str]) -> str:
    """The first line that a command prints."""
    return output_of(command).partition("\n")[0]


def output_of(command: list[str]) -> str:
    """The output of a command, or why it cannot be run."""
    try:
        done = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CHECK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout
