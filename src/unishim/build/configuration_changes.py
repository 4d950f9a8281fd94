"""What happened to kernel options of older versions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Renamed:
    """The option is now called `name` and has the same values."""

    name: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The option no longer exists; `reason` is a clause for the user."""

    reason: str


# By name without CONFIG_. A commit that removes an option from a Config.uk also adds it here.
CHANGES: dict[str, Renamed | Dropped] = {
    "PLAT_PROCESS": Renamed("PLAT_LINUX"),
}
