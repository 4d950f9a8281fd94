"""`unishim configure`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unishim.cli.configuration_options import configuration_options

if TYPE_CHECKING:
    from unishim.build.minimal import Minimum
    from unishim.elf.syscall_sites import SyscallSites

_RESERVED = ("qemu", "qemu-debug")  # folders of `unishim run`


@click.command("configure")
@click.option("--for", "binary", metavar="BINARY", help="Leave out the libraries whose calls BINARY does not make.")
@click.option("--with-trace", is_flag=True, help="With --for: keep what `unishim trace` and handlers need.")
@configuration_options
@click.option("-o", "--output", metavar="FOLDER", help="Build folder; default with --for: build/NAME of BINARY.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def command(
    binary: str | None,
    with_trace: bool,
    debug: bool,
    platform: str | None,
    settings: tuple[str, ...],
    libraries: tuple[str, ...],
    output: str | None,
    as_json: bool,
) -> None:
    """Write the configuration of a kernel into FOLDER, for `unishim build -o FOLDER`.

    --set comes after what --for decides.

    \b
    unishim configure --for ./hello
    unishim configure --for ./hello --with-trace --set CONFIG_LIBPOSIX_SIGNAL=y -o small
    unishim configure --debug --library ./getcpu --set CONFIG_LIBPOSIX_GETCPU=n -o my-kernel
    """
    from unishim.build.configuration import write_configuration
    from unishim.build.lock import locked
    from unishim.cli.configuration_options import parse_options
    from unishim.errors import UsageError

    if binary is None and with_trace:
        raise UsageError("--with-trace belongs to --for BINARY; without it nothing is left out")
    options = parse_options(platform, debug, settings)
    paths = [Path(library) for library in libraries]
    folder = _folder(binary, output)
    minimum = sites = None
    if binary is not None:
        from unishim.build.minimal import minimal_configuration

        sites = _analyse(binary)
        minimum = minimal_configuration(sites.names, paths, with_trace=with_trace)
        options = {**minimum.options, **options}
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        write_configuration(folder, options, paths)
    facts: dict[str, Any] = {"folder": str(folder), "options": options, "libraries": libraries}
    if binary is None or minimum is None or sites is None:
        _print(facts, [_next(folder)], as_json)
        return
    facts |= {
        "binary": binary,
        "needed": minimum.needed,
        "left_out": minimum.left_out,
        "missing": minimum.missing,
        "unknown_sites": sites.unknown_sites,
    }
    _print(facts, _lines(binary, folder, minimum), as_json)
    if sites.unknown:
        noun = "site has a number" if sites.unknown == 1 else "sites have numbers"
        click.echo(
            f"unishim: {binary}: {sites.unknown} {noun} that the code does not tell; see what runs call with `unishim "
            "trace --summary`, and keep what they need with --set CONFIG_LIBPOSIX_...=y",
            err=True,
        )


def _folder(binary: str | None, output: str | None) -> Path:
    from unishim.errors import UsageError
    from unishim.paths import build_folder

    if output is not None:
        return Path(output).absolute()
    if binary is None:
        raise UsageError("nothing says where to write .config; use -o FOLDER, or --for BINARY")
    folder = build_folder() / Path(binary).name
    if folder.name in _RESERVED:
        raise UsageError(f"{folder}: the folder of `unishim run`; say with -o FOLDER where to write .config")
    return folder


def _analyse(binary: str) -> SyscallSites:
    from unishim.elf.inspection import inspect_binary
    from unishim.errors import BinaryError

    found = inspect_binary(binary)
    if not found.loadable or found.syscalls is None:
        raise BinaryError(f"{binary}: {found.loading}")
    if found.interpreter is not None:
        raise BinaryError(
            f"{binary}: dynamically linked, so its libraries make its calls; see which a run makes with `unishim trace "
            "--summary`, and leave out the rest with --set CONFIG_LIBPOSIX_...=n"
        )
    return found.syscalls


def _lines(binary: str, folder: Path, minimum: Minimum) -> list[str]:
    lines = [f"{library:<18}for {', '.join(calls)}" for library, calls in minimum.needed.items()]
    lines.append(f"left out: {', '.join(minimum.left_out) or 'nothing'}")
    if minimum.missing:
        lines.append(
            f"provided by nothing: {', '.join(minimum.missing)}; {binary} gets ENOSYS, unless you provide them with "
            "--library FOLDER (docs/tutorial/missing-system-call.md)"
        )
    return [*lines, _next(folder)]


def _next(folder: Path) -> str:
    return f"next: unishim build -o {shlex.quote(str(folder))}"


def _print(facts: dict[str, Any], lines: list[str], as_json: bool) -> None:
    import json

    click.echo(json.dumps(facts, indent=2) if as_json else "\n".join(lines))
