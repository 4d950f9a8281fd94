"""The group of commands; each is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from unishim import __version__

_COMMANDS = {
    "build": "Build a project, or a kernel.",
    "clean": "Remove what was built of a project.",
    "configure": "Write the configuration of a kernel: a project's, or the one that a program needs.",
    "debug": "Run a program under gdb.",
    "init": "Make a project from a template.",
    "inspect": "Say what a program is and which system calls it makes.",
    "list": "List templates, libraries, platforms and architectures.",
    "menuconfig": "Change the configuration of a kernel in menus.",
    "olddefconfig": "Give new options of a configuration their defaults.",
    "pack": "Write the archive that a run would make.",
    "run": "Run a program on the unikernel.",
    "savedefconfig": "Write what a configuration changes of the defaults.",
    "trace": "Run a program and print its system calls.",
    "syscalls": "Say which system calls the kernel provides.",
    "up": "Make a project, configure it, build it and run it.",
}


class _LazyGroup(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """Ctrl-C ends with the shell's status for it, where click would say 1."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(130)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"unishim.cli.{cmd_name}"), "command")  # noqa: B009
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unishim")
def unishim() -> None:
    """Run unmodified Linux programs on a unikernel."""
