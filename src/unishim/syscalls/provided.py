"""The calls that the kernel provides, according to the build of the image of `unishim run`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from unishim.build.image import ensure_image
from unishim.platforms.choice import choose_platform


@dataclass(frozen=True, slots=True)
class Provided:
    """The library that provides a call, and what is missing of it (None: nothing)."""

    library: str
    partial: str | None


def provided_calls() -> dict[str, Provided]:
    """The provided calls by name; builds the image if it does not exist."""
    listing = ensure_image(choose_platform()[0].name).parent / "include" / "uk" / "bits" / "provided_syscalls.json"
    return {name: Provided(**facts) for name, facts in json.loads(listing.read_text()).items()}
