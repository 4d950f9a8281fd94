"""Checks for `unishim doctor`: QEMU and KVM."""

from __future__ import annotations

from collections.abc import Iterator

from unishim.errors import UnishimError
from unishim.host.check import Check, find_image, first_line, missing
from unishim.host.tools import find_tool, install_command
from unishim.platforms.probe import PROBE_MEMORY
from unishim.platforms.qemu.accelerator import choose_accelerator
from unishim.platforms.qemu.command import QEMU, Machine

_KVM_FIXES = {
    "not accessible": "as root: adduser USER kvm, then log in again",
    "is missing": "as root: modprobe kvm_intel, or kvm_amd, if the processor supports it",
}


def checks() -> Iterator[Check]:
    """All checks: first the programs, then a guest under KVM."""
    qemu = find_tool(QEMU)
    if qemu is None:
        yield missing(QEMU, "qemu", "qemu")
    else:
        yield Check("qemu", QEMU, "ok", first_line([qemu, "--version"]), None, "qemu")
    setpriv = find_tool("setpriv")
    yield missing("setpriv", "qemu", "qemu") if setpriv is None else Check("qemu", "setpriv", "ok", setpriv)
    if qemu is None or setpriv is None:
        yield Check("qemu", "KVM", "untried", "needs QEMU and setpriv", install_command([QEMU, "setpriv"]))
        return
    image = find_image("qemu")
    if image is None:
        yield Check("qemu", "KVM", "untried", "no kernel has been built yet", "unishim build --platform qemu")
        return
    try:
        _, reason = choose_accelerator(Machine(image, None, "", PROBE_MEMORY, "microvm", "tcg"))
    except UnishimError as error:
        reason = str(error)
    if reason is None:
        yield Check("qemu", "KVM", "ok", "tried, a guest ran")
        return
    fix = next(
        (fix for words, fix in _KVM_FIXES.items() if words in reason),
        "use another machine; this host's KVM is incomplete",
    )
    yield Check("qemu", "KVM", "limited", f"{reason}: QEMU emulates the processor (TCG)", fix)
