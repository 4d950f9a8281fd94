"""`unishim run`."""

from __future__ import annotations

import sys

import click

from unishim.cli.gdb_option import GdbOption
from unishim.cli.run_options import CONTEXT, EXIT_STATUS, add_click_options, run_options
from unishim.cli.run_outcome import run_or_print
from unishim.cli.run_vocabulary import REPORTING
from unishim.running.options import Options


@click.command("run", context_settings=CONTEXT, epilog=EXIT_STATUS)
@run_options()
@add_click_options(REPORTING)
@click.option("--gdb", cls=GdbOption)
@click.option("--paused", is_flag=True, help="With --gdb: wait for gdb before running (always on for platform linux).")
def command(options: Options, argv: list[str], as_json: bool, dry_run: bool) -> None:
    """Run BINARY with its ARGUMENTS on the unikernel; without BINARY, in a project's directory, run its program.

    \b
    unishim run ./hello
    unishim run --memory 4M --env LANG=C ./tool --verbose < input > output
    unishim run --fail write:ENOSPC:after=3 ./tool
    unishim run --handlers my_calls.py ./tool
    unishim run --stats ./tool
    unishim run --gdb --paused ./hello
    unishim run --core hello.core ./hello
    unishim run --dry-run ./hello
    unishim run -C my-project

    CALLS in --fail and --delay are names, groups such as %file, or a /regular expression. KEYs: after, every, times,
    fd, path (a glob), probability (repeatable with --seed).
    """
    sys.exit(run_or_print(options, argv, as_json=as_json, dry_run=dry_run))
