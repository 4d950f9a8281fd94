"""Running a program: the Python API's `run`, which the command line uses too."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.errors import BinaryError, UsageError
from unishim.platforms.command_line import join, quote
from unishim.platforms.memory import parse_memory
from unishim.rootfs.choice import choose_initrd, is_packed, pack_command

if TYPE_CHECKING:
    from unishim.channel.host import Host
    from unishim.handlers.definitions import Handler
    from unishim.platforms.outcome import FaultCode, Outcome
    from unishim.platforms.process import Process
    from unishim.platforms.qemu_command import Machine
    from unishim.platforms.shares import SharedFolder
    from unishim.result import Event, Result

DEFAULT_MEMORY = "128M"
_PACKED = "initrd.cpio"  # the file that the commands of a dry run make and take


@dataclass(frozen=True, slots=True)
class Options:
    """What can be said about a run; see `unishim run --help`."""

    platform: str | None = None
    memory: str = DEFAULT_MEMORY
    env: Mapping[str, str] | None = None
    initrd: str | os.PathLike[str] | None = None
    debug: bool = False
    timeout: float | None = None
    kernel: str | os.PathLike[str] | None = None
    quiet: bool = True
    seed: int | None = None
    machine: str = "microvm"
    accelerator: str = "auto"
    cpu: str | None = None
    handlers: Sequence[Handler | Sequence[Handler] | str | os.PathLike[str]] = ()
    handler_errors: str = "eio"
    fail: Sequence[str] = ()
    delay: Sequence[str] = ()
    trace: str | None = None
    trace_times: bool = True
    with_libs: bool = True
    add: Sequence[str] = ()
    keep_times: bool = False
    workdir: str | None = None
    share: str | os.PathLike[str] | None = None
    mounts: Sequence[str] = ()
    statistics: bool = False
    core: str | os.PathLike[str] | None = None
    gdb: int | None = None
    paused: bool = False
    debugger: bool = False


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

    `platform` is process or qemu (None: $UNISHIM_PLATFORM, else what fits here; "auto" also says which). `argv[0]` is
    the program's file on the host, unless `initrd` names another file that holds it, or an archive or a folder in which
    it lies. `with_libs` packs a dynamic program's libraries, `add` ("HOST:/GUEST") more files, `keep_times` the times
    of a folder. `workdir` is the folder in the guest to start in. `share` is a folder of the host that becomes the
    root: `argv[0]` is a path in it then. `mounts` are further folders, "DIR:/PATH" or "DIR:/PATH:ro". `timeout` is in
    seconds; when it runs out, `status` is 124. `stdin` is given to the program (None: this process's own stdin).
    `handlers` are functions decorated by unishim.handlers, or files that define some; `fail` and `delay` are rules as
    of the command line's options; `trace` names the calls to record ("all", "%file", "read,write") in the result's
    `events`, whose times are 0 without `trace_times`, which cost more than the rest of a record. `statistics` counts
    the calls, in the result's `calls`. `core` is where a core file is written when a signal that dumps one on Linux
    ends the program.
    Raises UnishimError: BinaryError for a file that can not be executed, PlatformError for a machine that can not be
    started, HandlerError for a handler that can not be registered.
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
    """As run(), with the options in one object.

    `sink` gets each event of the trace as it is known, `at_start` the memory map with which the program begins.
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
        run_on = _run_process if options.platform == "process" else _run_machine
        outcome, accelerator, host = run_on(options, argv, descriptors, sink or events.append, text_limit, at_start)
        if outcome.code is not None:
            _print_disassembly(outcome.code, descriptors[2])
        contents = [_contents(descriptor) for descriptor in captured]
    finally:
        for descriptor in [*captured, *([] if given is None else [given])]:
            os.close(descriptor)
    from unishim.result import Result

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
    """Below the kernel's report."""
    from unishim.elf.disassembly import disassembly

    with contextlib.suppress(OSError):
        os.write(descriptor, f"Disassembly:\n{disassembly(code.code, code.before, code.address)}".encode())


