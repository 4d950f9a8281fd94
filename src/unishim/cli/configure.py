"""`unishim configure`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unishim.cli.configuration_options import configuration_options
from unishim.cli.project_option import check_one_folder, project_option
from unishim.project.folder import is_project

if TYPE_CHECKING:
    from unishim.build.minimal import Minimum
    from unishim.elf.syscall_sites import SyscallSites


@click.command("configure")
@click.option("--for", "binary", metavar="BINARY", help="Leave out libraries whose calls BINARY does not make.")
@click.option("--with-trace", is_flag=True, help="With --for: keep what `unishim trace` and --handlers need.")
@configuration_options
@click.option("-m", "--architecture", metavar="ARCH", help="Architecture (x86_64).")
@project_option("-C")
@click.option("-o", "--output", metavar="DIR", help="Build directory; default with --for: build/ and BINARY's name.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def command(
    binary: str | None,
    with_trace: bool,
    debug: bool | None,
    platform: str | None,
    architecture: str | None,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    folder: str | None,
    output: str | None,
    as_json: bool,
) -> None:
    """Configure a kernel: the project's, in a project's directory, or that of a build directory (-o DIR).

    In a project, options change .config, but --for recreates it. Without options the command asks, if it runs in a
    terminal; otherwise it creates .config as unishim.toml says, or leaves an existing one as it is. --set overrides
    what --for chooses.

    \b
    unishim configure
    unishim configure -p qemu -m x86_64 --debug
    unishim configure --set CONFIG_OPTIMIZE_SIZE=y
    unishim configure --for ./hello -o small
    unishim configure --for ./hello --with-trace --set CONFIG_LIBPOSIX_SIGNAL=y -o small
    unishim configure --debug --library ./getcpu --set CONFIG_LIBPOSIX_GETCPU=n -o my-kernel
    """
    from unishim.errors import UsageError
    from unishim.platforms.architectures import check_architecture

    if binary is None and with_trace:
        raise UsageError("--with-trace needs --for BINARY; nothing is left out without --for")
    check_one_folder(folder, output)
    if architecture is not None:
        check_architecture(architecture)
    if output is None and is_project(folder):
        if libraries:
            raise UsageError('--library: name a project\'s libraries in unishim.toml: libraries = ["DIR"] in [kernel]')
        is_bare = not (platform or architecture or settings or binary or as_json) and debug is None
        facts, lines = _configure_project(folder, platform, debug, settings, binary, with_trace, is_bare)
    else:
        facts, lines = _configure_folder(output, platform, debug, settings, libraries, binary, with_trace)
    import json

    click.echo(json.dumps(facts, indent=2) if as_json else "\n".join(lines))
    if unknown := len(facts.get("unknown_sites", ())):
        noun = "site has a number" if unknown == 1 else "sites have numbers"
        click.echo(
            f"unishim: {binary}: {unknown} {noun} that the code does not reveal; check what it calls with "
            "`unishim trace --summary`, and keep what it needs with --set CONFIG_LIBPOSIX_...=y",
            err=True,
        )


def _configure_folder(
    output: str | None,
    platform: str | None,
    debug: bool | None,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    binary: str | None,
    with_trace: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Configures a build directory outside a project. Returns facts, and the same as lines of text."""
    from unishim.build.configuration import write_configuration
    from unishim.build.lock import locked
    from unishim.cli.configuration_options import parse_options

    options = parse_options(platform, debug, settings)
    paths = [Path(library) for library in libraries]
    folder = _folder(binary, output)
    needs, facts, lines = _needs(binary, paths, with_trace)
    options = {**needs, **options}
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        write_configuration(folder, options, paths)
    facts = {"folder": str(folder), "options": options, "libraries": libraries, **facts}
    return facts, [*lines, f"next: unishim build -o {shlex.quote(str(folder))}"]


