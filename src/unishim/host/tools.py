"""Programs of the host that unishim starts, and the Debian packages that they come in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: its name, the package that has it, what unishim needs it for."""

    name: str
    package: str
    purpose: str

    @property
    def missing(self) -> str:
        """The line for when it is not there."""
        return f"{self.name} is not installed; install it with: apt-get install {self.package}"


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("qemu-system-x86_64", "qemu-system-x86", "the platform qemu"),
        Tool("setpriv", "util-linux", "the platform qemu: QEMU ends with its launcher"),
        Tool("make", "make", "building kernels"),
        Tool("gcc", "gcc", "building kernels, and programs"),
        Tool("ld", "binutils", "building kernels"),
        Tool("objcopy", "binutils", "building kernels"),
        Tool("clang", "clang", "building programs"),
        Tool("musl-gcc", "musl-tools", "building small programs"),
        Tool("gdb", "gdb", "debugging"),
        Tool("strace", "strace", "comparing traces with Linux"),
    )
}


def find_tool(name: str) -> str | None:
    """The path of a tool of the table, or None."""
    return shutil.which(TOOLS[name].name)
