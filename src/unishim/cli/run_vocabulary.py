"""The options of a run, declared once for click and for the parser of `unishim run` that does without click."""

from __future__ import annotations

import os

from unishim.errors import UsageError
from unishim.platforms.registry import ALIASES, PLATFORMS
from unishim.project.folder import is_project
from unishim.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from unishim.running.options import Options


class RunOption(Record):
    """Option names, the field of Options that they set, and the text in --help.

    `kind` is the kind of value: "nothing" (flag), "switch" (names for on and off), "word", "words" (repeatable),
    "number" (whole), "seconds" (above 0), "choice" (one of `choices`, or one of the
    undocumented `aliases` of these).
    """

    names: tuple[str, ...]
    field: str
    help: str
    kind: str = "word"
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] | None = None


# `unishim trace` uses -e as strace does.
SHARE = RunOption(
    ("-e", "--share"), "share", "Use a host directory as the root; BINARY is a path in it.", metavar="DIR[:ro]"
)
# Options that are known before a run; `unishim build --standalone` takes them too.
PACKING = (
    RunOption(("-m", "--memory"), "memory", "Memory size of the guest: 64M, 1G.", metavar="SIZE"),
    RunOption(
        ("--env",), "env", "Set an environment variable; NAME alone copies it from the host.", "words", "NAME[=VALUE]"
    ),
    RunOption(
        ("-i", "--initrd"),
        "initrd",
        "Root file system: a cpio or tar archive, or a directory, in which BINARY is looked up. Or the program's file; "
        "BINARY is then only its argv[0].",
        metavar="FILE",
    ),
    RunOption(
        ("--with-libs", "--without-libs"),
        "with_libs",
        "Pack (default) or do not pack what a dynamic program or a script needs to start.",
        "switch",
    ),
    RunOption(("--add",), "add", "Also pack a file or directory of the host (repeatable).", "words", "HOST[:/GUEST]"),
    RunOption(
        ("--keep-times",), "keep_times", "Keep the files' timestamps; by default all get the same one.", "nothing"
    ),
    RunOption(("--workdir",), "workdir", "Start in this guest directory; default /.", metavar="/PATH"),
    RunOption(
        ("-u", "--user"),
        "user",
        "Start as this user of the guest: numbers, or names of its /etc/passwd and /etc/group; default root.",
        metavar="USER[:GROUP]",
    ),
    RunOption(("-k", "--kernel"), "kernel", "Run this kernel image.", metavar="IMAGE"),
    RunOption(("--seed",), "seed", "Derive all random values from a seed, to make runs repeatable.", "number", "N"),
)
RUNNING = (
    RunOption(
        ("--platform",),
        "platform",
        "Run as a Linux process (default where available) or in a virtual machine; auto prints the choice. "
        "UNISHIM_PLATFORM sets the default.",
        "choice",
        choices=("auto", *PLATFORMS),
        aliases=ALIASES,
    ),
    RunOption(("--mount",), "mounts", "Mount a host directory at /PATH (repeatable).", "words", "DIR:/PATH[:ro]"),
    RunOption(("--core",), "core", "Write a core file when a core-dumping signal ends the program.", metavar="FILE"),
    RunOption(("--debug",), "debug", "Use the debug build, which prints the loading phase and each call.", "nothing"),
    RunOption(("--timeout",), "timeout", "End the run after SECONDS.", "seconds", "SECONDS"),
    RunOption(("-q", "--quiet"), "quiet", "Print no banner.", "nothing"),
    RunOption(("--machine",), "machine", "QEMU machine type: microvm, pc or q35.", metavar="NAME"),
    RunOption(("--accelerator", "--accel"), "accelerator", "QEMU accelerator: auto, tcg or kvm.", metavar="NAME"),
    RunOption(("--cpu",), "cpu", "QEMU processor model; default: host (kvm) or max (tcg).", metavar="MODEL"),
    RunOption(
        ("--handlers",), "handlers", "Handle calls with the functions in this file (repeatable).", "words", "FILE.py"
    ),
    RunOption(
        ("--handler-errors",),
        "handler_errors",
        "If a handler raises: return EIO to the program, or stop the run.",
        metavar="eio|stop",
    ),
    RunOption(("--fail",), "fail", "Make calls fail: write:ENOSPC:after=3", "words", "CALLS:ERRNO[:KEY=VALUE]"),
    RunOption(("--delay",), "delay", "Delay calls: read:10ms", "words", "CALLS:TIME[:KEY=VALUE]"),
)
# Of `unishim run` alone; `as_json` and `dry_run` are no fields of Options.
REPORTING = (
    RunOption(("--stats",), "statistics", "Print calls, times and memory to stderr after the run.", "nothing"),
    RunOption(
        ("--json",),
        "as_json",
        "After the run, print status and times (and calls, with --stats) to stderr as JSON.",
        "nothing",
    ),
    RunOption(("--dry-run",), "dry_run", "Print the equivalent command line instead of running it.", "nothing"),
)


def options_and_argv(
    options: Options, given: Collection[str], folder: str | None, binary: str | None, arguments: Sequence[str]
) -> tuple[Options, list[str]]:
    """The options and argv of a run; in a project's directory, the project sets what the command line does not.

    `given` are the fields that the command line set. Raises UsageError, and ProjectError and BuildError for a project.
    """
    if is_project(folder):
        from pathlib import Path

        from unishim.project.running import project_run

        return project_run(Path(folder or "."), options, given, binary, arguments)
    if binary is None:
        raise UsageError(
            "no program given; name its file, or change to a project's directory (`unishim init` creates one)"
        )
    return options, [binary, *arguments]


def environment_of(words: Sequence[str]) -> dict[str, str]:
    """The variables in the arguments of --env. Raises UsageError."""
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
