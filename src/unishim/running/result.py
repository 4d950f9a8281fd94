"""What the Python API's `run` returns. Nothing here is needed before the program starts."""

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

    `status` is as a shell has it: 0-255, 128 + `signal` when a signal ended it (`signal` is 0 otherwise). `wall_s` is
    the whole run in seconds. `boot_ns` and `boot_tsc` are nanoseconds and TSC ticks from the kernel's first instruction
    to the program's first (0 when it was never reached), `phases` the nanoseconds of its parts, `program_ns` those from
    there to the end; `prepare_s` is what run() took before the launch, `launch_s` what it took from there to the
    kernel's first instruction (0 when nothing asked for the channel that tells it). `peak_kib` is the most memory in
    use.
    `patches` are counts of the `linux` platform, else None: of calls that came by a trap, and of sites by the form of
    their patch, or refused.
    `stdout` and `stderr` are what was captured, or None. `events` are the calls and signals that were traced, or None;
    `calls` are counts and times by system call, or None.
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
