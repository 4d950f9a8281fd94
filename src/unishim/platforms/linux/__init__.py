"""The platform `linux`: the kernel as a caged Linux process."""

from __future__ import annotations

import os

from unishim.platforms.platform import Platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from unishim.channel.host import Host
    from unishim.host.check import Check
    from unishim.platforms.outcome import Outcome
    from unishim.running.options import Options

DISPATCH_SINCE = (5, 11)  # Linux, Syscall User Dispatch


def has_dispatch(release: str) -> bool:
    """Whether the Linux of this release, such as "6.1.0-13-amd64", is new enough."""
    major, _, rest = release.partition(".")
    minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) >= DISPATCH_SINCE


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
        if system.sysname != "Linux" or system.machine != "x86_64":
            return f"the `linux` platform needs Linux on x86-64; this is {system.sysname} on {system.machine}"
        if not has_dispatch(system.release):
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
            plan = plan_linux(options, argv, terminals_of(descriptors, may_own=options.gdb is None), stack)
            host = host_of_run()
            listener = None
            if options.gdb is not None:
                from pathlib import Path

                from unishim.debug.remote.listener import announce, listen
                from unishim.host.tools import require_tool

                require_tool("gdbserver")
                listener = listen(options.gdb, stack)
                announce(listener, Path(plan.kernel), quiet=options.quiet)
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
