"""Finds the project of a command: the one that --project names, or the current directory."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unishim.project.project_file import Project


def is_project(folder: str | None) -> bool:
    """Whether a command concerns a project at all."""
    return folder is not None or os.path.exists("unishim.toml")


def open_project(folder: str | None) -> Project:
    """The project. Raises ProjectError."""
    from pathlib import Path

    from unishim.project.project_file import read_project

    return read_project(Path(folder or "."))
