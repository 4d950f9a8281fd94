"""The kernel's command line."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unishim.errors import BinaryError, UsageError
from unishim.platforms.command_line import join

if TYPE_CHECKING:
    from unishim.platforms.shares import SharedFolder
    from unishim.running.options import Options


def machine_command_line(
    options: Options,
    argv: Sequence[str],
    terminals: int,
    program: str | None,
    shares: Sequence[SharedFolder],
    *,
    clock: bool,
) -> str:
    """The kernel's command line in a virtual machine. Raises UsageError and BinaryError."""
    parameters = machine_parameters(options, terminals, program, shares, clock=clock)
    line = join(parameters, argv)
    check_append(line, options.machine, argv[0])
    return line


def machine_parameters(
    options: Options, terminals: int, program: str | None, shares: Sequence[SharedFolder], *, clock: bool
) -> list[str]:
    """The parameters of a kernel in a virtual machine; `clock`: include the time of day."""
    from unishim.platforms.qemu_command import microvm_transport

    parameters = kernel_parameters(options, terminals, program, shares)
    if options.machine == "microvm":
        parameters += [microvm_transport(number) for number in range(1 + len(shares))]
    if clock:
        parameters.append(f"clock={time.time_ns()}")
    return parameters


def check_append(line: str, machine: str, name: str) -> None:
    """Raises UsageError or BinaryError, which names `name`, for a command line that the machine does not support."""
    from unishim.platforms.qemu_command import COMMAND_LINE_MAX

    if "\0" in line:
        raise UsageError("an argument or an environment variable contains a NUL byte; remove it")
    limit = COMMAND_LINE_MAX.get(machine)
    if limit is not None and len(os.fsencode(line)) > limit:
        raise BinaryError(
            f"{name}: argument list too long: {len(os.fsencode(line))} bytes with the environment, but "
            f"{machine} supports only {limit}; use --machine microvm"
        )


def kernel_parameters(
    options: Options, terminals: int, program: str | None, shares: Sequence[SharedFolder]
) -> list[str]:
    """The kernel parameters for every platform."""
    parameters = ["quiet"] if options.quiet else []
    if options.debugger or options.gdb is not None:
        parameters.append("debugger")
    if program is not None:
        parameters.append(f"exe={program}")
    if options.workdir is not None:
        parameters.append(f"workdir={options.workdir}")
    if options.seed is not None:
        if not 0 <= options.seed < 1 << 64:
            raise UsageError(f"--seed {options.seed}: not a 64-bit number; choose one from 0 to 2^64 - 1")
        parameters.append(f"seed={options.seed}")
    if terminals:
        parameters.append(f"tty={terminals}")
        parameters += _window_size(terminals)
    for name, value in (options.env or {}).items():
        if not name or "=" in name:
            raise UsageError(f"--env {name}={value}: not a variable name; write NAME=VALUE")
        parameters.append(f"env={name}={value}")
    return parameters + [shared.fstab for shared in shares]


def _window_size(terminals: int) -> list[str]:
    for descriptor in range(3):
        if terminals >> descriptor & 1:
            size = os.get_terminal_size(descriptor)
            return [f"winsize={size.lines}x{size.columns}"]
    return []
