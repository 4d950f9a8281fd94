"""The command `unishim`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Runs the command line: errors are one line on stderr, and their status is the exit status."""
    # A closed standard stream would become whatever is opened next.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    from unishim.cli.group import unishim
    from unishim.errors import UnishimError

    gc.freeze()  # what the imports made stays: looking through it again takes 4 ms of a run

    try:
        unishim.main(standalone_mode=True)
    except UnishimError as error:
        print(f"unishim: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        sys.exit(130)