def _say_how_to_connect(options: Options) -> None:
    from unishim.debug.session import connect_command

    print(f"unishim: for gdb: {connect_command(options)}", file=sys.stderr, flush=True)


def with_platform(options: Options) -> Options:
    """The options with a platform that is chosen."""
    from unishim.platforms.choice import PLATFORMS, choose_platform, platform_of

    platform = options.platform
    if platform is None or platform == "auto":
        wants_machine = (options.machine, options.accelerator, options.cpu) != ("microvm", "auto", None)
        platform, reason = choose_platform(kernel=options.kernel, wants_machine=wants_machine)
        if options.platform == "auto":
            print(f"unishim: platform {platform}: {reason}", file=sys.stderr, flush=True)
    if options.paused and options.gdb is None:
        raise UsageError("--paused waits for gdb; add --gdb PORT")
    _require(platform, PLATFORMS, "--platform")
    if options.kernel is not None and platform_of(options.kernel) not in (None, platform):
        raise UsageError(f"--kernel {options.kernel}: not for the platform {platform}; see --platform")
    return replace(options, platform=platform)


def _run_machine(
    options: Options,
    argv: Sequence[str],
    descriptors: tuple[int, int, int],
    sink: Callable[[Event], None],
    text_limit: int,
    at_start: Callable[[str], None] | None,
) -> tuple[Outcome, str, Host | None]:
    """The outcome, the accelerator, and who served the channel."""
    from unishim.platforms.qemu import run_machine
    from unishim.platforms.streams import open_streams

    with ExitStack() as stack, open_streams(*descriptors) as streams:
        plan = plan_machine(options, argv, streams.terminals, stack)
        host = make_host(options, sink, text_limit, at_start, argv=argv)
        outcome = run_machine(replace(plan, channel=host is not None), streams, options.timeout, host)
    return outcome, plan.accelerator, host


def _run_process(
    options: Options,
    argv: Sequence[str],
    descriptors: tuple[int, int, int],
    sink: Callable[[Event], None],
    text_limit: int,
    at_start: Callable[[str], None] | None,
) -> tuple[Outcome, str, Host | None]:
    """As _run_machine(); what runs the program's code is the processor itself."""
    from unishim.platforms.process import run_process

    with ExitStack() as stack:
        plan = plan_process(options, argv, terminals_of(descriptors), stack)
        host = make_host(options, sink, text_limit, at_start, argv=argv)
        outcome = run_process(plan, descriptors, options.timeout, host, gdb=options.gdb)
        return outcome, "native", host


def terminals_of(descriptors: Sequence[int]) -> int:
    """Bit n: descriptor n is a terminal."""
    return sum(1 << number for number, descriptor in enumerate(descriptors) if os.isatty(descriptor))


def make_host(
    options: Options,
    sink: Callable[[Event], None],
    text_limit: int,
    at_start: Callable[[str], None] | None = None,
    *,
    argv: Sequence[str] = (),
) -> Host | None:
    """Who serves the channel of a run; None when nothing asks for one. Raises HandlerError and UsageError."""
    calls_are_wanted = options.statistics or options.handlers or options.fail or options.delay
    if options.trace is None and options.core is None and not calls_are_wanted:
        return None
    from unishim.channel.host import Hooks, Host

    hooks = Hooks()
    answer = drain = None
    if options.handlers or options.fail or options.delay:
        from unishim.handlers.chain import ON_ERROR, Chain
        from unishim.handlers.collect import collect_handlers

        _require(options.handler_errors, ON_ERROR, "--handler-errors")
        chain = Chain(collect_handlers(options), on_error=options.handler_errors)
        chain.set_hooks(hooks)
        answer = chain.answer
    if options.trace is not None:
        from unishim.channel.layout import HOOK_TRACE
        from unishim.syscalls.expressions import parse_calls
        from unishim.trace.ring import Drain

        if options.trace == "all":
            hooks.add_all(HOOK_TRACE)
        else:
            hooks.add([call.number for call in parse_calls(options.trace)], HOOK_TRACE)
        drain = Drain(sink, timed=options.trace_times)
    end = None
    if options.core is not None:
        from unishim.debug.core import CoreFile
        from unishim.debug.host_files import host_files

        end = CoreFile(os.fspath(options.core), *host_files(options, argv)).dump
    if options.statistics:
        from unishim.channel.layout import HOOK_COUNT

        hooks.add_all(HOOK_COUNT)
    return Host(
        hooks,
        answer=answer,
        drain=drain,
        end=end,
        text_limit=text_limit,
        timed=options.trace_times,
        counts=options.statistics,
        at_start=at_start,
    )


