"""The command `unishim`."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


def main() -> None:
    """Runs the command line: errors are one line on stderr, and their status is the exit status."""
    run_command("unishim.cli.group:unishim", "unishim", is_run=sys.argv[1:2] == ["run"])


def run_command(place: str, name: str, *, is_run: bool = False) -> None:
    """Runs the click command at `place` ("module:attribute") as the program `name`, and ends this process.

    `is_run`: what is a plain run is done without click.
    """
    gc.disable()  # looking through what is imported takes 2 ms, and finds nothing
    # A closed standard stream would become whatever is opened next.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    status: str | int | None = None
    try:
        try:
            if is_run:
                from unishim.cli.quick_run import run_quickly

                status = run_quickly(sys.argv[2:])
            if status is None:
                status = _run_by_click(place, name)
        except SystemExit as exit_:
            status = exit_.code
        if sys.stdout is not None:  # closed from the start
            sys.stdout.flush()
    except BaseException as error:
        from unishim.cli.failure import explain_failure

        line, status = explain_failure(error)
        _leave(line and f"{name}: {line}")
    sys.exit(status)


def imported() -> None:
    """Said when all that a command needs is imported: looking through it again and again takes 4 ms of a run."""
    gc.freeze()
    gc.enable()


def _run_by_click(place: str, name: str) -> int:
    from importlib import import_module

    import click

    module, _, attribute = place.partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    imported()
    _complete(command, name)
    try:
        # Not command.main(), which has answers of its own to Ctrl-C and a reader that went away.
        with command.make_context(name, sys.argv[1:]) as context:
            command.invoke(context)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    return 0


def _complete(command: click.Command, name: str) -> None:
    """Answers the script of `unishim completion`, when that is who calls."""
    variable = completion_variable(name)
    if instruction := os.environ.get(variable):
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(command, {}, name, variable, instruction))


def completion_variable(name: str) -> str:
    """The variable by which click's scripts ask the program `name` for words."""
    return f"_{name.upper().replace('-', '_')}_COMPLETE"


def _leave(line: str) -> None:
    """Prints what waits to be printed, and the line."""
    for stream, text in ((sys.stdout, ""), (sys.stderr, line and f"{line}\n")):
        if stream is None:  # closed from the start
            continue
        try:
            stream.write(text)
            stream.flush()
        except OSError:  # it would be tried again when the interpreter ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
