"""The command `unishim`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress

from unishim.contract import STATUS_KERNEL as STATUS_FAILED
from unishim.printable import print_anything, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    import click

_DIGITS_MAX = 5  # of a terminal's size


def main() -> None:
    """Runs the command line. An error is printed as one line on stderr and determines the exit status."""
    run_command("unishim.cli.group:unishim", "unishim", is_run=sys.argv[1:2] == ["run"])


def run_command(place: str, name: str, *, is_run: bool = False) -> None:
    """Runs the click command at `place` ("module:attribute") as the program `name`, then exits.

    `is_run`: the arguments are those of `unishim run`; a plain run then skips click.
    """
    gc.disable()  # collecting during the imports takes 2 ms and finds nothing
    status: str | int | None = None
    try:
        try:
            _open_standard_streams()
            print_anything()
            _forget_impossible_sizes()
            if is_run:
                from unishim.cli.quick_run import run_quickly

                status = run_quickly(sys.argv[2:])
            if status is None:
                status = _run_by_click(place, name)
        except SystemExit as exit_:
            status = exit_.code
        if sys.stdout is not None:  # it was closed at start-up
            sys.stdout.flush()
    except BaseException as error:
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the message
        from unishim.cli.failure import explain_failure

        line, status = explain_failure(error)
        _leave(line and printable_lines(f"{name}: {line}"))
    if isinstance(status, int) and _has_stuck_thread():
        os._exit(status)
    sys.exit(status)


def _has_stuck_thread() -> bool:
    """Whether exiting would wait for a thread that writes to a stream whose reader is asleep."""
    host = sys.modules.get("unishim.channel.host")
    return host is not None and bool(host.is_stuck())


def _open_standard_streams() -> None:
    """If a standard stream is closed, the next file that is opened would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            nowhere = _open_nowhere()
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)


def _forget_impossible_sizes() -> None:
    """Libraries that print tables believe any number here."""
    for name in ("COLUMNS", "LINES"):
        if len(os.environ.get(name, "")) > _DIGITS_MAX:
            del os.environ[name]


def _open_nowhere() -> int:
    """/dev/null, or a file in memory if the root has no devices."""
    try:
        return os.open(os.devnull, os.O_RDWR)
    except OSError:
        return os.memfd_create("nowhere")


def freeze_imports() -> None:
    """Call once everything is imported: later garbage collections skip it, which saves 4 ms of a run."""
    gc.freeze()
    gc.enable()


def _run_by_click(place: str, name: str) -> int:
    from importlib import import_module

    import click

    module, _, attribute = place.partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    freeze_imports()
    _complete(command, name)
    try:
        # Not command.main(), which handles Ctrl-C and closed pipes in its own way.
        with command.make_context(name, sys.argv[1:]) as context:
            command.invoke(context)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    return 0


def _complete(command: click.Command, name: str) -> None:
    """Answers a completion request from the script that `unishim completion` prints, and exits; else does nothing."""
    variable = completion_variable(name)
    if instruction := os.environ.get(variable):
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(command, {}, name, variable, instruction))


def completion_variable(name: str) -> str:
    """The environment variable in which click's completion scripts pass their request to the program `name`."""
    return f"_{name.upper().replace('-', '_')}_COMPLETE"


def _leave(line: str) -> None:
    """Flushes stdout and prints the line to stderr."""
    for stream, text in ((sys.stdout, ""), (sys.stderr, line and f"{line}\n")):
        if stream is None:  # it was closed at start-up
            continue
        try:
            stream.write(text)
            stream.flush()
        except OSError:  # the interpreter would try again when it exits
            try:
                os.dup2(_open_nowhere(), stream.fileno())
            except OSError:
                os._exit(STATUS_FAILED)
