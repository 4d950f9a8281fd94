"""The option that names a project's directory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def project_option(*names: str) -> Callable[[Command], Command]:
    """Adds --project, with a short name where the command has a free one; sets `folder`, None by default."""
    return click.option(
        *names, "--project", "folder", metavar="DIR", help="The project's directory; default: the current one."
    )


def check_one_folder(project: str | None, output: str | None) -> None:
    """Raises UsageError if both a project and a build directory are named."""
    if project is not None and output is not None:
        from unishim.errors import UsageError

        raise UsageError("--project and --output exclude each other; give one of them")
