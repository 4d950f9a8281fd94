"""Runs a program, for the Python API and for the command line."""

from __future__ import annotations

import contextlib
import os
import time
from functools import partial

from unishim.running.hosting import make_host
from unishim.running.options import Options, require_no_nul
from unishim.running.plan import with_platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from unishim.platforms.outcome import FaultCode
    from unishim.running.result import Event, Result


def run_with(
    options: Options,
    argv: Sequence[str],
    *,
    sink: Callable[[Event], None] | None = None,
    text_limit: int = 32,
    at_start: Callable[[str], None] | None = None,
) -> Result:
    """Like unishim.run(), with the options in one object.

    `sink` is called with each event of the trace, `at_start` with the program's initial memory map.
    """
    begun = time.monotonic()
    require_no_nul(options, argv)
    options, platform = with_platform(options)
    captured = [os.memfd_create(name) for name in ("stdout", "stderr")] if options.capture_output else []
    given = None if options.stdin is None else _memory_file(options.stdin)
    events: list[Event] = []
    try:
        stdout, stderr = captured or (1, 2)
        descriptors = (0 if given is None else given, stdout, stderr)
        host_of_run = partial(make_host, options, sink or events.append, text_limit, at_start, argv=argv)
        outcome, accelerator, host = platform.run(options, argv, descriptors, host_of_run)
        if outcome.code is not None:
            _print_disassembly(outcome.code, descriptors[2])
        contents = [_contents(descriptor) for descriptor in captured]
    finally:
        for descriptor in [*captured, *([] if given is None else [given])]:
            os.close(descriptor)
    from dataclasses import asdict

    from unishim.running.result import Result

    fields = asdict(outcome)
    del fields["code"]
    launched = fields.pop("launched_s")
    return Result(
        **fields,
        prepare_s=max(launched - begun, 0.0),
        launch_s=max(host.entered_s - launched, 0.0) if host is not None else 0.0,
        platform=platform.name,
        accelerator=accelerator,
        stdout=contents[0] if contents else None,
        stderr=contents[1] if contents else None,
        events=tuple(events) if options.trace is not None and sink is None else None,
        calls=host.counts() if host is not None and options.statistics else None,
    )


def _print_disassembly(code: FaultCode, descriptor: int) -> None:
    """Prints the disassembly after the kernel's report."""
    from unishim.elf.disassembly import disassembly

    with contextlib.suppress(OSError):
        os.write(descriptor, f"Disassembly:\n{disassembly(code.code, code.before, code.address)}".encode())


def _memory_file(data: bytes) -> int:
    descriptor = os.memfd_create("stdin")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _contents(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()
