"""Generates docs/reference/commands.md from the commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from docs_tools.markdown import NOTE, code, heading, table
from unishim.cli.group import unishim
from unishim.cli.qemu_guest import command as qemu_guest


def commands_page() -> str:
    """One section per command: what it does, its usage, examples, options."""
    page = "# Commands\n\n" + NOTE.format(source="the commands in `src/unishim/cli`")
    page += (
        "\nEach command prints the same text with `--help`. The [exit status](exit-statuses.md) is that of the "
        "program, or says what went wrong.\n"
    )
    return page + "".join(_section(context) for context in command_contexts() if context.command is not unishim)


def command_contexts() -> Iterator[click.Context]:
    """The contexts of all commands, the group first. The command path of each is what a user types."""
    root = click.Context(unishim, info_name="unishim")
    yield root
    for name in unishim.list_commands(root):
        command = unishim.get_command(root, name)
        assert command is not None
        yield click.Context(command, info_name=name, parent=root)
    yield click.Context(qemu_guest, info_name="qemu-guest")


def _section(context: click.Context) -> str:
    command = context.command
    text, examples = "", ""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            examples += paragraph.removeprefix("\b").strip("\n") + "\n"
        else:
            text += " ".join(paragraph.split()) + "\n\n"
    section = heading(2, command.name or "") + text
    section += code("text", " ".join([context.command_path, *command.collect_usage_pieces(context)]), "a usage line")
    if examples:
        section += "\n" + code("sh", examples, "the files are the user's; a test parses the options")
    # --help is the same everywhere; the usage line shows arguments without a text.
    records = (parameter.get_help_record(context) for parameter in command.params)
    rows = [record for record in records if record is not None and record[1]]
    return section + "\n" + table(("option", "meaning"), ((f"`{name}`", meaning) for name, meaning in rows))
