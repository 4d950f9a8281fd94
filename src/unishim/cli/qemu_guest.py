"""The command `qemu-guest`, compatible with Unikraft's script of that name, for kernels of the platform qemu."""

from __future__ import annotations

import sys

import click

from unishim import __version__
from unishim.cli.gdb_option import GdbOption
from unishim.cli.run_options import EXIT_STATUS

_MACHINES = {"x86pc": "pc", "x86q35": "q35"}  # Unikraft's names


@click.command("qemu-guest", context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_STATUS)
@click.option(
    "-k",
    "--kernel",
    metavar="KERNEL",
    type=click.Path(readable=False),
    required=True,
    help="Kernel image: build/NAME_kvm-x86_64.",
)
@click.option(
    "-i",
    "--initrd",
    metavar="INITRD",
    type=click.Path(readable=False),
    help="Initial ramdisk: a program, or the root file system as a (compressed) cpio or tar archive or a directory.",
)
@click.option(
    "-e",
    "--share",
    metavar="DIR[:ro]",
    type=click.Path(readable=False),
    help="Use a host directory as the root (9P tag fs0).",
)
@click.option("-g", "--gdb", cls=GdbOption)
@click.option("-P", "--paused", is_flag=True, help="Start the guest paused, until gdb continues it.")
@click.option(
    "-m", "--memory", default="128", show_default=True, metavar="MB", help="Memory in MiB, or with a suffix: 1G."
)
@click.option(
    "-c",
    "--cpus",
    "processors",
    type=click.IntRange(1, 255),
    default=1,
    show_default=True,
    metavar="CPUS",
    help="Number of processors; the kernel uses only the first.",
)
@click.option(
    "-a",
    "--append",
    "arguments",
    default="",
    metavar="ARGS",
    help="Append to the kernel command line, as one string: parameters, then -- and the program's argv.",
)
@click.option(
    "-t", "--type", "machine", default="microvm", show_default=True, help="QEMU machine type: microvm, pc or q35."
)
@click.option("-W", "--no-acceleration", "emulated", is_flag=True, help="Do not use KVM, even where it works.")
@click.option(
    "-x",
    "--background",
    is_flag=True,
    help="Run in the background; print QEMU's process ID, output file and input socket. QEMU exits with the guest.",
)
@click.option("-D", "--dry-run", is_flag=True, help="Print QEMU's command line instead of running it.")
@click.argument("extra", nargs=-1, type=click.UNPROCESSED, metavar="[-- QEMU_ARGS...]")
@click.version_option(__version__, prog_name="qemu-guest")
def command(
    kernel: str,
    initrd: str | None,
    share: str | None,
    gdb: str | None,
    paused: bool,
    memory: str,
    processors: int,
    arguments: str,
    machine: str,
    emulated: bool,
    background: bool,
    dry_run: bool,
    extra: tuple[str, ...],
) -> None:
    """Run a kernel image in QEMU, with an initial ramdisk or a host directory as its root.

    \b
    qemu-guest -k build/qemu/elfloader_kvm-x86_64 -i ./hello
    qemu-guest -k build/qemu/elfloader_kvm-x86_64 -e rootfs/ -a "-- /bin/app --option"
    qemu-guest -k build/qemu/elfloader_kvm-x86_64 -i ./hello -m 64 -g -P
    qemu-guest -k build/qemu/elfloader_kvm-x86_64 -i ./hello -D
    """
    from unishim.platforms.qemu import guest as qemu_guest

    guest = qemu_guest.Guest(
        kernel,
        initrd,
        share,
        memory,
        processors,
        arguments,
        gdb,
        paused,
        _MACHINES.get(machine, machine),
        "tcg" if emulated else "auto",
        extra,
    )
    if dry_run:
        click.echo(qemu_guest.dry_run(guest))
        return
    if processors > 1:
        click.echo(f"qemu-guest: the kernel uses one processor; {processors - 1} of {processors} stay idle", err=True)
    if background:
        process, output, given = qemu_guest.start_guest(guest)
        click.echo(f"process {process}\noutput {output}\ninput {given}")
        return
    sys.exit(qemu_guest.run_guest(guest))


def main() -> None:
    """Like the entry point of `unishim`, for the command qemu-guest."""
    from unishim.cli import run_command

    run_command("unishim.cli.qemu_guest:command", "qemu-guest")
