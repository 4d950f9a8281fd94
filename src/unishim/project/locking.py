"""Makes sure that only one command at a time writes in a project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from unishim.build.lock import acquire
from unishim.errors import ProjectError
from unishim.project.project_file import Project

_LOCK = ".project.lock"  # in the build directory, next to the build's own lock


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Holds the project's lock. A second command prints that it waits, and waits. Raises ProjectError."""
    path = project.build_folder / _LOCK
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except FileNotFoundError:
            continue  # the directory was removed between the two calls
        except OSError as error:
            raise ProjectError(f"{path}: {error.strerror}") from None
        try:
            acquire(descriptor, lambda: f"{project.folder}: waiting for another command of this project")
            # The previous holder may have removed the directory (unishim clean --proper), and this file with it.
            if path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
                yield
                return
        finally:
            os.close(descriptor)
