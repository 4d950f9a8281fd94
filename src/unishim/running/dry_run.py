"""The command line that is equivalent to a run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from unishim.platforms.linux import Process, linux_command
from unishim.rootfs.choice import is_packed, pack_command
from unishim.running.plan import plan_linux, plan_machine, with_platform

if TYPE_CHECKING:
    from unishim.platforms.qemu_command import Machine
    from unishim.running.options import Options

_PACKED = "initrd.cpio"  # the file that the commands of a dry run create and use


def dry_run(options: Options, argv: Sequence[str]) -> str:
    """The equivalent command line, quoted for a shell."""
    options = with_platform(options)
    with ExitStack() as stack:
        plan: Process | Machine
        if options.platform == "linux":
            plan = plan_linux(options, argv, 0, stack)
        else:
            plan = plan_machine(options, argv, 0, stack, clock=False)
    packing, initrd = packing_by_hand(plan.initrd, options, argv)
    plan = replace(plan, initrd=initrd)
    notes = ""
    if options.platform == "linux":
        # The socket is inherited, which a shell cannot arrange.
        notes = "".join(f"# FD: a socket whose other end serves {shared.folder} over 9P\n" for shared in plan.shares)
    return notes + packing + shlex.join(_command(plan, options))


def packing_by_hand(initrd: str | None, options: Options, argv: Sequence[str]) -> tuple[str, str | None]:
    """The command that packs the initrd, if it is packed, to precede another command; and the file that it creates."""
    if not is_packed(initrd):
        return "", initrd
    return shlex.join(pack_command(options, argv, _PACKED)) + " && ", _PACKED


def _command(plan: Process | Machine, options: Options) -> list[str]:
    if isinstance(plan, Process):
        command = linux_command(plan, [word for shared in plan.shares for word in ("-s", f"{shared.tag}=FD")])
        return command if options.gdb is None else ["gdbserver", "--once", f"localhost:{options.gdb}", *command]
    from unishim.platforms.qemu_command import Channels, qemu_command

    return qemu_command(plan, Channels())
