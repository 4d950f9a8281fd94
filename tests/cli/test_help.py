"""Help, versions and manual pages of every command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click
import pytest

import unishim
from docs_tools.commands import command_contexts
from docs_tools.manual import write_pages
from tests.cli.commands import PATHS, call, examples
from tests.framework import TIMEOUT
from unishim.cli.group import unishim as group
from unishim.cli.qemu_guest import command as qemu_guest


@pytest.mark.parametrize("context", list(command_contexts()), ids=PATHS)
def test_examples(context: click.Context) -> None:
    """Each command has examples of its own, and the command line accepts each of them."""
    lines = examples(context.command)
    assert any(" ".join(words).startswith(context.command_path) for words in lines)
    for words in lines:
        if words[0] == "unishim":
            group.make_context("unishim", words[1:], resilient_parsing=True)
            if words[1:] and not words[1].startswith("-"):
                command = group.get_command(click.Context(group), words[1])
                assert command is not None, words
                if not {"-h", "--help"} & set(words):
                    command.make_context(words[1], words[2:])
        elif words[0] == "qemu-guest":
            qemu_guest.make_context("qemu-guest", words[1:])


def test_help_and_version() -> None:
    for words in (["unishim"], ["unishim", "-h"], ["unishim", "run", "--help"], ["qemu-guest", "-h"]):
        done = call(words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Usage: ")
    for name in ("unishim", "qemu-guest"):
        assert call([name, "--version"]).stdout == f"{name}, version {unishim.__version__}\n"


def test_manual_pages(tmp_path: Path) -> None:
    """One page per command, with exit statuses; neither mandoc nor groff prints a warning."""
    pages = write_pages(tmp_path)
    assert {page.name for page in pages} == {f"{path.replace(' ', '-')}.1" for path in PATHS}
    for page in pages:
        text = page.read_text()
        assert "\n.SH EXIT STATUS\n" in text
        assert "\n.SH EXAMPLES\n" in text
    for command in (["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-ww", "-z", "-K", "utf8"]):
        done = subprocess.run([*command, *pages], check=False, capture_output=True, text=True, timeout=TIMEOUT)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_options_in_the_manual(tmp_path: Path) -> None:
    """As man(1) shows them, so that a user can search for what is typed."""
    write_pages(tmp_path)
    done = subprocess.run(
        ["mandoc", "-T", "ascii", tmp_path / "unishim-run.1"], check=True, capture_output=True, timeout=TIMEOUT
    )
    text = subprocess.run(["col", "-b"], input=done.stdout, check=True, capture_output=True, timeout=TIMEOUT).stdout
    assert b"--memory" in text
    assert b"unishim run --memory 4M --env LANG=C ./tool --verbose < input > output" in text
