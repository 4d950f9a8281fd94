"""Checks what this machine supports; each result names a fix if something is missing."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from unishim.errors import UnishimError
from unishim.host.check import CHECK_SECONDS, Check, missing, output_of
from unishim.host.tools import TOOLS, find_tool
from unishim.platforms.qemu.command import QEMU
from unishim.platforms.registry import PLATFORMS


def run_checks() -> list[Check]:
    """All checks, in the order in which they are printed."""
    of_platforms = [check for platform in PLATFORMS.values() for check in platform.checks()]
    return [*of_platforms, *_share_checks(), *_tool_checks()]


def working_platforms(checks: list[Check]) -> list[str]:
    """The platforms that lack nothing."""
    broken = {check.needs for check in checks if check.needs and check.state not in ("ok", "limited", "untried")}
    return [platform for platform in PLATFORMS if platform not in broken]


def _share_checks() -> Iterator[Check]:
    try:
        _speak_to_server()
        yield Check("shared directories", "9P server", "ok", "unishim's own, tried, works")
    except (UnishimError, OSError) as error:
        yield Check("shared directories", "9P server", "failed", str(error), "pack the directory instead: --initrd DIR")
    qemu = find_tool(QEMU)
    if qemu is not None:
        devices = output_of([qemu, "-M", "none", "-device", "help"])
        has_device = '"virtio-9p-device"' in devices
        detail, fix = ("available", None) if has_device else ("this QEMU was built without it", "use Debian's QEMU")
        yield Check("shared directories", "QEMU's 9P device", "ok" if has_device else "missing", detail, fix)


def _speak_to_server() -> None:
    """Sends a Tversion and checks the reply (9P2000.L). Raises OSError."""
    from unishim.ninep import Share, serving

    version = b"9P2000.L"
    head = struct.Struct("<IBHIH")  # size, Tversion, NOTAG, msize, length of the version
    request = head.pack(head.size + len(version), 100, 0xFFFF, 8192, len(version)) + version
    with tempfile.TemporaryDirectory() as folder, serving(Share(Path(folder), read_only=True)) as connection:
        connection.settimeout(CHECK_SECONDS)
        connection.sendall(request)
        if not connection.recv(64).endswith(version):
            raise OSError("it does not speak 9P2000.L")


def _tool_checks() -> Iterator[Check]:
    for name, tool in TOOLS.items():
        if name in (QEMU, "setpriv"):
            continue
        path = find_tool(name)
        yield missing(name, "tools", None) if path is None else Check("tools", name, "ok", f"for {tool.purpose}")
