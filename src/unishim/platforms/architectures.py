"""The architectures that kernels are built for."""

from __future__ import annotations

from unishim.errors import unknown_choice

ARCHITECTURES = ("x86_64",)
_OTHER_NAMES = {"x86-64": "x86_64", "amd64": "x86_64"}  # psABI's spelling, Debian's


def check_architecture(name: str) -> str:
    """The architecture with that name. Raises UsageError if it does not exist."""
    known = _OTHER_NAMES.get(name, name)
    if known not in ARCHITECTURES:
        raise unknown_choice(f"--architecture {name}", ARCHITECTURES)
    return known
