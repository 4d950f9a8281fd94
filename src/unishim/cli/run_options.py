"""The options of every command that runs a program."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from unishim.cli.project_option import is_project, project_option
from unishim.errors import UsageError
from unishim.running.options import DEFAULT_MEMORY, Options

EXIT_STATUS = (
    "The exit status is the program's: 0-255, or 128+N when signal N ended it. 124: --timeout ran out. "
    "125: unishim, QEMU or the kernel failed. 126: the file can not be executed. 127: there is no such file. "
    "130: Ctrl-C. 141: the reader of the output went away."
)
CONTEXT = {"ignore_unknown_options": False, "allow_interspersed_args": False}

# What can be said before there is a run: `unishim build --standalone` takes these too.
PACKING_OPTIONS = [
    click.option("-m", "--memory", default=DEFAULT_MEMORY, show_default=True, help="Memory of the machine: 64M, 1G."),
    click.option(
        "--env", multiple=True, metavar="NAME[=VALUE]", help="A variable of the program; NAME alone: the host's."
    ),
    click.option(
        "-i",
        "--initrd",
        metavar="FILE",
        help="The root file system: a cpio or tar archive, or a folder, in which BINARY is looked up. Or the program's "
        "file; BINARY is then its argv[0] only.",
    ),
    click.option(
        "--with-libs/--without-libs",
        default=True,
        help="Pack what a dynamic program or a script needs to start (the default), or not.",
    ),
    click.option("--add", multiple=True, metavar="HOST[:/GUEST]", help="Pack a file or a folder of the host too."),
    click.option("--keep-times", is_flag=True, help="Keep the times of a folder's files; else all have the same."),
    click.option("--workdir", metavar="DIR", help="Start in this folder of the guest; default /."),
    click.option("-k", "--kernel", metavar="IMAGE", help="Run this kernel image."),
    click.option("--seed", type=int, metavar="N", help="Take all random values from a seed, to repeat a run."),
]
_OPTIONS = [
    click.option(
        "--platform",
        type=click.Choice(["auto", "process", "qemu"]),
        help="Where to run it: a Linux process (the default where it can be) or a virtual machine; auto says which. "
        "Also by UNISHIM_PLATFORM.",
    ),
    click.option(
        "--mount",
        "mounts",
        multiple=True,
        metavar="DIR:/PATH[:ro]",
        help="A folder of the host is seen at /PATH. Repeatable.",
    ),
    click.option("--core", metavar="FILE", help="Write a core file when a signal ends the program that dumps core."),
    click.option("--debug", is_flag=True, help="Use the debug build: the loading phase and each call are printed."),
    click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="End it then."),
    click.option("-q", "--quiet", is_flag=True, help="No banner."),
    click.option("--machine", default="microvm", show_default=True, help="QEMU's machine: microvm, pc or q35."),
    click.option("--accelerator", "--accel", default="auto", show_default=True, help="auto, tcg or kvm."),
    click.option("--cpu", metavar="MODEL", help="QEMU's processor model; default host (kvm) or max (tcg)."),
    click.option(
        "--handlers", multiple=True, metavar="FILE.py", help="Answer calls by the functions that this file defines."
    ),
    click.option(
        "--handler-errors",
        default="eio",
        show_default=True,
        metavar="eio|stop",
        help="When a handler raises: the program gets EIO, or the run ends.",
    ),
    click.option(
        "--fail", multiple=True, metavar="CALLS:ERRNO[:KEY=VALUE]", help="Let calls fail: write:ENOSPC:after=3"
    ),
    click.option("--delay", multiple=True, metavar="CALLS:TIME[:KEY=VALUE]", help="Let calls take longer: read:10ms"),
]
POSITIONAL = [
    click.argument("binary", required=False),
    click.argument("arguments", nargs=-1, type=click.UNPROCESSED),
]


def run_options(share: Sequence[str], project: Sequence[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options and the arguments BINARY and ARGUMENTS, and hands them to the command as `options` and `argv`.

    `share` and `project` are the names of the options --share and --project, whose letters not every command has free.
    In a project's folder, options and argv are what the project says, as far as the command line does not.
    """
    shares = click.option(*share, metavar="DIR[:ro]", help="A folder of the host is the root; BINARY is a path in it.")

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_options(folder: str | None, binary: str | None, arguments: tuple[str, ...], **words: Any) -> None:
            said = {name: words.pop(name) for name in list(words) if name in Options.__slots__ and name != "trace"}
            said["env"] = environment_of(said["env"])
            options, argv = of_project(Options(**said), folder, binary, arguments)
            command(options=options, argv=argv, **words)

        options: list[Callable[..., Any]] = [shares, *PACKING_OPTIONS, *_OPTIONS, project_option(*project), *POSITIONAL]
        for option in reversed(options):
            with_options = option(with_options)
        return with_options

    return add


def of_project(
    options: Options, folder: str | None, binary: str | None, arguments: Sequence[str]
) -> tuple[Options, list[str]]:
    """The options and the arguments, in a project's folder as it says where the command line does not.

    Raises UsageError, and ProjectError and BuildError of a project.
    """
    if is_project(folder):
        from pathlib import Path

        from unishim.project.running import project_run

        source = click.get_current_context().get_parameter_source
        given = {name for name in Options.__slots__ if source(name) is ParameterSource.COMMANDLINE}
        return project_run(Path(folder or "."), options, given, binary, arguments)
    if binary is None:
        raise UsageError("no program given; name its file, or go to a project's folder (unishim init makes one)")
    return options, [binary, *arguments]


def environment_of(words: tuple[str, ...]) -> dict[str, str]:
    """The variables that the words of --env say. Raises UsageError."""
    variables = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not name:
            raise UsageError(f"--env {word}: the variable has no name; write NAME=VALUE")
        if separator:
            variables[name] = value
        elif name in os.environ:
            variables[name] = os.environ[name]
    return variables
