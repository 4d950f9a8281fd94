"""Building a project: its program with the project's own command, its kernel with the kernel's makefile."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from unishim.build.configuration import DEBUG_OPTIONS
from unishim.build.image import build, image_name, is_fresh
from unishim.build.interruptions import Interruptions
from unishim.build.process_group import process_group
from unishim.build.shipped import variant_name
from unishim.errors import BuildError
from unishim.platforms.registry import PLATFORMS
from unishim.project.configuring import complete, configured_platform
from unishim.project.locking import locked
from unishim.project.project_file import Project


def build_program(project: Project, *, quiet: bool = False) -> None:
    """Runs the command that builds the program, if there is one. `quiet`: show its output only if it fails.

    The output goes to stderr, because stdout may be the program's. Raises BuildError.
    """
    _run(project, project.build, "build", quiet=quiet)


def clean_program(project: Project) -> None:
    """Runs the command that removes the program's build results, if there is one. Raises BuildError."""
    _run(project, project.clean, "clean", quiet=False)


def build_kernel(
    project: Project,
    platform: str | None = None,
    *,
    debug: bool = False,
    jobs: int | None = None,
    verbose: bool = False,
) -> Path:
    """Builds the kernel as configured, or for another platform, or with debug messages; returns the image's path.

    The caller holds the project's lock. Raises ConfigurationError and BuildError.
    """
    complete(project)
    folder, options = _variant(project, platform, debug=debug)
    base = project.configuration_file
    return build(folder, options, project.library_folders, base=base, jobs=jobs, verbose=verbose)


def ensure_kernel(project: Project, platform: str | None = None, *, debug: bool = False) -> Path:
    """Like build_kernel(), but only if the image is missing or older than its sources. Takes the project's lock."""
    folder, _ = _variant(project, platform, debug=debug)
    if project.configuration_file.is_file() and (folder / ".config").is_file():
        image = folder / image_name(folder)
        if image.name.endswith(PLATFORMS[platform or configured_platform(project)].image_suffix) and _is_fresh(
            project, image
        ):
            return image
    with locked(project):
        return build_kernel(project, platform, debug=debug)


def _variant(project: Project, platform: str | None, *, debug: bool) -> tuple[Path, dict[str, str]]:
    """The build directory, and the options in which it differs from the project's configuration."""
    configured = configured_platform(project)
    platform = platform or configured
    if platform == configured and not debug:
        return project.build_folder, {}
    options = {PLATFORMS[platform].symbol: "y", **(DEBUG_OPTIONS if debug else {})}
    return project.build_folder / variant_name(platform, debug=debug), options


def _is_fresh(project: Project, image: Path) -> bool:
    if not is_fresh(image):
        return False
    built = image.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= built for path in _sources(project))


def _sources(project: Project) -> Iterator[Path]:
    """What the project adds to the kernel's sources."""
    yield from (project.file, project.configuration_file)
    for folder in project.library_folders:
        yield from folder.rglob("*")


def _run(project: Project, command: str | None, key: str, *, quiet: bool) -> None:
    if command is None:
        return
    # Variables that a calling make sets for sub-makes are not meant for the program's makefiles.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    sys.stderr.flush()
    with (
        Interruptions() as interruptions,
        process_group(
            interruptions,
            ["/bin/sh", "-c", command],
            cwd=project.folder,
            env=environment,
            stdout=subprocess.PIPE if quiet else 2,
            stderr=subprocess.STDOUT if quiet else None,
        ) as process,
    ):
        output = process.stdout.read() if process.stdout else ""
        status = process.wait()
    if status != 0:
        sys.stderr.write(output)
        message = f"{key}: `{command}` failed with status {status}; its output is above"
        raise BuildError(str(project.error(message, "program", key)))
