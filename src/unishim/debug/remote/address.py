"""The value of --gdb: where a run waits for gdb."""

from __future__ import annotations

import re

from unishim.errors import UsageError

UNIX = "unix"
ADDRESS = re.compile(r"unix|(?:unix|tcp):.*|[0-9]+", re.DOTALL)  # what follows --gdb and is not the program
METAVAR = "[unix:PATH|tcp:PORT]"
HELP = (
    "Wait for gdb on a Unix socket that only you can use, and print its `target remote`. With unix:PATH the socket is "
    "at PATH. With tcp:PORT gdb connects from this host to a port."
)


def check_address(address: object) -> tuple[str, str]:
    """The kind and the place in the value of --gdb. Raises UsageError."""
    kind, separator, place = str(address).partition(":")
    if kind == "tcp" and re.fullmatch("[0-9]{1,5}", place) and 1 <= int(place) <= 65535:
        return kind, place
    if kind == UNIX and (place or not separator) and "\0" not in place:
        return kind, place
    if str(address).isdecimal():
        raise UsageError(
            f"--gdb {address}: a port is open to every user of this host; write --gdb tcp:{address} if you want that, "
            "or --gdb alone for a Unix socket"
        )
    raise UsageError(f"--gdb {address}: not a place to wait for gdb; write --gdb, --gdb unix:PATH or --gdb tcp:PORT")
