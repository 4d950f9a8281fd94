"""The option that names a project's folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from unishim.project.project_file import Project

Command = Callable[..., Any]


def project_option(*names: str) -> Callable[[Command], Command]:
    """Adds --project, with a short name where the command has one free; `folder` gets it, or None."""
    return click.option(
        *names, "--project", "folder", metavar="FOLDER", help="The project's folder; default: this one."
    )


def open_project(folder: str | None) -> Project:
    """The project of --project, or of this folder. Raises ProjectError."""
    from pathlib import Path

    from unishim.project.project_file import read_project

    return read_project(Path(folder or "."))


def check_one_folder(project: str | None, output: str | None) -> None:
    """Raises UsageError when a project and a build folder are both named."""
    if project is not None and output is not None:
        from unishim.errors import UsageError

        raise UsageError("--project and --output name two folders; give one of them")


def is_project(folder: str | None) -> bool:
    """Whether a command is about a project: one is named, or this folder is one."""
    import os

    return folder is not None or os.path.exists("unishim.toml")  # noqa: PTH110 - a run waits for it
