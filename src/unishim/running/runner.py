"""Runs a program: the Python API's `run`, which the command line uses too."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

from unishim.running.hosting import make_host
from unishim.running.options import DEFAULT_MEMORY, Options
from unishim.running.plan import plan_linux, plan_machine, terminals_of, with_platform

if TYPE_CHECKING:
    from unishim.channel.host import Host
    from unishim.handlers.definitions import Handler
    from unishim.platforms.outcome import FaultCode, Outcome
    from unishim.running.result import Event, Result


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    platform: str | None = None,
    memory: str = DEFAULT_MEMORY,
    env: Mapping[str, str] | None = None,
    initrd: str | os.PathLike[str] | None = None,
    debug: bool = False,
    timeout: float | None = None,
    kernel: str | os.PathLike[str] | None = None,
    quiet: bool = True,
    seed: int | None = None,
    machine: str = "microvm",
    accelerator: str = "auto",
    cpu: str | None = None,
    handlers: Sequence[Handler | Sequence[Handler] | str | os.PathLike[str]] = (),
    handler_errors: str = "eio",
    fail: Sequence[str] = (),
    delay: Sequence[str] = (),
    trace: str | None = None,
    trace_times: bool = True,
    with_libs: bool = True,
    add: Sequence[str] = (),
    keep_times: bool = False,
    workdir: str | None = None,
    share: str | os.PathLike[str] | None = None,
    mounts: Sequence[str] = (),
    statistics: bool = False,
    core: str | os.PathLike[str] | None = None,
    stdin: bytes | None = None,
    capture_output: bool = False,
) -> Result:
    """Runs a program on the unikernel and waits for its end.

    `platform` is linux or qemu (None: $UNISHIM_PLATFORM, else what works here; "auto" also prints the choice).
    `argv[0]` is the program's file on the host, unless `initrd` names another file with the program, or an archive or
    directory that contains it. `with_libs` packs a dynamic program's libraries, `add` ("HOST:/GUEST") more files;
    `keep_times` keeps the times of a directory's files. `workdir` is the directory in the guest to start in. `share` is
    a host directory that becomes the root; `argv[0]` is then a path in it. `mounts` are further directories,
    "DIR:/PATH" or "DIR:/PATH:ro". `timeout` is in seconds; if it expires, `status` is 124. `stdin` is the program's
    input (None: this process's own stdin). `handlers` are functions decorated with unishim.handlers, or files that
    define some; `fail` and `delay` are rules as in the command line's options; `trace` names the calls to record
    ("all", "%file", "read,write") in the result's `events`, whose times are 0 without `trace_times`, which cost more
    than the rest of a record. `statistics` counts the calls, in the result's `calls`. `core` is the path of the core
    file to write if a signal that dumps core on Linux ends the program. Raises UnishimError: BinaryError for a file
    that cannot be executed, PlatformError for a guest that cannot be started, HandlerError for a handler that cannot be
    registered.
    """
    options = Options(
        platform,
        memory,
        env,
        initrd,
        debug,
        timeout,
        kernel,
        quiet,
        seed,
        machine,
        accelerator,
        cpu,
        handlers,
        handler_errors,
        fail,
        delay,
        trace,
        trace_times,
        with_libs,
        add,
        keep_times,
        workdir,
        share,
        mounts,
        statistics,
        core,
    )
    return run_with(options, [os.fspath(word) for word in argv], stdin=stdin, capture_output=capture_output)


def run_with(
    options: Options,
    argv: Sequence[str],
    *,
    stdin: bytes | None = None,
    capture_output: bool = False,
    sink: Callable[[Event], None] | None = None,
    text_limit: int = 32,
    at_start: Callable[[str], None] | None = None,
) -> Result:
    """Like run(), with the options in one object.

    `sink` is called with each event of the trace, `at_start` with the program's initial memory map.
    """
    begun = time.monotonic()
    options = with_platform(options)
    if options.gdb is not None and not options.quiet:
        _say_how_to_connect(options)
    captured = [os.memfd_create(name) for name in ("stdout", "stderr")] if capture_output else []
    given = None if stdin is None else _memory_file(stdin)
    events: list[Event] = []
    try:
        stdout, stderr = captured or (1, 2)
        descriptors = (0 if given is None else given, stdout, stderr)
        run_on = _run_linux if options.platform == "linux" else _run_machine
        host_of_run = partial(make_host, options, sink or events.append, text_limit, at_start, argv=argv)
        outcome, accelerator, host = run_on(options, argv, descriptors, host_of_run)
        if outcome.code is not None:
            _print_disassembly(outcome.code, descriptors[2])
        contents = [_contents(descriptor) for descriptor in captured]
    finally:
        for descriptor in [*captured, *([] if given is None else [given])]:
            os.close(descriptor)
    from unishim.running.result import Result

    fields = asdict(outcome)
    del fields["code"]
    launched = fields.pop("launched_s")
    return Result(
        **fields,
        prepare_s=max(launched - begun, 0.0),
        launch_s=max(host.entered_s - launched, 0.0) if host is not None else 0.0,
        platform=options.platform or "",
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


def _say_how_to_connect(options: Options) -> None:
    from unishim.debug.session import connect_command

    print(f"unishim: for gdb: {connect_command(options)}", file=sys.stderr, flush=True)


def _run_machine(
    options: Options,
    argv: Sequence[str],
    descriptors: tuple[int, int, int],
    host_of_run: Callable[[], Host | None],
) -> tuple[Outcome, str, Host | None]:
    """The outcome, the accelerator, and the channel host, which `host_of_run` creates after all checks."""
    from unishim.platforms.qemu import run_machine
    from unishim.platforms.streams import open_streams

    with ExitStack() as stack, open_streams(*descriptors) as streams:
        plan = plan_machine(options, argv, streams.terminals, stack)
        host = host_of_run()
        outcome = run_machine(replace(plan, channel=host is not None), streams, options.timeout, host)
    return outcome, plan.accelerator, host


def _run_linux(
    options: Options,
    argv: Sequence[str],
    descriptors: tuple[int, int, int],
    host_of_run: Callable[[], Host | None],
) -> tuple[Outcome, str, Host | None]:
    """Like _run_machine(), but the processor itself runs the program's code."""
    from unishim.platforms.linux import run_linux

    with ExitStack() as stack:
        plan = plan_linux(options, argv, terminals_of(descriptors), stack)
        host = host_of_run()
        outcome = run_linux(plan, descriptors, options.timeout, host, gdb=options.gdb)
        return outcome, "native", host


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
