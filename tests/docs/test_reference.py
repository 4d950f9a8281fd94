"""Generated pages match the sources, and all parameters of the kernel are documented."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from docs_tools.pages import FOLDER, PAGES
from unishim.cli.group import unishim
from unishim.paths import kernel_sources

_KERNEL_LINE = FOLDER / "reference" / "kernel-command-line.md"


@pytest.mark.parametrize("name", PAGES)
def test_page_matches_the_sources(name: str) -> None:
    assert (FOLDER / name).read_text() == PAGES[name](), "it has changed: make docs"


def test_parameters_of_the_kernel() -> None:
    """The table contains exactly the names that the kernel parses."""
    boot = (kernel_sources() / "lib" / "ukboot" / "parameters.c").read_text()
    qemu = (kernel_sources() / "plat" / "qemu" / "parameters.c").read_text()
    known = set(re.findall(r'value_of\(\w+, "([\w.]+)="\)', boot)) | set(re.findall(r'strcmp\(word, "(\w+)"\)', boot))
    known |= set(re.findall(r'#define PREFIX "([\w.]+)="', qemu))
    documented = set(re.findall(r"^\| `([\w.]+)[=`]", _KERNEL_LINE.read_text(), re.MULTILINE))
    assert documented == known
    assert len(known) >= 10


def test_examples_are_understood() -> None:
    """The command line accepts each example in a command's help."""
    text = (FOLDER / "reference" / "commands.md").read_text()
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    commands = [part for line in lines for part in re.split(r" && ", line) if part.startswith("unishim ")]
    assert len(commands) > 20
    for line in commands:
        words = shlex.split(re.split(r" [<>|]", line)[0], comments=True)
        context = click.Context(unishim, info_name="unishim")
        command = unishim.get_command(context, words[1])
        assert command is not None, line
        command.make_context(words[1], words[2:], parent=context)
