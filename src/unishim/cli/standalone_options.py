"""The options and the implementation of `unishim build --standalone`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from unishim.cli.run_options import POSITIONAL, click_options, given_fields
from unishim.cli.run_vocabulary import PACKING, environment_of, options_and_argv
from unishim.errors import UsageError

_FLAG = click.option(
    "--standalone",
    is_flag=True,
    help="Write BINARY, the kernel and what BINARY needs as one executable FILE (-o; default NAME.standalone).",
)


def standalone_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --standalone and its options, which are passed on by name."""
    options: list[Callable[..., Any]] = [_FLAG, *click_options(PACKING), *POSITIONAL]
    for option in reversed(options):
        command = option(command)
    return command


def build_standalone(
    folder: str | None,
    binary: str | None,
    arguments: Sequence[str],
    output: str | None,
    debug: bool,
    packing: dict[str, Any],
) -> Path:
    """Writes the file and returns its path. `packing` are the values of PACKING. Raises UnishimError.

    In a project's directory, program, kernel and root come from the project, except where options say otherwise.
    """
    from unishim.build.standalone import write_standalone
    from unishim.platforms.registry import standalone_platform
    from unishim.running.options import Options

    packing["env"] = environment_of(packing["env"])
    options = Options(platform=standalone_platform().name, debug=debug, **packing)
    options, argv = options_and_argv(options, given_fields(), folder, binary, arguments)
    return write_standalone(options, argv, output or f"{Path(argv[0]).name}.standalone")


def refuse_without_standalone(binary: str | None, packing: dict[str, Any]) -> None:
    """Raises UsageError for arguments that have no meaning when a kernel is built."""
    source = click.get_current_context().get_parameter_source
    given = [name for name in packing if source(name) is ParameterSource.COMMANDLINE]
    if binary is not None or given:
        what = binary if binary is not None else "--" + given[0].replace("_", "-")
        raise UsageError(f"{what}: only valid with --standalone, which writes program and kernel as one file")
