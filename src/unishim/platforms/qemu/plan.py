"""The plan of a run in a virtual machine, after checking everything that can be checked on the host."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.platforms.memory import parse_memory
from unishim.platforms.qemu.command import ACCELERATORS, MACHINES, Channels, Machine, qemu_command
from unishim.platforms.qemu.parameters import machine_command_line
from unishim.printable import say
from unishim.rootfs.choice import choose_initrd
from unishim.running.options import require
from unishim.running.plan import find_kernel, shares_of

if TYPE_CHECKING:
    from unishim.running.options import Options


def plan_machine(
    options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None, *, clock: bool = True
) -> Machine:
    """Checks everything that can be checked on the host, and returns what to run.

    `stack` holds what is packed for the run; without a stack, the program is passed to the kernel as it is.
    """
    require(options.machine, tuple(MACHINES), "--machine")
    require(options.accelerator, ACCELERATORS, "--accelerator")
    memory = parse_memory(options.memory)
    shares = shares_of(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    append = machine_command_line(options, argv, terminals, program, shares, clock=clock)
    machine = Machine(
        Path(find_kernel(options, "qemu")), initrd, append, memory, options.machine, "tcg", options.cpu, shares=shares
    )
    if options.paused:
        machine = replace(machine, extra=("-S",))
    return with_accelerator(machine, options)


def with_accelerator(machine: Machine, options: Options) -> Machine:
    """The machine with the accelerator that the options name, or else one that works here."""
    if options.accelerator != "auto":
        return replace(machine, accelerator=options.accelerator)
    from unishim.platforms.qemu.accelerator import choose_accelerator

    accelerator, reason = choose_accelerator(machine)
    if reason and not options.quiet:
        say(f"KVM cannot be used here: {reason}; using TCG")
    return replace(machine, accelerator=accelerator)


def dry_run(options: Options, argv: Sequence[str]) -> str:
    """QEMU's command line, quoted for a shell."""
    from unishim.running.dry_run import packing_by_hand

    with ExitStack() as stack:
        plan = plan_machine(options, argv, 0, stack, clock=False)
    if options.gdb is not None:
        from unishim.platforms.qemu.gdb_stub import stub_by_hand

        plan = stub_by_hand(plan, options.gdb)
    packing, initrd = packing_by_hand(plan.initrd, options, argv)
    return packing + shlex.join(qemu_command(replace(plan, initrd=initrd), Channels()))
