"""Which calls the kernel provides: what the build of the image of `unishim run` says."""

from __future__ import annotations

import json

from unishim.build.image import ensure_image


def provided_calls() -> dict[str, str]:
    """The library of each provided call by the call's name; the image is built when it is not there."""
    listing = ensure_image().parent / "include" / "uk" / "bits" / "provided_syscalls.json"
    libraries: dict[str, str] = json.loads(listing.read_text())
    return libraries
