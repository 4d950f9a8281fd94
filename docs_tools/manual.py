"""Generates the manual pages from the commands: `python -m docs_tools.manual DIRECTORY` (make man)."""

from __future__ import annotations

import inspect
import os
import sys
import time
from pathlib import Path

import click

from docs_tools.commands import command_contexts
from unishim import __version__
from unishim.generate.output import write_if_changed

_EXIT_STATUS = (
    "0 on success. 125: the command failed, or its command line is invalid. 126: a file cannot be executed. "
    "127: a file does not exist. 130: interrupted with Ctrl-C. 141: the reader of the output went away."
)


def manual_pages() -> dict[str, str]:
    """The pages by file name, in groff's man macros (groff_man(7))."""
    pages = {}
    for context in command_contexts():
        name = context.command_path.replace(" ", "-")
        pages[f"{name}.1"] = _page(name, context)
    return pages


def write_pages(folder: Path) -> list[Path]:
    """Writes them to a directory and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in manual_pages().items():
        paths.append(folder / name)
        write_if_changed(folder / name, text)
    return paths


def _page(name: str, context: click.Context) -> str:
    command = context.command
    texts, examples = _help(command)
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    lines = [f'.TH {name.upper()} 1 {date} "unishim {__version__}" "User Commands"']
    lines += [".SH NAME", _text(f"{name} - {texts[0].rstrip('.').partition('. ')[0]}").replace(" - ", r" \- ", 1)]
    pieces = " ".join(command.collect_usage_pieces(context))
    lines += [".SH SYNOPSIS", f".B {_text(context.command_path)}", _text(pieces)]
    lines += [".SH DESCRIPTION"]
    for number, text in enumerate(texts):
        lines += [*([".PP"] if number else []), _text(text)]
    records = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for child in command.list_commands(context):
            lines += [".TP", f".BR {_text(f'{name}-{child}')} (1)", _text(_summary(command, context, child))]
    lines.append(".SH OPTIONS")
    for names, meaning in records:
        lines += [".TP", f".B {_text(names)}", _text(meaning) or r"\&"]
    if examples:
        lines += [".SH EXAMPLES", ".nf", *map(_text, examples), ".fi"]
    lines += [".SH EXIT STATUS", _text(command.epilog or _EXIT_STATUS)]
    if name != "unishim":
        lines += [".SH SEE ALSO", ".BR unishim (1)"]
    return "\n".join(lines) + "\n"


def _help(command: click.Command) -> tuple[list[str], list[str]]:
    """The paragraphs of the command's help, one line each, and its examples."""
    texts, examples = [], []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            examples += paragraph.removeprefix("\b").strip("\n").splitlines()
        else:
            texts.append(" ".join(paragraph.split()))
    return texts, examples


def _summary(group: click.Group, context: click.Context, name: str) -> str:
    command = group.get_command(context, name)
    assert command is not None
    return _help(command)[0][0]


def _text(text: str) -> str:
    """One line without requests and escapes; hyphens can be pasted into a shell."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