def _configure_project(
    folder: str | None,
    platform: str | None,
    debug: bool | None,
    settings: tuple[str, ...],
    binary: str | None,
    with_trace: bool,
    is_bare: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Configures a project. Returns facts, and the same as lines. `is_bare`: no options given; ask in a terminal."""
    import sys

    from unishim.build.configuration import DEBUG_OPTIONS
    from unishim.cli.configuration_options import parse_settings
    from unishim.platforms.architectures import ARCHITECTURES
    from unishim.platforms.registry import PLATFORMS
    from unishim.project.configuring import configure, configured_platform
    from unishim.project.folder import open_project
    from unishim.project.locking import locked

    project = open_project(folder)
    needs, facts, lines = _needs(binary, project.library_folders, with_trace)
    beginning = None
    if is_bare and sys.stdin.isatty():
        from unishim.cli.configure_prompts import ask

        platform, debug, beginning = ask(project)
    if binary is not None and platform is None:
        platform = configured_platform(project)  # --for keeps only the platform
    options = {} if platform is None else {PLATFORMS[platform].symbol: "y"}
    if debug is not None:
        options |= dict.fromkeys(DEBUG_OPTIONS, "y" if debug else "n")
    options = {**options, **needs, **parse_settings(settings)}
    with locked(project):
        configure(project, options, base=beginning, recreate=binary is not None)
        platform = configured_platform(project)
    facts = {
        "configuration": str(project.configuration_file),
        "platform": platform,
        "architecture": ARCHITECTURES[0],
        "options": options,
        "libraries": project.libraries,
        **facts,
    }
    summary = f"{project.configuration_file}: platform {platform}, architecture {ARCHITECTURES[0]}; next: unishim build"
    return facts, [*lines, summary]


def _needs(
    binary: str | None, libraries: list[Path], with_trace: bool
) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    """What --for chooses: options, facts, and the same as lines of text."""
    if binary is None:
        return {}, {}, []
    from unishim.build.minimal import minimal_configuration

    sites = _analyse(binary)
    minimum = minimal_configuration(sites.names, libraries, with_trace=with_trace)
    facts = {
        "binary": binary,
        "needed": minimum.needed,
        "left_out": minimum.left_out,
        "missing": minimum.missing,
        "unknown_sites": sites.unknown_sites,
    }
    return minimum.options, facts, _lines(binary, minimum)


def _folder(binary: str | None, output: str | None) -> Path:
    from unishim.errors import UsageError
    from unishim.paths import build_folder

    if output is not None:
        return Path(output).absolute()
    if binary is None:
        raise UsageError(
            "no place to write .config; use -o DIR or --for BINARY, or create a project with `unishim init`"
        )
    folder = build_folder() / Path(binary).name
    from unishim.build.image import variant_names

    if folder.name in variant_names():
        raise UsageError(f"{folder}: this directory belongs to `unishim run`; name another one with -o DIR")
    return folder


def _analyse(binary: str) -> SyscallSites:
    from unishim.elf.inspection import inspect_binary
    from unishim.errors import BinaryError

    found = inspect_binary(binary)
    if not found.loadable or found.syscalls is None:
        raise BinaryError(f"{binary}: {found.loading}")
    if found.interpreter is not None:
        raise BinaryError(
            f"{binary}: dynamically linked, so its libraries make its calls; see which ones with `unishim trace "
            "--summary`, and leave out the rest with --set CONFIG_LIBPOSIX_...=n"
        )
    return found.syscalls


def _lines(binary: str, minimum: Minimum) -> list[str]:
    lines = [f"{library:<18}for {', '.join(calls)}" for library, calls in minimum.needed.items()]
    lines.append(f"left out: {', '.join(minimum.left_out) or 'nothing'}")
    if minimum.missing:
        lines.append(
            f"not provided: {', '.join(minimum.missing)}; {binary} gets ENOSYS, unless you provide them with "
            "--library DIR (docs/tutorial/missing-system-call.md)"
        )
    return lines
