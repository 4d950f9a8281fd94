"""Builds the QEMU command line, both for runs and for --dry-run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.channel.layout import SIZE as CHANNEL_SIZE

if TYPE_CHECKING:
    from unishim.platforms.shares import SharedFolder

QEMU = "qemu-system-x86_64"

# A microvm without firmware tables, option ROMs and legacy devices. QEMU does not add to the kernel's command line;
# instead, we name the transport of the first device there.
_MICROVM = "microvm,acpi=off,x-option-roms=off,pit=on,pic=off,rtc=on,isa-serial=off,auto-kernel-cmdline=off"
MACHINES = {"microvm": _MICROVM, "pc": "pc", "q35": "q35"}
ACCELERATORS = ("auto", "tcg", "kvm")
# SeaBIOS's option ROM for PVH has a buffer of this size for the command line.
COMMAND_LINE_MAX = {"pc": 4095, "q35": 4095}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine to run: memory in bytes; accelerator is tcg or kvm; cpu is QEMU's name of a processor model."""

    kernel: Path
    initrd: str | None
    append: str
    memory: int
    machine: str
    accelerator: str
    cpu: str | None = None
    shares: tuple[SharedFolder, ...] = ()
    channel: bool = False  # memory is shared with the host, and there is a bell
    extra: tuple[str, ...] = ()  # more arguments for QEMU
    inherited: tuple[int, ...] = ()  # descriptors that these arguments name


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the machine's streams go: paths for QEMU's character devices. Without a report path, it writes none."""

    stdout: str = "/dev/stdout"
    stderr: str = "/dev/stderr"
    report: str | None = None
    bell: str | None = None
    memory: str | None = None  # the file that is the machine's memory
    terminal: int | None = None  # the descriptor of the connection to the host's terminal
    descriptors: tuple[int, ...] = ()  # inherited, as /dev/fdset/N with the same number
    stdin: str = "stdio"  # a kind of character device, with its options


def microvm_transport(number: int) -> str:
    """The kernel parameter for the transport of a device, numbered from 0 in the order of the command line."""
    # There are eight, each with its own interrupt line; QEMU's bus assigns the last one first.
    return f"virtio_mmio.device=512@{0xFEB00E00 - 512 * number:#x}:{12 - number}"


def machine_memory(machine: Machine) -> int:
    """Bytes of memory that QEMU gives the machine: the channel is additional to the memory for the program."""
    # The block is aligned to its own size, which may cost as much memory again.
    return machine.memory + (2 * CHANNEL_SIZE if machine.channel else 0)


def qemu_command(machine: Machine, channels: Channels, *, qemu: str = QEMU) -> list[str]:
    """QEMU's argv."""
    shared = ",memory-backend=memory" if channels.memory else ""
    command = [qemu, "-M", MACHINES[machine.machine] + shared, "-accel", machine.accelerator]
    command += ["-cpu", machine.cpu or ("host" if machine.accelerator == "kvm" else "max")]
    command += ["-m", f"{machine_memory(machine) >> 10}K"]
    if channels.memory:
        backend = f"memory-backend-file,id=memory,size={machine_memory(machine) >> 10}K,mem-path={channels.memory}"
        command += ["-object", f"{backend},share=on"]
    command += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    command += ["-kernel", os.fspath(machine.kernel)]
    if machine.initrd is not None:
        # QEMU treats a comma as a separator unless it is doubled.
        command += ["-initrd", machine.initrd.replace(",", ",,")]
    command += ["-append", machine.append]
    for descriptor in channels.descriptors:
        command += ["-add-fd", f"fd={descriptor},set={descriptor}"]
    command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    command += ["-chardev", f"file,id=console,path={channels.stderr},append=on"]
    command += ["-device", "isa-debugcon,iobase=0xe9,chardev=console"]
    if channels.report is not None:
        command += ["-chardev", f"file,id=report,path={channels.report},append=on"]
        command += ["-device", "isa-debugcon,iobase=0x5e8,chardev=report"]
    if channels.bell is not None:
        command += ["-chardev", f"file,id=bell,path={channels.bell},append=on"]
        command += ["-device", "isa-debugcon,iobase=0x5e9,chardev=bell"]
    ports = 4 if channels.terminal is None else 5
    if machine.machine == "microvm":
        command += ["-global", "virtio-mmio.force-legacy=off", "-device", f"virtio-serial-device,max_ports={ports}"]
    else:
        command += ["-device", f"virtio-serial-pci,max_ports={ports}"]
    command += ["-chardev", f"{channels.stdin},id=stdin"]
    command += ["-chardev", f"file,id=stdout,path={channels.stdout},append=on"]
    command += ["-chardev", f"file,id=stderr,path={channels.stderr},append=on"]
    for number, name in enumerate(("stdin", "stdout", "stderr"), start=1):
        command += ["-device", f"virtserialport,nr={number},chardev={name},name={name}"]
    if channels.terminal is not None:
        command += ["-chardev", f"socket,id=terminal,fd={channels.terminal}"]
        command += ["-device", "virtserialport,nr=4,chardev=terminal,name=terminal"]
    for folder in machine.shares:
        command += _share_arguments(folder, "device" if machine.machine == "microvm" else "pci")
    return [*command, *machine.extra]


def _share_arguments(shared: SharedFolder, bus: str) -> list[str]:
    # Files are created as this user, with the mode that the guest requests; other owners are not recorded.
    # File systems mounted below the directory get inode numbers of their own.
    backend = f"local,id={shared.tag},path={os.fspath(shared.folder).replace(',', ',,')},security_model=none"
    backend += ",multidevs=remap" + (",readonly=on" if shared.read_only else "")
    return ["-fsdev", backend, "-device", f"virtio-9p-{bus},fsdev={shared.tag},mount_tag={shared.tag}"]
