"""What `unishim run` does with its options, whichever parser read them."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from unishim.running.options import Options


def run_or_print(options: Options, argv: Sequence[str], *, as_json: bool, dry_run: bool) -> int:
    """Runs the program and prints what is asked for, or prints the equivalent command line; returns the exit status."""
    if dry_run:
        from unishim.running.dry_run import dry_run as command_line

        print(command_line(options, argv))
        return 0
    from unishim.running.runner import run_with

    python_s = time.process_time()
    result = run_with(options, argv)
    if as_json:
        import json
        from dataclasses import asdict

        left_out = ("stdout", "stderr", "events") if options.statistics else ("stdout", "stderr", "events", "calls")
        facts = {key: value for key, value in asdict(result).items() if key not in left_out}
        print(json.dumps(facts), file=sys.stderr)
    elif options.statistics:
        from unishim.cli.statistics import print_statistics

        print_statistics(result, python_s)
    return result.status
