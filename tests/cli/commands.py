"""All commands, and ways to call them as a user does."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from docs_tools.commands import command_contexts
from tests.framework import TIMEOUT

SCRIPTS = Path(sys.executable).parent


PATHS = [context.command_path for context in command_contexts()]


def examples(command: click.Command) -> list[list[str]]:
    """The words of each line in the block of examples, without those meant for the shell."""
    blocks = re.findall(r"^\x08\n((?:.+\n?)+)", inspect.cleandoc(command.help or ""), re.MULTILINE)
    parts = [part for block in blocks for line in block.splitlines() for part in line.split(" && ")]
    return [shlex.split(re.split(r" [<>|]", part)[0]) for part in parts]


def call(
    words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command line whose first word is one of our scripts; `env` is added to the environment."""
    return subprocess.run(
        [SCRIPTS / words[0], *words[1:]],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=TIMEOUT,
    )
