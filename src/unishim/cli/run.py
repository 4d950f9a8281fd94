"""`unishim run`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict

import click

from unishim.errors import UsageError
from unishim.runner import DEFAULT_MEMORY, PLATFORMS, Options


@click.command(
    "run",
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
    epilog="The exit status is the program's: 0-255, or 128+N when signal N ended it. 124: --timeout ran out. "
    "125: unishim, QEMU or the kernel failed. 126: the file can not be executed. 127: there is no such file. "
    "130: Ctrl-C.",
)
@click.option("--platform", type=click.Choice(PLATFORMS), default="qemu", show_default=True, help="Where to run it.")
@click.option("-m", "--memory", default=DEFAULT_MEMORY, show_default=True, help="Memory of the machine, as 64M or 1G.")
@click.option(
    "-e",
    "--env",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="A variable of the program; NAME alone: the host's.",
)
@click.option("-i", "--initrd", metavar="FILE", help="The program's file; BINARY is then its argv[0] only.")
@click.option("--debug", is_flag=True, help="Use the debug build: the loading phase and each system call are printed.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="End it then.")
@click.option("-k", "--kernel", metavar="IMAGE", help="Run this kernel image.")
@click.option("-q", "--quiet", is_flag=True, help="No banner.")
@click.option("--json", "as_json", is_flag=True, help="Afterwards, print status and times as JSON on stderr.")
@click.option("--dry-run", is_flag=True, help="Print the QEMU command line that does the same by hand.")
@click.option("--seed", type=int, metavar="N", help="Take all random values from a seed, to repeat a run.")
@click.option("--machine", default="microvm", show_default=True, help="QEMU's machine: microvm, pc or q35.")
@click.option("--accelerator", "--accel", default="auto", show_default=True, help="auto, tcg or kvm.")
@click.option("--cpu", metavar="MODEL", help="QEMU's processor model; default host (kvm) or max (tcg).")
@click.argument("binary")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    binary: str,
    arguments: tuple[str, ...],
    env: tuple[str, ...],
    as_json: bool,
    dry_run: bool,
    platform: str,
    memory: str,
    initrd: str | None,
    debug: bool,
    timeout: float | None,
    kernel: str | None,
    quiet: bool,
    seed: int | None,
    machine: str,
    accelerator: str,
    cpu: str | None,
) -> None:
    """Run BINARY with its ARGUMENTS on the unikernel.

    \b
    unishim run ./hello
    unishim run --memory 4M --env LANG=C ./tool --verbose < input > output
    unishim run --debug ./hello
    unishim run --dry-run ./hello
    """
    from unishim import runner

    options = Options(
        platform, memory, _environment(env), initrd, debug, timeout, kernel, quiet, seed, machine, accelerator, cpu
    )
    argv = [binary, *arguments]
    if dry_run:
        click.echo(runner.dry_run(options, argv))
        return
    result = runner.run_with(options, argv)
    if as_json:
        facts = {key: value for key, value in asdict(result).items() if key not in ("stdout", "stderr")}
        print(json.dumps(facts), file=sys.stderr)
    sys.exit(result.status)


def _environment(words: tuple[str, ...]) -> dict[str, str]:
    variables = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not name:
            raise UsageError(f"--env {word}: the variable has no name; write NAME=VALUE")
        if separator:
            variables[name] = value
        elif name in os.environ:
            variables[name] = os.environ[name]
    return variables
