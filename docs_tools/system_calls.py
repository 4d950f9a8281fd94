"""Generates docs/system-calls.md from the table of system calls and the kernel's registrations."""

from __future__ import annotations

from click.testing import CliRunner

from docs_tools.markdown import NOTE
from unishim.cli.syscalls import command


def system_calls_page() -> str:
    """The output of `unishim syscalls --markdown` as a page."""
    note = NOTE.format(source="`src/unishim/syscalls` and the registrations in `kernel/lib`")
    shown = CliRunner().invoke(command, ["--markdown"], catch_exceptions=False)
    return f"# System calls\n\n{note}\n{shown.stdout}"
