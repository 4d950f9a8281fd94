"""Runs a kernel image in QEMU as it is, for `qemu-guest`, with the command line and the runner of all runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from unishim.debug.remote.address import UNIX, check_address
from unishim.debug.remote.listener import announce, listen
from unishim.errors import PlatformError, UsageError
from unishim.platforms.choice import platform_of
from unishim.platforms.command_line import quote
from unishim.platforms.memory import parse_memory
from unishim.platforms.qemu.command import MACHINES, Channels, Machine, qemu_command
from unishim.platforms.qemu.gdb_stub import stub_by_hand, with_stub
from unishim.platforms.qemu.machine import find_qemu, run_machine
from unishim.platforms.qemu.parameters import check_append, machine_parameters
from unishim.platforms.qemu.plan import with_accelerator
from unishim.platforms.qemu.streams import open_streams
from unishim.platforms.shares import shared_folders
from unishim.rootfs.choice import choose_initrd
from unishim.running.dry_run import packing_by_hand
from unishim.running.options import Options, require
from unishim.running.plan import find_kernel

_START_TIMEOUT = 30  # seconds for QEMU to go to the background


@dataclass(frozen=True, slots=True)
class Guest:
    """The options of `qemu-guest`; see its --help."""

    kernel: str
    initrd: str | None = None
    share: str | None = None
    memory: str = "128M"
    processors: int = 1
    arguments: str = ""
    gdb: str | None = None
    paused: bool = False
    machine: str = "microvm"
    accelerator: str = "auto"
    extra: tuple[str, ...] = ()


def run_guest(guest: Guest) -> int:
    """Runs it to its end; returns the same exit status as `unishim run`. Raises UnishimError."""
    with ExitStack() as stack, open_streams(0, 1, 2) as streams:
        machine = _plan(guest, streams.terminals, stack)
        if guest.gdb is not None:
            machine = _with_gdb(machine, guest.gdb, stack)
        return run_machine(machine, streams, None).status


def start_guest(guest: Guest) -> tuple[int, Path, Path]:
    """Starts it in the background; returns QEMU's process ID, the file for all output, and the socket for input.

    Once the program has started to read, the input ends when the client of the socket disconnects. Raises UnishimError.
    """
    if guest.gdb is not None and check_address(guest.gdb)[0] == "tcp":
        raise UsageError(f"--gdb {guest.gdb}: nothing filters a port of a guest in the background; use --gdb alone")
    folder = Path(tempfile.mkdtemp(prefix="qemu-guest-"))
    output, number = folder / "output", folder / "pid"
    given = folder / "input"
    channels = Channels(os.fspath(output), os.fspath(output), stdin=f"socket,path={given},server=on,wait=off")
    with ExitStack() as kept, ExitStack() as stack:
        machine = _plan(guest, 0, stack)
        if guest.gdb is not None:
            # The socket is QEMU's; it outlives this process.
            address = guest.gdb if guest.gdb != UNIX else f"{UNIX}:{folder / 'gdb'}"
            machine = _with_gdb(machine, address, kept)
        command = qemu_command(machine, channels, qemu=find_qemu())
        done = subprocess.run(
            [*command, "-daemonize", "-pidfile", os.fspath(number)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_START_TIMEOUT,
            pass_fds=machine.inherited,
        )
        if not done.returncode:
            kept.pop_all()
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise PlatformError(f"QEMU did not start: {lines[-1] if lines else f'status {done.returncode}'}")
    return int(number.read_text()), output, given


def dry_run(guest: Guest) -> str:
    """The equivalent command line, quoted for a shell."""
    with ExitStack() as stack:
        machine = _plan(guest, 0, stack, clock=False)
        if guest.gdb is not None:
            machine = stub_by_hand(machine, guest.gdb)
    packing, initrd = packing_by_hand(machine.initrd, Options(initrd=guest.initrd), ())
    return packing + shlex.join(qemu_command(replace(machine, initrd=initrd), Channels()))


def _with_gdb(machine: Machine, address: str, stack: ExitStack) -> Machine:
    listener = listen(address, stack)
    announce(listener, machine.kernel, quiet=True)
    return with_stub(machine, listener, stack)


def _plan(guest: Guest, terminals: int, stack: ExitStack, *, clock: bool = True) -> Machine:
    if guest.gdb is not None:
        check_address(guest.gdb)
    elif guest.paused:
        raise UsageError("--paused: only gdb could continue the guest; add --gdb")
    platform = platform_of(guest.kernel)
    if platform is not None and platform.name != "qemu":
        raise UsageError(
            f"--kernel {guest.kernel}: an image for the platform {platform.name}; build one for a virtual machine "
            "with: unishim build -p qemu"
        )
    require(guest.machine, tuple(MACHINES), "--type")
    memory = parse_memory(guest.memory)
    options = Options(
        platform="qemu",
        kernel=guest.kernel,
        initrd=guest.initrd,
        quiet=False,
        machine=guest.machine,
        accelerator=guest.accelerator,
    )
    shares = () if guest.share is None else shared_folders(guest.share, (), has_initrd=guest.initrd is not None)
    initrd = program = None
    if guest.initrd is not None:
        initrd, program = choose_initrd(options, [guest.initrd], memory, stack)
    parameters = machine_parameters(options, terminals, program, shares, clock=clock)
    append = " ".join([*map(quote, parameters), *([guest.arguments] if guest.arguments else [])])
    check_append(append, guest.machine, guest.kernel)
    extra = guest.extra
    if guest.processors > 1:
        extra = ("-smp", str(guest.processors), *extra)
    if guest.paused:
        extra = ("-S", *extra)
    kernel = Path(find_kernel(options, "qemu"))
    machine = Machine(kernel, initrd, append, memory, guest.machine, "tcg", shares=shares, extra=extra)
    return with_accelerator(machine, options)