def dry_run(options: Options, argv: Sequence[str]) -> str:
    """The command line that does the same by hand, quoted for a shell."""
    import shlex

    options = with_platform(options)
    with ExitStack() as stack:
        plan: Process | Machine
        if options.platform == "process":
            plan = plan_process(options, argv, 0, stack)
        else:
            plan = plan_machine(options, argv, 0, stack, clock=False)
    packing = ""
    if is_packed(plan.initrd):
        packing = shlex.join(pack_command(options, argv, _PACKED)) + " && "
        plan = replace(plan, initrd=_PACKED)
    notes = ""
    if options.platform == "process":
        # A socket is inherited, which no shell can do.
        notes = "".join(f"# FD: a socket whose other end serves {shared.folder} over 9P\n" for shared in plan.shares)
    return notes + packing + shlex.join(_command(plan, options))


def _command(plan: Process | Machine, options: Options) -> list[str]:
    from unishim.platforms.process import Process, process_command

    if isinstance(plan, Process):
        command = process_command(plan, [word for shared in plan.shares for word in ("-s", f"{shared.tag}=FD")])
        return command if options.gdb is None else ["gdbserver", "--once", f"localhost:{options.gdb}", *command]
    from unishim.platforms.qemu_command import Channels, qemu_command

    return qemu_command(plan, Channels())


