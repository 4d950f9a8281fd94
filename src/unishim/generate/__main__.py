"""Command line of the generators: `python -m unishim.generate {syscalls,elf,channel,standalone} ... --output DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from unishim.errors import UnishimError


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m unishim.generate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    syscalls = commands.add_parser("syscalls", help="headers for the system call shim")
    syscalls.add_argument("--provided", type=Path, required=True, help="file with the evaluated registrations")
    syscalls.add_argument("--makefile", type=Path, nargs="*", default=[], help="Makefile.uk files they came from")
    syscalls.add_argument("--source", type=Path, nargs="*", default=[], help="C sources of the chosen libraries")
    elf = commands.add_parser("elf", help="reasons why a file can not be executed")
    channel = commands.add_parser("channel", help="the memory that the kernel and Python share")
    standalone = commands.add_parser("standalone", help="what a standalone file has behind its image")
    for command in (syscalls, elf, channel, standalone):
        command.add_argument("--output", type=Path, required=True, help="include folder; files go to uk/bits/")
    return parser.parse_args()


def main() -> int:
    """Writes the headers; 1 and one line on stderr when the registrations are wrong."""
    arguments = _parse_arguments()
    folder = arguments.output / "uk" / "bits"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if arguments.command == "syscalls":
            from unishim.generate.registration import check
            from unishim.generate.syscall_headers import write_headers

            provided = check(arguments.provided.read_text().split(), arguments.makefile, arguments.source)
            write_headers(provided, folder)
        elif arguments.command == "elf":
            from unishim.generate import elf_reasons

            elf_reasons.write_header(folder)
        elif arguments.command == "standalone":
            from unishim.generate import standalone_layout

            standalone_layout.write_header(folder)
        else:
            from unishim.generate import channel_layout

            channel_layout.write_header(folder)
    except UnishimError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
