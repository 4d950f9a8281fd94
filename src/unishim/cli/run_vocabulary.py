"""The options of a run, declared once for click and for the short way of `unishim run`, which goes without it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from unishim.errors import UsageError
from unishim.platforms.registry import ALIASES, PLATFORMS
from unishim.project.folder import is_project
from unishim.running.options import Options


class RunOption(NamedTuple):
    """Its names, the field of Options that it sets, and what --help says.

    `kind` is what it takes: "nothing" (a flag), "switch" (names for on and off), "word", "words" (repeatable), "number"
    (whole), "seconds" (above 0), "choice" (one of `choices`, or one of the
    undocumented `aliases` of these).
    """

    names: tuple[str, ...]
    field: str
    help: str
    kind: str = "word"
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] | None = None


# Its letter is another option's in `unishim trace`, which has strace's.
SHARE = RunOption(
    ("-e", "--share"), "share", "A folder of the host is the root; BINARY is a path in it.", metavar="DIR[:ro]"
)
# What can be said before there is a run: `unishim build --standalone` takes these too.
PACKING = (
    RunOption(("-m", "--memory"), "memory", "Memory of the machine: 64M, 1G.", metavar="SIZE"),
    RunOption(("--env",), "env", "A variable of the program; NAME alone: the host's.", "words", "NAME[=VALUE]"),
    RunOption(
        ("-i", "--initrd"),
        "initrd",
        "The root file system: a cpio or tar archive, or a folder, in which BINARY is looked up. Or the program's "
        "file; BINARY is then its argv[0] only.",
        metavar="FILE",
    ),
    RunOption(
        ("--with-libs", "--without-libs"),
        "with_libs",
        "Pack what a dynamic program or a script needs to start (the default), or not.",
        "switch",
    ),
    RunOption(("--add",), "add", "Pack a file or a folder of the host too.", "words", "HOST[:/GUEST]"),
    RunOption(
        ("--keep-times",), "keep_times", "Keep the times of a folder's files; else all have the same.", "nothing"
    ),
    RunOption(("--workdir",), "workdir", "Start in this folder of the guest; default /.", metavar="DIR"),
    RunOption(("-k", "--kernel"), "kernel", "Run this kernel image.", metavar="IMAGE"),
    RunOption(("--seed",), "seed", "Take all random values from a seed, to repeat a run.", "number", "N"),
)
RUNNING = (
    RunOption(
        ("--platform",),
        "platform",
        "Where to run it: a Linux process (the default where it can be) or a virtual machine; auto says which. "
        "Also by UNISHIM_PLATFORM.",
        "choice",
        choices=("auto", *PLATFORMS),
        aliases=ALIASES,
    ),
    RunOption(("--mount",), "mounts", "A folder of the host is seen at /PATH. Repeatable.", "words", "DIR:/PATH[:ro]"),
    RunOption(("--core",), "core", "Write a core file when a signal ends the program that dumps core.", metavar="FILE"),
    RunOption(("--debug",), "debug", "Use the debug build: the loading phase and each call are printed.", "nothing"),
    RunOption(("--timeout",), "timeout", "End it then.", "seconds", "SECONDS"),
    RunOption(("-q", "--quiet"), "quiet", "No banner.", "nothing"),
    RunOption(("--machine",), "machine", "QEMU's machine: microvm, pc or q35.", metavar="NAME"),
    RunOption(("--accelerator", "--accel"), "accelerator", "auto, tcg or kvm.", metavar="NAME"),
    RunOption(("--cpu",), "cpu", "QEMU's processor model; default host (kvm) or max (tcg).", metavar="MODEL"),
    RunOption(("--handlers",), "handlers", "Answer calls by the functions that this file defines.", "words", "FILE.py"),
    RunOption(
        ("--handler-errors",),
        "handler_errors",
        "When a handler raises: the program gets EIO, or the run ends.",
        metavar="eio|stop",
    ),
    RunOption(("--fail",), "fail", "Let calls fail: write:ENOSPC:after=3", "words", "CALLS:ERRNO[:KEY=VALUE]"),
    RunOption(("--delay",), "delay", "Let calls take longer: read:10ms", "words", "CALLS:TIME[:KEY=VALUE]"),
)


def options_and_argv(
    options: Options, given: Collection[str], folder: str | None, binary: str | None, arguments: Sequence[str]
) -> tuple[Options, list[str]]:
    """What a run is called with: in a project's folder as that says where the command line does not.

    `given` are the fields that the command line set. Raises UsageError, and ProjectError and BuildError of a project.
    """
    if is_project(folder):
        from pathlib import Path

        from unishim.project.running import project_run

        return project_run(Path(folder or "."), options, given, binary, arguments)
    if binary is None:
        raise UsageError("no program given; name its file, or go to a project's folder (unishim init makes one)")
    return options, [binary, *arguments]


def environment_of(words: Sequence[str]) -> dict[str, str]:
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
