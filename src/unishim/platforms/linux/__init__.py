"""The platform `linux`: the kernel as a caged Linux process."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from unishim.platforms.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from unishim.channel.host import Host
    from unishim.host.check import Check
    from unishim.platforms.outcome import Outcome
    from unishim.running.options import Options

DISPATCH_SINCE = (5, 11)  # Linux, Syscall User Dispatch


class Linux(Platform):
    """The image is an executable, which inherits the program's streams."""

    name = "linux"
    aliases = ("process",)  # its former name; the word now means the guest's processes
    image_suffix = "linux-x86_64"
    about = "A Linux process: the image is an executable."
    launched = "the process"
    makes_standalone_files = True

    def obstacle(self) -> str | None:
        """Why the platform cannot be used here, or None."""
        system = os.uname()
        release = re.match(r"(\d+)\.(\d+)", system.release)
        if system.sysname != "Linux" or system.machine != "x86_64":
            return f"the `linux` platform needs Linux on x86-64; this is {system.sysname} on {system.machine}"
        if release is None or (int(release[1]), int(release[2])) < DISPATCH_SINCE:
            return f"Linux {system.release} has no Syscall User Dispatch, which the `linux` platform needs"
        return None

    def reason(self) -> str:
        """The feature of the host's kernel that makes it usable."""
        return f"Linux {os.uname().release.partition('-')[0]} has Syscall User Dispatch"

    def checks(self) -> Iterator[Check]:
        """What the host's kernel permits a process to do."""
        from unishim.platforms.linux.checks import checks

        return checks()

    def run(
        self,
        options: Options,
        argv: Sequence[str],
        descriptors: tuple[int, int, int],
        host_of_run: Callable[[], Host | None],
    ) -> tuple[Outcome, str, Host | None]:
        """The processor itself runs the program's code, so the accelerator is "native"."""
        from contextlib import ExitStack

        from unishim.platforms.linux.plan import plan_linux
        from unishim.platforms.linux.process import run_linux
        from unishim.platforms.terminals import terminals_of

        with ExitStack() as stack:
            plan = plan_linux(options, argv, terminals_of(descriptors), stack)
            host = host_of_run()
            listener = None
            if options.gdb is not None:
                from unishim.debug.remote.listener import announce, listen
                from unishim.host.tools import require_tool

                require_tool("gdbserver")
                listener = listen(options.gdb, stack)
                announce(listener, plan.kernel, quiet=options.quiet)
            outcome = run_linux(plan, descriptors, options.timeout, host, gdb=listener)
            return outcome, "native", host

    def dry_run(self, options: Options, argv: Sequence[str]) -> str:
        """The image's command line, preceded by gdbserver with --gdb."""
        from unishim.platforms.linux.plan import dry_run

        return dry_run(options, argv)

    def debug(self, options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
        """Gdb starts the image."""
        from unishim.platforms.linux.debugging import debug

        return debug(options, argv, gdb, commands)
