"""`unishim run`."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from unishim.cli.run_options import CONTEXT, EXIT_STATUS, run_options
from unishim.runner import Options


@click.command("run", context_settings=CONTEXT, epilog=EXIT_STATUS)
@run_options("-e", "--share")
@click.option("--json", "as_json", is_flag=True, help="Afterwards, print status and times as JSON on stderr.")
@click.option("--dry-run", is_flag=True, help="Print the command line that does the same by hand.")
@click.argument("binary")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(options: Options, binary: str, arguments: tuple[str, ...], as_json: bool, dry_run: bool) -> None:
    """Run BINARY with its ARGUMENTS on the unikernel.

    \b
    unishim run ./hello
    unishim run --memory 4M --env LANG=C ./tool --verbose < input > output
    unishim run --fail write:ENOSPC:after=3 ./tool
    unishim run --handlers my_calls.py ./tool
    unishim run --dry-run ./hello

    CALLS of --fail and --delay are names, %file and its kin, or /a regular expression. KEYs: after, every, times, fd,
    path (a glob), probability (repeatable by --seed).
    """
    from unishim import runner

    argv = [binary, *arguments]
    if dry_run:
        click.echo(runner.dry_run(options, argv))
        return
    result = runner.run_with(options, argv)
    if as_json:
        import json

        facts = {key: value for key, value in asdict(result).items() if key not in ("stdout", "stderr", "events")}
        print(json.dumps(facts), file=sys.stderr)
    sys.exit(result.status)
