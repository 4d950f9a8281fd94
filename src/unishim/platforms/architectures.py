"""The architectures that kernels are built for."""

from __future__ import annotations

from unishim.errors import UsageError

ARCHITECTURES = ("x86_64",)
_OTHER_NAMES = {"x86-64": "x86_64", "amd64": "x86_64"}  # psABI's spelling, Debian's


def check_architecture(name: str) -> str:
    """The architecture with that name. Raises UsageError if it does not exist."""
    known = _OTHER_NAMES.get(name, name)
    if known not in ARCHITECTURES:
        raise UsageError(f"--architecture {name}: unknown; choose one of {', '.join(ARCHITECTURES)}")
    return known
