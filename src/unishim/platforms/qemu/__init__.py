"""The platform `qemu`: the kernel in a virtual machine."""

from __future__ import annotations

from unishim.platforms.platform import Platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from unishim.channel.host import Host
    from unishim.host.check import Check
    from unishim.platforms.outcome import Outcome
    from unishim.running.options import Options


class Qemu(Platform):
    """The image is a kernel that QEMU boots."""

    name = "qemu"
    image_suffix = "kvm-x86_64"
    about = "A virtual machine."
    launched = "QEMU"
    own_options = ("machine", "accelerator", "cpu")
    own_options_reason = "--machine, --accelerator and --cpu are for virtual machines"

    def fix(self) -> str | None:
        """The required programs that are not installed, or None."""
        from unishim.host.tools import missing_tools
        from unishim.platforms.qemu.command import QEMU

        return missing_tools(QEMU, "setpriv")

    def checks(self) -> Iterator[Check]:
        """QEMU and KVM."""
        from unishim.platforms.qemu.checks import checks

        return checks()

    def run(
        self,
        options: Options,
        argv: Sequence[str],
        descriptors: tuple[int, int, int],
        host_of_run: Callable[[], Host | None],
    ) -> tuple[Outcome, str, Host | None]:
        """The accelerator is "kvm" or "tcg"."""
        from contextlib import ExitStack
        from dataclasses import replace

        from unishim.platforms.qemu.machine import run_machine
        from unishim.platforms.qemu.plan import plan_machine
        from unishim.platforms.qemu.streams import open_streams

        with ExitStack() as stack, open_streams(*descriptors, serve_terminal=True) as streams:
            plan = plan_machine(options, argv, streams.terminals, stack)
            if options.gdb is not None:
                from unishim.debug.remote.listener import announce, listen
                from unishim.platforms.qemu.gdb_stub import with_stub

                listener = listen(options.gdb, stack)
                announce(listener, plan.kernel, quiet=options.quiet)
                plan = with_stub(plan, listener, stack)
            host = host_of_run()
            outcome = run_machine(replace(plan, channel=host is not None), streams, options.timeout, host)
        return outcome, plan.accelerator, host

    def dry_run(self, options: Options, argv: Sequence[str]) -> str:
        """QEMU's command line."""
        from unishim.platforms.qemu.plan import dry_run

        return dry_run(options, argv)

    def debug(self, options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
        """Gdb connects to QEMU's stub."""
        from unishim.platforms.qemu.debugging import debug

        return debug(options, argv, gdb, commands)
