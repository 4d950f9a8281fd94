"""Programs of the host that unishim starts, and the Debian packages that contain them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass

from unishim.errors import PlatformError


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: its name, its package, and what unishim needs it for."""

    name: str
    package: str
    purpose: str


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("qemu-system-x86_64", "qemu-system-x86", "the platform qemu"),
        Tool("setpriv", "util-linux", "the platform qemu: QEMU ends with its launcher"),
        Tool("make", "make", "building kernels"),
        Tool("gcc", "gcc", "building kernels, and programs"),
        Tool("as", "binutils", "building kernels"),
        Tool("ld", "binutils", "building kernels"),
        Tool("objcopy", "binutils", "building kernels"),
        Tool("clang", "clang", "building programs"),
        Tool("musl-gcc", "musl-tools", "building small programs"),
        Tool("gdb", "gdb", "debugging"),
        Tool("gdbserver", "gdbserver", "debugging with --gdb on the platform linux"),
        Tool("strace", "strace", "comparing traces with Linux"),
    )
}


def find_tool(name: str) -> str | None:
    """The path of a tool of the table, or None."""
    return shutil.which(TOOLS[name].name)


def require_tool(name: str) -> str:
    """The path of a tool of the table. Raises PlatformError if it is not installed."""
    path = find_tool(name)
    if path is None:
        raise PlatformError(f"{name} is not installed; install it with: {install_command([name])}")
    return path


def missing_tools(*names: str) -> str | None:
    """The tools among these that are not installed, and the command that installs them; None: all are installed."""
    missing = [name for name in names if not find_tool(name)]
    return f"needs {', '.join(missing)}: {install_command(missing)}" if missing else None


def install_command(names: Iterable[str]) -> str:
    """The command that installs the packages of these tools."""
    packages = dict.fromkeys(TOOLS[name].package for name in names)
    return f"apt-get install {' '.join(packages)}"
