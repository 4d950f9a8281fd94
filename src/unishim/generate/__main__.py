"""Command line of the generators: `python -m unishim.generate --provided FILE ... --output DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from unishim.errors import UnishimError
from unishim.generate import channel_layout, contract, elf_reasons, standalone_layout
from unishim.generate.exports import write_exports
from unishim.generate.registration import check
from unishim.generate.syscall_headers import write_headers


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m unishim.generate", description=__doc__)
    parser.add_argument("--provided", type=Path, required=True, help="file with the evaluated registrations")
    parser.add_argument("--makefile", type=Path, nargs="*", default=[], help="Makefile.uk files they came from")
    parser.add_argument(
        "--library", nargs="+", action="append", default=[], help="a library of the image and its C sources; repeatable"
    )
    parser.add_argument("--output", type=Path, required=True, help="include directory; files go to uk/bits/")
    return parser.parse_args()


def main() -> int:
    """Writes the headers and the lists of exports; returns 1, with one line on stderr, if registrations are wrong."""
    arguments = _parse_arguments()
    folder = arguments.output / "uk" / "bits"
    folder.mkdir(parents=True, exist_ok=True)
    libraries = {name: [Path(source) for source in sources] for name, *sources in arguments.library}
    try:
        sources = [source for sources in libraries.values() for source in sources]
        provided = check(arguments.provided.read_text().split(), arguments.makefile, sources)
    except UnishimError as error:
        print(error, file=sys.stderr)
        return 1
    write_headers(provided, folder)
    write_exports(libraries, provided.values(), folder / "exports")
    elf_reasons.write_header(folder)
    channel_layout.write_header(folder)
    contract.write_header(folder)
    standalone_layout.write_header(folder)
    return 0


sys.exit(main())
