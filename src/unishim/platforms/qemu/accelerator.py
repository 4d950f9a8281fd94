"""Finds out which accelerator QEMU can use here by running a guest.

Being able to open /dev/kvm is not enough: nested software implementations create machines that stop at the first SSE
instruction. So the shipped kernel runs a tiny program that uses one. The result is cached until the next boot.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from unishim.build.image import ensure_image
from unishim.contract import STATUS_TIMEOUT
from unishim.errors import PlatformError
from unishim.paths import cache_folder
from unishim.platforms.command_line import join
from unishim.platforms.probe import PROBE_STATUS, probe_program
from unishim.platforms.qemu.command import Machine
from unishim.platforms.qemu.machine import find_qemu, run_machine
from unishim.platforms.qemu.streams import open_streams

PROBE_TIMEOUT = 3.0  # seconds
_KVM = Path("/dev/kvm")


def choose_accelerator(machine: Machine) -> tuple[str, str | None]:
    """`kvm` or `tcg` for this machine, and why KVM cannot be used (None if it can)."""
    if not os.access(_KVM, os.R_OK | os.W_OK):
        reason = "/dev/kvm is missing" if not _KVM.exists() else "/dev/kvm is not accessible to this user"
        return "tcg", reason
    key = _key()
    cache = cache_folder() / "kvm.json"
    try:
        answer = json.loads(cache.read_text())
    except (OSError, ValueError):
        answer = {}
    if answer.get("key") != key:
        answer = {"key": key, "reason": _probe(machine)}
        try:
            cache.parent.mkdir(parents=True, exist_ok=True)
            cache.write_text(json.dumps(answer))
        except OSError:
            pass  # the next run asks again
    reason = answer["reason"]
    return ("tcg" if reason else "kvm"), reason


def _key() -> str:
    """What the result depends on: this boot, and QEMU."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    qemu = Path(find_qemu())
    return f"{boot} {qemu}:{qemu.stat().st_mtime_ns}"


def _probe(machine: Machine) -> str | None:
    """Runs the probe under KVM; returns None if it works, else what went wrong."""
    descriptor = os.memfd_create("unishim-probe", 0)
    devnull = os.open(os.devnull, os.O_RDWR)
    try:
        os.write(descriptor, probe_program())
        probe = replace(
            machine,
            kernel=ensure_image("qemu"),
            initrd=f"/proc/{os.getpid()}/fd/{descriptor}",
            append=join(["quiet"], ["probe"]),
            accelerator="kvm",
            cpu=None,
        )
        with open_streams(devnull, devnull, devnull) as streams:
            outcome = run_machine(probe, streams, PROBE_TIMEOUT)
    except PlatformError as error:
        return str(error).partition(": ")[2].partition(";")[0]
    finally:
        os.close(descriptor)
        os.close(devnull)
    if outcome.status == STATUS_TIMEOUT:
        return f"a guest that uses SSE did not finish within {PROBE_TIMEOUT:.0f} s"
    return None if outcome.status == PROBE_STATUS else f"a guest that uses SSE ended with status {outcome.status}"
