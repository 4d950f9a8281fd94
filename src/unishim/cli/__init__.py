"""The command `unishim`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Runs the command line: errors are one line on stderr, and their status is the exit status."""
    is_run = sys.argv[1:2] == ["run"]
    run_command("unishim.cli.quick_run:Command" if is_run else "unishim.cli.group:unishim", "unishim")


def run_command(place: str, name: str) -> None:
    """Runs the click command at `place` ("module:attribute") as the program `name`, and ends this process."""
    gc.disable()  # looking through what is imported takes 2 ms, and finds nothing
    # A closed standard stream would become whatever is opened next.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    status: object = 130  # for a Ctrl-C while modules are imported
    try:
        from importlib import import_module

        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        gc.freeze()  # what the imports made stays: looking through it again takes 4 ms of a run
        gc.enable()
        try:
            # Without standalone mode click raises its errors, and returns the status of --help and its kind.
            status = command.main(prog_name=name, standalone_mode=False) or 0
        except SystemExit as exit_:
            status = exit_.code
        sys.stdout.flush()
    except BaseException as error:
        from unishim.cli.failure import explain_failure

        line, status = explain_failure(error)
        _leave(line and f"{name}: {line}")
    sys.exit(status if isinstance(status, int) else 0)


def _leave(line: str) -> None:
    """Prints the line. What could not be written to stdout would be tried again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if line:
        try:
            print(line, file=sys.stderr, flush=True)
        except OSError:
            os.dup2(1, 2)
