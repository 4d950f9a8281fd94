"""The command line that is equivalent to a run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unishim.rootfs.choice import is_packed, pack_command
from unishim.running.plan import with_platform

if TYPE_CHECKING:
    from unishim.running.options import Options

_PACKED = "initrd.cpio"  # the file that the commands of a dry run create and use


def dry_run(options: Options, argv: Sequence[str]) -> str:
    """The equivalent command line, quoted for a shell."""
    options, platform = with_platform(options)
    return platform.dry_run(options, argv)


def packing_by_hand(initrd: str | None, options: Options, argv: Sequence[str]) -> tuple[str, str | None]:
    """The command that packs the initrd, if it is packed, to precede another command; and the file that it creates."""
    if not is_packed(initrd):
        return "", initrd
    return shlex.join(pack_command(options, argv, _PACKED)) + " && ", _PACKED
