"""`unishim run`."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict

import click

from unishim.cli.gdb_option import GdbOption
from unishim.cli.run_options import CONTEXT, EXIT_STATUS, run_options
from unishim.running.options import Options


@click.command("run", context_settings=CONTEXT, epilog=EXIT_STATUS)
@run_options()
@click.option("--stats", "statistics", is_flag=True, help="Print calls, times and memory to stderr after the run.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="After the run, print status and times (and calls, with --stats) to stderr as JSON.",
)
@click.option("--dry-run", is_flag=True, help="Print the equivalent command line instead of running it.")
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
    if dry_run:
        from unishim.running.dry_run import dry_run as command_line

        click.echo(command_line(options, argv))
        return
    from unishim.running.runner import run_with

    python_s = time.process_time()
    result = run_with(options, argv)
    if as_json:
        import json

        left_out = ("stdout", "stderr", "events") if options.statistics else ("stdout", "stderr", "events", "calls")
        facts = {key: value for key, value in asdict(result).items() if key not in left_out}
        print(json.dumps(facts), file=sys.stderr)
    elif options.statistics:
        from unishim.cli.statistics import print_statistics

        print_statistics(result, python_s)
    sys.exit(result.status)
