"""Turns an error of a command into one line and the exit status (docs/reference/exit-statuses.md)."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import traceback
from difflib import get_close_matches
from pathlib import Path

import click

from unishim.contract import STATUS_SIGNAL
from unishim.errors import UnishimError
from unishim.host.os_errors import explain_os_error
from unishim.platforms.launching import STATUS_BROKEN_PIPE

STATUS_FAILED = UnishimError.status
STATUS_INTERRUPTED = STATUS_SIGNAL + signal.SIGINT  # as a shell reports it


def explain_failure(error: BaseException) -> tuple[str, int]:
    """The line to print ("" if none is needed) and the exit status."""
    if isinstance(error, UnishimError):
        return str(error), error.status
    if isinstance(error, click.ClickException):
        return _explain_usage(error), STATUS_FAILED
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "", STATUS_INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return "", STATUS_BROKEN_PIPE
    if isinstance(error, OSError):
        return explain_os_error(error), STATUS_FAILED
    if isinstance(error, MemoryError):
        return "not enough memory; end other programs, or give the guest less with --memory", STATUS_FAILED
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return "cannot start a thread; raise the limit of processes with: ulimit -u", STATUS_FAILED
    if isinstance(error, RecursionError):
        return "the input is nested too deeply; simplify it", STATUS_FAILED
    return _explain_bug(error), STATUS_FAILED


def _explain_usage(error: click.ClickException) -> str:
    """Click's message about the command line as one line, with a pointer to --help."""
    message = " ".join(error.format_message().split())
    if isinstance(error, click.NoSuchOption):
        message = f"No such option '{error.option_name}'."
        if close := get_close_matches(error.option_name, error.possibilities or (), 1):
            message += f" Did you mean '{close[0]}'?"
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message if message.endswith(('.', '?')) else message + '.'} See: {context.command_path} --help"


def _explain_bug(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    try:
        path = _report_path()
        path.write_text(text)
    except OSError as reason:
        return f"this is a bug in unishim ({what}); please report it. Cannot write its traceback: {reason.strerror}"
    return f"this is a bug in unishim ({what}); please report it and attach {path}"


def _report_path() -> Path:
    """Where the traceback goes: the cache directory, or the temporary directory if that is not writable."""
    from unishim.paths import cache_folder

    folder = cache_folder() / "failures"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir())
    name = f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{os.getpid()}.txt"
    return (folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())) / name
