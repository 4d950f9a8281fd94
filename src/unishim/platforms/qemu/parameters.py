"""The kernel's command line in a virtual machine."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unishim.errors import BinaryError, UsageError
from unishim.platforms.command_line import join
from unishim.platforms.qemu.command import COMMAND_LINE_MAX, microvm_transport
from unishim.running.parameters import kernel_parameters

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
    parameters = kernel_parameters(options, terminals, program, shares)
    if options.machine == "microvm":
        parameters += [microvm_transport(number) for number in range(1 + len(shares))]
    if clock:
        parameters.append(f"clock={time.time_ns()}")
    return parameters


def check_append(line: str, machine: str, name: str) -> None:
    """Raises UsageError or BinaryError, which names `name`, for a command line that the machine does not support."""
    if "\0" in line:
        raise UsageError("an argument or an environment variable contains a NUL byte; remove it")
    limit = COMMAND_LINE_MAX.get(machine)
    if limit is not None and len(os.fsencode(line)) > limit:
        raise BinaryError(
            f"{name}: argument list too long: {len(os.fsencode(line))} bytes with the environment, but "
            f"{machine} supports only {limit}; use --machine microvm"
        )
