"""What became of options of the kernel that older versions had."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Renamed:
    """The option is called `name` now, with the same values."""

    name: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """There is no such option any more; `reason` is a clause for the user."""

    reason: str


# By the name without CONFIG_. An option that leaves a Config.uk is entered here, in the same commit.
CHANGES: dict[str, Renamed | Dropped] = {
    "PLAT_PROCESS": Renamed("PLAT_LINUX"),
}
