"""The command `unishim`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line: errors are one line on stderr, and their status is the exit status."""
    from unishim.cli.group import unishim
    from unishim.errors import UnishimError

    try:
        unishim.main(standalone_mode=True)
    except UnishimError as error:
        print(f"unishim: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        sys.exit(130)
