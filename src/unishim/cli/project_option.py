"""The option that names a project's folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def project_option(*names: str) -> Callable[[Command], Command]:
    """Adds --project, with a short name where the command has one free; `folder` gets it, or None."""
    return click.option(
        *names, "--project", "folder", metavar="FOLDER", help="The project's folder; default: this one."
    )


def check_one_folder(project: str | None, output: str | None) -> None:
    """Raises UsageError when a project and a build folder are both named."""
    if project is not None and output is not None:
        from unishim.errors import UsageError

        raise UsageError("--project and --output name two folders; give one of them")
