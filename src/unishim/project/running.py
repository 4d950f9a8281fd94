"""What a project defines for a run: program, kernel and root, unless the command line overrides them."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from unishim.platforms.choice import platform_by_options
from unishim.project.building import build_program, ensure_kernel
from unishim.project.configuring import configured_platform
from unishim.project.locking import locked
from unishim.project.project_file import Project, read_project
from unishim.running.options import Options


def project_run(
    folder: Path, options: Options, given: Collection[str], binary: str | None, arguments: Sequence[str]
) -> tuple[Options, list[str]]:
    """The options and arguments of a run in a project's directory; builds its program and kernel if needed.

    `given` are the names of the options that the command line set; they override unishim.toml (environment variables
    one by one). `binary` None: the project's program. Raises UnishimError.
    """
    project = read_project(folder)
    if binary is None:
        if project.program is None:
            raise project.error('no program to run; write path = "FILE" in [program], or name one', "program")
        if project.build is not None:
            with locked(project):
                build_program(project, quiet=True)
        merged = _merge(project, options, given)
        merged = merged.replace(env={**project.environment, **(options.env or {})})
        argv = [_program_file(project, merged), *project.arguments]
    else:
        merged = _merge(project, options, given)
        argv = [binary, *arguments]
    if options.kernel is None:
        platform = _platform(options)
        kernel = ensure_kernel(project, platform, debug=options.debug)
        merged = merged.replace(kernel=kernel, platform=platform or configured_platform(project))
    return merged, argv


def _program_file(project: Project, options: Options) -> str:
    """The program's argv[0]: a path in the root file system if there is one, else a file of the host."""
    program = project.program or ""
    if options.initrd is not None or options.share is not None:
        return program
    return project.existing(program, "program", "path")


def _platform(options: Options) -> str | None:
    """The platform that the command line names; None: the one that the project is configured for."""
    if options.platform not in (None, "auto"):
        return options.platform
    platform = platform_by_options(options)
    return None if platform is None else platform.name


def _merge(project: Project, options: Options, given: Collection[str]) -> Options:
    said: dict[str, Any] = {
        "memory": project.memory,
        "timeout": project.timeout,
        "seed": project.seed,
        "workdir": project.workdir,
        "user": project.user,
        "with_libs": project.with_libs,
        "handlers": [os.fspath(project.folder / file) for file in project.handlers],
        "fail": project.fail,
        "delay": project.delay,
    }
    for name in ("add", "mounts"):
        said[name] = [_placed(project, word, name, number) for number, word in enumerate(getattr(project, name))]
    if not {"initrd", "share"} & set(given):
        if project.initrd is not None:
            said["initrd"] = project.existing(project.initrd, "root", "initrd")
        if project.share is not None:
            said["share"] = _shared(project, project.share)
    elif "share" in given:
        said["add"] = []  # a shared root is not packed
    return options.replace(
        **{name: value for name, value in said.items() if value not in (None, []) and name not in given}
    )


def _placed(project: Project, word: str, name: str, number: int) -> str:
    """HOST:/GUEST with the project's directory before HOST."""
    host, colon, guest = word.partition(":/")
    return project.existing(host, "root", name, number) + colon + guest


def _shared(project: Project, word: str) -> str:
    folder, colon, end = word.rpartition(":")
    if not colon or end not in ("ro", "rw"):
        folder, colon, end = word, "", ""
    return project.existing(folder, "root", "share") + colon + end
