"""What a wheel contains besides the Python package: kernel sources, images and their objects, manual pages."""

from __future__ import annotations

import os
import sys
import zipfile
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
        # The build runs generators with this Python, which has hatchling and kconfiglib installed, but not the package.
        sys.path.insert(0, os.fspath(root / "src"))
        os.environ["PYTHONPATH"] = os.fspath(root / "src")
        files = _sources(root / "kernel") | _images(root / "build" / "wheel")
        build_data["force_include"].update({os.fspath(path): f"unishim/{name}" for name, path in files.items()})
        sys.path.insert(0, os.fspath(root))
        from docs_tools.manual import write_pages

        pages = write_pages(root / "build" / "man")
        build_data["shared_data"].update({os.fspath(path): f"share/man/man1/{path.name}" for path in pages})


def _sources(kernel: Path) -> dict[str, Path]:
    """The inputs of a build, by their names in the wheel."""
    return {
        f"_kernel/{path.relative_to(kernel)}": path
        for path in kernel.rglob("*")
        if path.is_file() and "tests" not in path.relative_to(kernel).parts
    }


def _images(folder: Path) -> dict[str, Path]:
    """The images with their files, and the archive of their objects."""
    from unishim.build.image import build, default_options
    from unishim.build.shipped import variant_name
    from unishim.platforms.registry import PLATFORMS

    files = {}
    packed: dict[str, bytes] = {}
    for platform in PLATFORMS:
        for debug in (False, True):
            name = variant_name(platform, debug=debug)
            image = build(folder / name, default_options(platform, debug=debug))
            for file in (image.name, f"{image.name}.dbg", ".config", "include/uk/bits/provided_syscalls.json"):
                files[f"_images/{name}/{file}"] = folder / name / file
            packed.update(_objects(folder / name, packed))
    files["_objects.zip"] = folder / "objects.zip"
    with zipfile.ZipFile(files["_objects.zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(packed.items()):
            # Without the current time, so that equal inputs give equal wheels.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return files


def _objects(folder: Path, packed: dict[str, bytes]) -> dict[str, bytes]:
    """The objects of a built directory, keyed as a build looks for them, and the compiler that made them."""
    from unishim.build.interruptions import Interruptions
    from unishim.build.lock import locked
    from unishim.build.make import Make
    from unishim.build.objects import Objects, compilations, compiler_identity
    from unishim.paths import kernel_sources

    archive = _Memory(packed)
    with Interruptions() as interruptions, locked(folder) as lock:
        make = Make(folder, [], interruptions, jobs=1, verbose=False, lock=lock)
        made = compilations(make.commands("--always-make", "all"))
    compiler = compiler_identity(made[0].command.split()[0])
    Objects({"build": folder, "kernel": kernel_sources()}).keep(made, archive, compiler)
    return {**archive.files, "compiler": compiler.encode()}


class _Memory:
    """An archive for the wheel."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(files)

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, data: bytes) -> bool:
        self.files[name] = data
        return True
