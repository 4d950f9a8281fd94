"""What a wheel carries beside the Python package: the kernel's sources, its built images and their objects."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface[Any]):
    """Builds the default and the debug image of both platforms, and adds them to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the files; an editable installation uses those of the checkout."""
        if version == "editable":
            return
        root = Path(self.root)
        # The build runs generators with this Python, which knows hatchling and kconfiglib, but not the package.
        sys.path.insert(0, os.fspath(root / "src"))
        os.environ["PYTHONPATH"] = os.fspath(root / "src")
        files = _sources(root / "kernel") | _images(root / "build" / "wheel")
        build_data["force_include"].update({os.fspath(path): f"unishim/{name}" for name, path in files.items()})


def _sources(kernel: Path) -> dict[str, Path]:
    """What a build reads, by its name in the wheel."""
    return {
        f"_kernel/{path.relative_to(kernel)}": path
        for path in kernel.rglob("*")
        if path.is_file() and "tests" not in path.relative_to(kernel).parts
    }


def _images(folder: Path) -> dict[str, Path]:
    """The images and what belongs to them, and the archive of their objects."""
    from unishim.build.image import build, default_options

    files = {}
    for platform in ("process", "qemu"):
        for debug in (False, True):
            name = f"{platform}-debug" if debug else platform
            image = build(folder / name, default_options(platform, debug=debug))
            for file in (image.name, f"{image.name}.dbg", ".config", "include/uk/bits/provided_syscalls.json"):
                files[f"_images/{name}/{file}"] = folder / name / file
    return files
