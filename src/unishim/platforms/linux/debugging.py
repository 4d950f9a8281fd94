"""gdb on the `linux` platform: gdb starts the image."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.debug.session import run_gdb, script_arguments, symbols_of
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import connect, linux_command
from unishim.platforms.terminals import terminals_of
from unishim.running.hosting import make_host

if TYPE_CHECKING:
    from unishim.running.options import Options


def debug(options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
    """Runs gdb on a program; returns gdb's exit status."""
    with ExitStack() as stack:
        plan = plan_linux(options, argv, terminals_of((0, 1, 2)), stack)
        symbols = symbols_of(Path(plan.kernel))
        host = make_host(options, lambda event: print(event, file=sys.stderr), 32, argv=argv)
        connections = connect(plan, stack, host)
        script = script_arguments(options, argv, commands, [f'symbol-file "{symbols}"'])
        image = linux_command(plan, connections.extra)
        return run_gdb([*gdb, *script, "--args", *image], options.timeout, connections.inherited)
