"""`unishim debug`."""

from __future__ import annotations

import sys

import click

from unishim.cli.run_options import CONTEXT, run_options
from unishim.running.options import Options


@click.command("debug", context_settings=CONTEXT, epilog="The exit status is gdb's.")
@run_options()
@click.option("--ex", "commands", multiple=True, metavar="COMMAND", help="Run a gdb command (repeatable).")
@click.option("--batch", is_flag=True, help="Exit after the commands, and do not read the user's gdbinit.")
def command(options: Options, argv: list[str], commands: tuple[str, ...], batch: bool) -> None:
    """Run BINARY with its ARGUMENTS, or a project's program, under gdb, stopped at its first instruction.

    \b
    unishim debug ./hello
    unishim debug --ex 'break main' --ex continue ./hello
    unishim debug --batch --ex start --ex backtrace --ex 'info unishim memory' ./hello
    unishim debug --platform qemu --ex 'break uk_syscall_r_write' --ex continue ./hello

    gdb loads the symbols of the kernel, the program and its libraries. Additional gdb commands: info unishim threads,
    fds, memory, calls; unishim backtrace TID; set unishim stop-on-signal off.
    """
    from unishim.debug.session import debug

    sys.exit(debug(options, argv, commands=commands, batch=batch))
