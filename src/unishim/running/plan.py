"""The plan of a run: what to start, after checking everything that can be checked on the host."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.errors import UsageError
from unishim.platforms.command_line import quote
from unishim.platforms.memory import parse_memory
from unishim.rootfs.choice import choose_initrd
from unishim.running.options import TIMEOUT_MAX, Options, require
from unishim.running.parameters import kernel_parameters, machine_command_line

if TYPE_CHECKING:
    from unishim.platforms.linux import Process
    from unishim.platforms.qemu_command import Machine
    from unishim.platforms.shares import SharedFolder


def with_platform(options: Options) -> Options:
    """The options, with the platform chosen."""
    from unishim.platforms.choice import check_platform, choose_platform, platform_of

    platform = options.platform
    if platform is None or platform == "auto":
        wants_machine = (options.machine, options.accelerator, options.cpu) != ("microvm", "auto", None)
        platform, reason = choose_platform(kernel=options.kernel, wants_machine=wants_machine)
        if options.platform == "auto":
            print(f"unishim: platform {platform}: {reason}", file=sys.stderr, flush=True)
    if options.timeout is not None and not 0 < options.timeout <= TIMEOUT_MAX:
        raise UsageError(
            f"--timeout {options.timeout}: must be above 0 and at most {TIMEOUT_MAX} seconds; omit it to wait without "
            "limit"
        )
    if options.paused and options.gdb is None:
        raise UsageError("--paused waits for gdb; add --gdb PORT")
    platform = check_platform(platform)
    if options.kernel is not None and platform_of(options.kernel) not in (None, platform):
        raise UsageError(f"--kernel {options.kernel}: not an image for the platform {platform}; see --platform")
    return replace(options, platform=platform)


def plan_machine(
    options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None, *, clock: bool = True
) -> Machine:
    """Checks everything that can be checked on the host, and returns what to run.

    `stack` holds what is packed for the run; without a stack, the program is passed to the kernel as it is.
    """
    from unishim.platforms.qemu_command import ACCELERATORS, MACHINES, Machine

    require(options.machine, tuple(MACHINES), "--machine")
    require(options.accelerator, ACCELERATORS, "--accelerator")
    memory = parse_memory(options.memory)
    shares = _shares(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    append = machine_command_line(options, argv, terminals, program, shares, clock=clock)
    machine = Machine(find_kernel(options), initrd, append, memory, options.machine, "tcg", options.cpu, shares=shares)
    if options.gdb is not None:
        stub = ("-gdb", f"tcp:127.0.0.1:{options.gdb}", *(["-S"] if options.paused else []))
        machine = replace(machine, extra=stub)
    return with_accelerator(machine, options)


def plan_linux(options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None) -> Process:
    """Like plan_machine(), for a Linux process."""
    from unishim.platforms.linux import Process

    memory = parse_memory(options.memory)
    shares = _shares(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    parameters = " ".join(quote(word) for word in kernel_parameters(options, terminals, program, shares))
    if "\0" in parameters + "".join(argv):
        raise UsageError("an argument or an environment variable contains a NUL byte; remove it")
    return Process(find_kernel(options), initrd, parameters, tuple(argv), memory, shares)


def _shares(options: Options) -> tuple[SharedFolder, ...]:
    if options.share is None and not options.mounts:
        return ()
    from unishim.platforms.shares import shared_folders

    share = None if options.share is None else os.fspath(options.share)
    return shared_folders(share, options.mounts, has_initrd=options.initrd is not None)


def with_accelerator(machine: Machine, options: Options) -> Machine:
    """The machine with the accelerator that the options name, or else one that works here."""
    if options.accelerator != "auto":
        return replace(machine, accelerator=options.accelerator)
    from unishim.platforms.accelerator import choose_accelerator

    accelerator, reason = choose_accelerator(machine)
    if reason and not options.quiet:
        print(f"KVM cannot be used here: {reason}; using TCG", file=sys.stderr, flush=True)
    return replace(machine, accelerator=accelerator)


def find_kernel(options: Options) -> Path:
    """The image to run; it is built unless the user names one."""
    if options.kernel is None:
        from unishim.build.image import ensure_image

        return ensure_image(options.platform or "qemu", debug=options.debug)
    kernel = Path(options.kernel)
    if not kernel.is_file():
        raise UsageError(f"--kernel {kernel}: no such file; build one with: unishim build")
    return kernel.absolute()


def terminals_of(descriptors: Sequence[int]) -> int:
    """Bit n: descriptor n is a terminal."""
    return sum(1 << number for number, descriptor in enumerate(descriptors) if os.isatty(descriptor))
