"""`unishim build --standalone`: its options, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from unishim.cli.run_options import environment_of, run_options
from unishim.errors import UsageError

# Of the options of `unishim run`, those that can be said before there is a run.
_NAMES = ("memory", "env", "initrd", "with_libs", "add", "keep_times", "workdir", "kernel", "seed")


def standalone_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --standalone and the options that it goes with, which are handed over by their names."""

    @run_options("--share")
    def run(**_: Any) -> None:
        pass

    command = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)(command)
    command = click.argument("binary", required=False)(command)
    options: list[click.Parameter] = [option for option in run.__click_params__ if option.name in _NAMES]  # type: ignore[attr-defined]
    command.__click_params__ += options  # type: ignore[attr-defined]
    return click.option(
        "--standalone",
        is_flag=True,
        help="Write BINARY, the kernel and what BINARY needs as one executable FILE (-o; default BINARY.standalone).",
    )(command)


def build_standalone(
    binary: str | None, arguments: Sequence[str], output: str | None, debug: bool, run: dict[str, Any]
) -> Path:
    """Writes the file; its path. `run` are the values of the options. Raises UnishimError."""
    from unishim.build.standalone import write_standalone
    from unishim.runner import Options

    if binary is None:
        raise UsageError("--standalone: no program given; name its file: unishim build --standalone BINARY")
    options = Options(debug=debug, **{**run, "env": environment_of(run["env"])})
    return write_standalone(options, [binary, *arguments], output or f"{Path(binary).name}.standalone")


def refuse_without_standalone(binary: str | None) -> None:
    """Raises UsageError for what means nothing to the building of a kernel."""
    context = click.get_current_context()
    given = [name for name in _NAMES if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if binary is not None or given:
        what = binary if binary is not None else "--" + given[0].replace("_", "-")
        raise UsageError(f"{what}: not for a kernel alone; build it and the program as one file with --standalone")
