"""Named constants of Linux on x86-64, by topic. The only place in the Python half that defines them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from unishim.syscalls.constants import (
    control,
    events,
    files,
    memory,
    mounts,
    processes,
    signals,
    sockets,
    terminals,
    times,
)
from unishim.syscalls.constants.constant_set import ConstantSet

_MODULES = (control, events, files, memory, mounts, processes, signals, sockets, terminals, times)

__all__ = ["ConstantSet", "all_sets", "constant_set"]


@cache
def all_sets() -> Mapping[str, ConstantSet]:
    """All sets by name."""
    return {constants.name: constants for module in _MODULES for constants in module.SETS}


def constant_set(name: str) -> ConstantSet:
    """The set of that name. KeyError if it does not exist."""
    return all_sets()[name]
