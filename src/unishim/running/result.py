"""The result of the Python API's `run`. Nothing here is needed before the program starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unishim.channel.counts import CallCounts
    from unishim.trace.call import Call, Signal

    Event = Call | Signal


@dataclass(frozen=True, slots=True)
class Result:
    """How a program ended.

    `status` is as in a shell: 0-255, 128 + `signal` if a signal ended it (`signal` is 0 otherwise). `wall_s` is the
    whole run in seconds. `boot_ns` and `boot_tsc` are nanoseconds and TSC ticks from the kernel's first instruction to
    the program's first (0 if it was never reached), `phases` the nanoseconds of its parts, `program_ns` those from
    there to the end; `prepare_s` is the time of run() before the launch, `launch_s` the time from there to the kernel's
    first instruction (0 if nothing needed the channel that reports it). `peak_kib` is the peak memory use.
    `patches` are counts for the `linux` platform, else None: of calls through a trap, and of sites by the form of their
    patch, or refused.
    `stdout` and `stderr` are the captured output, or None. `events` are the traced calls and signals, or None; `calls`
    are counts and times by system call, or None.
    """

    status: int
    signal: int
    wall_s: float
    boot_ns: int
    boot_tsc: int
    peak_kib: int
    patches: dict[str, int] | None
    platform: str
    accelerator: str
    stdout: bytes | None = None
    stderr: bytes | None = None
    events: tuple[Event, ...] | None = None
    program_ns: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    prepare_s: float = 0.0
    launch_s: float = 0.0
    calls: tuple[CallCounts, ...] | None = None
