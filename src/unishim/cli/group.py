"""The group of commands; each command is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from unishim import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "build": "Build a project or a kernel.",
    "completion": "Print the shell completion script.",
    "clean": "Remove a project's build results.",
    "configure": "Configure a kernel: a project's, or one for a given program.",
    "debug": "Run a program under gdb.",
    "doctor": "Check what this machine supports, and how to fix what is missing.",
    "init": "Create a project from a template.",
    "inspect": "Describe a program and list the system calls it makes.",
    "list": "List templates, libraries, platforms and architectures.",
    "menuconfig": "Change a kernel's configuration in menus.",
    "olddefconfig": "Set the options that .config does not name to their defaults.",
    "pack": "Write the archive that a run would use as initial ramdisk.",
    "run": "Run a program on the unikernel.",
    "savedefconfig": "Write the options that differ from the defaults.",
    "trace": "Run a program and print its system calls.",
    "syscalls": "List the system calls that the kernel provides.",
    "up": "Create a project, configure it, build it and run it.",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"unishim.cli.{cmd_name}"), "command")  # noqa: B009
        if ctx.resilient_parsing:
            from unishim.cli.completion_types import add_types

            add_types(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's, but suggests a command with a similar name."""
        name = args[0]
        if not ctx.resilient_parsing and name not in _COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(name, _COMMANDS, 1)
            ctx.fail(f"No such command '{name}'." + (f" Did you mean '{close[0]}'?" if close else ""))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Completes the commands, without importing them, or this command's own options."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=help) for name, help in _COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unishim")
@click.pass_context
def unishim(ctx: click.Context) -> None:
    """Run unmodified Linux programs on a unikernel.

    \b
    unishim run ./hello
    unishim init -t helloworld hello && cd hello && make run
    unishim doctor
    unishim run --help
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
