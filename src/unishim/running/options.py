"""The options of a run."""

from __future__ import annotations

import os

from unishim.errors import UsageError, unknown_choice
from unishim.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from unishim.handlers.definitions import Handler

DEFAULT_MEMORY = "128M"
TIMEOUT_MAX = 2_000_000  # seconds; poll(2) counts milliseconds in 31 bits


class Options(Record, kw_only=True):
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
    user: str | None = None
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


def require_no_nul(options: Options, argv: Sequence[str]) -> None:
    """Raises UsageError for a NUL byte, which no path, argument or variable can contain."""
    for name in Options.fields:
        value = getattr(options, name)
        if name not in ("stdin", "handlers") and _has_nul(value):
            raise UsageError(f"{name}: contains a NUL byte; remove it")
    if _has_nul(argv):
        raise UsageError("an argument contains a NUL byte; remove it")


def _has_nul(value: object) -> bool:
    if isinstance(value, (str, os.PathLike)):
        return "\0" in os.fsdecode(value)
    if isinstance(value, (list, tuple)):
        return any(map(_has_nul, value))
    if hasattr(value, "items"):  # asking for collections.abc.Mapping takes an import
        return any(_has_nul(name) or _has_nul(text) for name, text in value.items())
    return False
