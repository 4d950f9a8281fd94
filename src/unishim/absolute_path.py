"""Absolute paths without pathlib, whose import takes longer than the rest of a run's preparation."""

from __future__ import annotations

import os


def absolute(path: str) -> str:
    """As Path(path).absolute(): without "." and doubled slashes; ".." stays, because links can precede it."""
    whole = path if path.startswith("/") else f"{os.getcwd()}/{path}"
    return "/" + "/".join(name for name in whole.split("/") if name not in ("", "."))
