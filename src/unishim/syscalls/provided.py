"""Which calls the kernel provides: what the last build of the default image says."""

from __future__ import annotations

import json

from unishim.build.image import ensure_image


def provided_calls() -> frozenset[str]:
    """Names of the calls that the image of `unishim run` answers; it is built when it is not there."""
    listing = ensure_image().parent / "include" / "uk" / "bits" / "provided_syscalls.json"
    return frozenset(json.loads(listing.read_text()))
