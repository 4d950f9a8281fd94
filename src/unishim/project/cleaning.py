"""Removing build results."""

from __future__ import annotations

import shutil
from pathlib import Path

from unishim.build.image import variant_names
from unishim.errors import ProjectError
from unishim.platforms.registry import PLATFORMS
from unishim.project.building import clean_program
from unishim.project.locking import locked
from unishim.project.project_file import Project

# What the kernel's makefile leaves in a build directory, besides one directory and one object per library.
_BUILT = ("include", "kernel.lds*", "flags*", "provided_syscalls*", "*.o", "*.r", "*.new")


def clean(project: Project, *, proper: bool = False, configuration: bool = False) -> None:
    """Removes objects and images; with `proper` the whole build directory; with `configuration` .config too.

    The program is cleaned by its own command. Raises BuildError and ProjectError.
    """
    with locked(project):
        clean_program(project)
        try:
            folder = project.build_folder
            if proper or configuration:
                shutil.rmtree(folder)
            else:
                for variant in variant_names():
                    if (folder / variant).is_dir():
                        shutil.rmtree(folder / variant)
                _clean_folder(folder)
            if configuration:
                for name in (".config", ".config.old"):
                    (project.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise ProjectError(f"{error.filename}: {error.strerror}") from None


def _clean_folder(folder: Path) -> None:
    for image in folder.glob("*.o"):
        library = folder / image.stem
        if library.is_dir():
            shutil.rmtree(library)
    patterns = [
        *_BUILT,
        *(f"*_{platform.image_suffix}{end}" for platform in PLATFORMS.values() for end in ("", ".dbg")),
    ]
    for path in {path for pattern in patterns for path in folder.glob(pattern)}:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
