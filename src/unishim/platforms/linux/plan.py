"""The plan of a run on the `linux` platform, after checking everything that can be checked on the host."""

from __future__ import annotations

from contextlib import ExitStack

from unishim.errors import UsageError
from unishim.platforms.command_line import quote
from unishim.platforms.linux.process import Process, linux_command
from unishim.platforms.memory import parse_memory
from unishim.rootfs.choice import choose_initrd
from unishim.running.parameters import kernel_parameters
from unishim.running.plan import find_kernel, shares_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from unishim.running.options import Options


def plan_linux(options: Options, argv: Sequence[str], terminals: int, stack: ExitStack | None = None) -> Process:
    """Checks everything that can be checked on the host, and returns what to run.

    `stack` holds what is packed for the run; without a stack, the program is passed to the kernel as it is.
    """
    memory = parse_memory(options.memory)
    shares = shares_of(options)
    initrd, program = choose_initrd(options, argv, memory, stack)
    parameters = " ".join(quote(word) for word in kernel_parameters(options, terminals, program, shares))
    if "\0" in parameters + "".join(argv):
        raise UsageError("an argument or an environment variable contains a NUL byte; remove it")
    kernel = find_kernel(options, "linux")
    return Process(kernel, initrd, parameters, tuple(argv), memory, shares, terminals)


def dry_run(options: Options, argv: Sequence[str]) -> str:
    """The image's command line, quoted for a shell."""
    import shlex

    from unishim.running.dry_run import packing_by_hand

    with ExitStack() as stack:
        plan = plan_linux(options, argv, 0, stack)
    packing, initrd = packing_by_hand(plan.initrd, options, argv)
    plan = plan.replace(initrd=initrd)
    # The socket is inherited, which a shell cannot arrange.
    notes = "".join(f"# FD: a socket whose other end serves {shared.folder} over 9P\n" for shared in plan.shares)
    command = linux_command(plan, [word for shared in plan.shares for word in ("-s", f"{shared.tag}=FD")])
    if options.gdb is not None:
        from unishim.platforms.linux.gdbserver import must_not_see_extended_state
        from unishim.platforms.linux.without_extended_state import command_without_extended_state

        # gdbserver cannot listen on a Unix socket, and its port would be open to everybody.
        command = ["gdbserver", "-", *command]
        if must_not_see_extended_state():
            command = command_without_extended_state(command)
        command = ["gdb", "-ex", f"target remote | {shlex.join(command)}"]
    return notes + packing + shlex.join(command)