def plan_machine(
    options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None, *, clock: bool = True
) -> Machine:
    """Checks everything that can be checked here, and says what to run.

    `stack` holds what is packed for it; without one, a program is given to the kernel as it is.
    """
    from unishim.platforms.qemu_command import ACCELERATORS, MACHINES, Machine

    _require(options.machine, tuple(MACHINES), "--machine")
    _require(options.accelerator, ACCELERATORS, "--accelerator")
    memory = parse_memory(options.memory)
    shares = _shares(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    append = _append(options, argv, terminals, program, shares, clock=clock)
    machine = Machine(find_kernel(options), initrd, append, memory, options.machine, "tcg", options.cpu, shares=shares)
    if options.gdb is not None:
        stub = ("-gdb", f"tcp:127.0.0.1:{options.gdb}", *(["-S"] if options.paused else []))
        machine = replace(machine, extra=stub)
    return with_accelerator(machine, options)


def plan_process(options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None) -> Process:
    """As plan_machine(), for a Linux process."""
    from unishim.platforms.process import Process

    memory = parse_memory(options.memory)
    shares = _shares(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    parameters = " ".join(quote(word) for word in kernel_parameters(options, terminals, program, shares))
    if "\0" in parameters + "".join(argv):
        raise UsageError("an argument or a variable has a NUL byte in it; remove it")
    return Process(find_kernel(options), initrd, parameters, tuple(argv), memory, shares)


def _shares(options: Options) -> tuple[SharedFolder, ...]:
    if options.share is None and not options.mounts:
        return ()
    from unishim.platforms.shares import shared_folders

    share = None if options.share is None else os.fspath(options.share)
    return shared_folders(share, options.mounts, has_initrd=options.initrd is not None)


def with_accelerator(machine: Machine, options: Options) -> Machine:
    """The machine with the accelerator that the options name, or that works here."""
    if options.accelerator != "auto":
        return replace(machine, accelerator=options.accelerator)
    from unishim.platforms.accelerator import choose_accelerator

    accelerator, reason = choose_accelerator(machine)
    if reason and not options.quiet:
        print(f"KVM cannot be used here: {reason}; using TCG", file=sys.stderr, flush=True)
    return replace(machine, accelerator=accelerator)


def _append(
    options: Options,
    argv: Sequence[str],
    terminals: int,
    program: str | None,
    shares: Sequence[SharedFolder],
    *,
    clock: bool,
) -> str:
    parameters = machine_parameters(options, terminals, program, shares, clock=clock)
    line = join(parameters, argv)
    check_append(line, options.machine, argv[0])
    return line


def machine_parameters(
    options: Options, terminals: int, program: str | None, shares: Sequence[SharedFolder], *, clock: bool
) -> list[str]:
    """The parameters of a kernel in a virtual machine, `clock`: with the time of day."""
    from unishim.platforms.qemu_command import microvm_transport

    parameters = kernel_parameters(options, terminals, program, shares)
    if options.machine == "microvm":
        parameters += [microvm_transport(number) for number in range(1 + len(shares))]
    if clock:
        parameters.append(f"clock={time.time_ns()}")
    return parameters


def check_append(line: str, machine: str, name: str) -> None:
    """Raises UsageError or BinaryError, which names `name`, for a command line that the machine can not take."""
    from unishim.platforms.qemu_command import COMMAND_LINE_MAX

    if "\0" in line:
        raise UsageError("an argument or a variable has a NUL byte in it; remove it")
    limit = COMMAND_LINE_MAX.get(machine)
    if limit is not None and len(os.fsencode(line)) > limit:
        raise BinaryError(
            f"{name}: argument list too long: {len(os.fsencode(line))} bytes with the environment, "
            f"{machine} takes {limit}; use --machine microvm"
        )


def kernel_parameters(
    options: Options, terminals: int, program: str | None, shares: Sequence[SharedFolder]
) -> list[str]:
    """Of the kernel, on every platform."""
    parameters = ["quiet"] if options.quiet else []
    if options.debugger or options.gdb is not None:
        parameters.append("debugger")
    if program is not None:
        parameters.append(f"exe={program}")
    if options.workdir is not None:
        parameters.append(f"workdir={options.workdir}")
    if options.seed is not None:
        if not 0 <= options.seed < 1 << 64:
            raise UsageError(f"--seed {options.seed}: not a 64-bit number; choose one from 0 to 2^64 - 1")
        parameters.append(f"seed={options.seed}")
    if terminals:
        parameters.append(f"tty={terminals}")
        parameters += _window_size(terminals)
    for name, value in (options.env or {}).items():
        if not name or "=" in name:
            raise UsageError(f"--env {name}={value}: not a name of a variable; write NAME=VALUE")
        parameters.append(f"env={name}={value}")
    return parameters + [shared.fstab for shared in shares]


def _window_size(terminals: int) -> list[str]:
    for descriptor in range(3):
        if terminals >> descriptor & 1:
            size = os.get_terminal_size(descriptor)
            return [f"winsize={size.lines}x{size.columns}"]
    return []


def find_kernel(options: Options) -> Path:
    """The image to run, built when it is none of the user's."""
    if options.kernel is None:
        from unishim.build.image import ensure_image

        return ensure_image(options.platform or "qemu", debug=options.debug)
    kernel = Path(options.kernel)
    if not kernel.is_file():
        raise UsageError(f"--kernel {kernel}: no such file; build one with: unishim build")
    return kernel.absolute()


def _require(value: str, choices: Sequence[str], name: str) -> None:
    if value not in choices:
        raise UsageError(f"{name} {value}: unknown; choose one of {', '.join(choices)}")


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
