"""The options of a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unishim.errors import unknown_choice

if TYPE_CHECKING:
    from unishim.handlers.definitions import Handler

DEFAULT_MEMORY = "128M"
TIMEOUT_MAX = 2_000_000  # seconds; poll(2) counts milliseconds in 31 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a run; see `unishim run --help`, and unishim.run(), which has them as parameters."""

    platform: str | None = None
    memory: str = DEFAULT_MEMORY
    env: Mapping[str, str] | None = None
    initrd: str | os.PathLike[str] | None = None
    debug: bool = False
    timeout: float | None = None
    kernel: str | os.PathLike[str] | None = None
    quiet: bool = True
    seed: int | None = None
    machine: str = "microvm"
    accelerator: str = "auto"
    cpu: str | None = None
    handlers: Sequence[Handler | Sequence[Handler] | str | os.PathLike[str]] = ()
    handler_errors: str = "eio"
    fail: Sequence[str] = ()
    delay: Sequence[str] = ()
    trace: str | None = None
    trace_times: bool = True
    with_libs: bool = True
    add: Sequence[str] = ()
    keep_times: bool = False
    workdir: str | None = None
    share: str | os.PathLike[str] | None = None
    mounts: Sequence[str] = ()
    statistics: bool = False
    core: str | os.PathLike[str] | None = None
    gdb: str | None = None
    paused: bool = False
    debugger: bool = False
    stdin: bytes | None = None
    capture_output: bool = False


def require(value: str, choices: Sequence[str], name: str) -> None:
    """Raises UsageError, which names the option, for a value that is not one of the choices."""
    if value not in choices:
        raise unknown_choice(f"{name} {value}", choices)
