"""The questions that `unishim configure` asks in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unishim.platforms.architectures import ARCHITECTURES
from unishim.platforms.registry import PLATFORMS

if TYPE_CHECKING:
    from unishim.project.project_file import Project

_AS_IT_IS = "as it is"
_FILES = ("config*", "defconfig*")  # ready-made configurations in a project's directory


def ask(project: Project) -> tuple[str, bool | None, Path | None]:
    """Asks for platform, architecture and configuration. Returns the platform, whether to debug, and the base file."""
    from unishim.project.configuring import configured_platform

    platform: str = _choose("Platform", list(PLATFORMS), configured_platform(project))
    _choose("Architecture", ARCHITECTURES, ARCHITECTURES[0])
    files = sorted(path.name for pattern in _FILES for path in project.folder.glob(pattern) if path.is_file())
    choices = [_AS_IT_IS] if project.configuration_file.is_file() else []
    choices += ["default", "debug", *files]
    choice = _choose("Configuration", choices, project.configuration or choices[0])
    if choice in files:
        return platform, None, project.folder / choice
    return platform, {"default": False, "debug": True}.get(choice), None


def _choose(question: str, choices: tuple[str, ...] | list[str], default: str) -> str:
    answer: str = click.prompt(question, type=click.Choice(choices), default=default, err=True)
    return answer
