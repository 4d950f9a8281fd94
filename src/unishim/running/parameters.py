"""The kernel's command line."""

from __future__ import annotations

import os

from unishim.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from unishim.platforms.shares import SharedFolder
    from unishim.running.options import Options


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
    if options.user is not None:
        parameters.append(f"user={options.user}")
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
            return [f"winsize={size.lines}x{size.columns}"] if size.lines and size.columns else []
    return []
