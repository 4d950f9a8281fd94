"""Checks for `unishim doctor`: what the host's kernel permits a process to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from unishim.errors import UnishimError
from unishim.host import kernel_features
from unishim.host.check import CHECK_SECONDS, Check, find_image
from unishim.platforms.linux import DISPATCH_SINCE, has_dispatch
from unishim.platforms.linux.process import Process, run_linux
from unishim.platforms.probe import PROBE_MEMORY, PROBE_STATUS, probe_program

_MAP_COUNT = 65530  # Linux's default of vm.max_map_count
_USE_QEMU = "use --platform qemu"


def checks() -> Iterator[Check]:
    """All checks, from the host's kernel to a complete run."""
    yield from _kernel_checks()
    yield _memory_check()
    yield _map_count_check()
    yield _run_check()


def _kernel_checks() -> Iterator[Check]:
    system = os.uname()
    is_good = has_dispatch(system.release) and system.sysname == "Linux" and system.machine == "x86_64"
    newer = f"Linux {DISPATCH_SINCE[0]}.{DISPATCH_SINCE[1]} or newer on x86-64; else {_USE_QEMU}"
    text = f"{system.sysname} {system.release} on {system.machine}"
    yield Check("linux", "Linux", "ok" if is_good else "failed", text, None if is_good else newer, "linux")
    tries: list[tuple[str, Callable[[], str | None], str]] = [
        ("Syscall User Dispatch", kernel_features.try_dispatch, f"a container's policy may forbid it; {_USE_QEMU}"),
        ("seccomp filter", kernel_features.try_seccomp, f"a kernel with CONFIG_SECCOMP_FILTER; {_USE_QEMU}"),
    ]
    for name, attempt, fix in tries:
        reason = attempt()
        state, detail = ("ok", "tried, works") if reason is None else ("failed", reason)
        yield Check("linux", name, state, detail, fix if reason else None, "linux")
    reason = kernel_features.try_namespaces()
    yield Check(
        "linux",
        "user namespaces",
        "ok" if reason is None else "limited",
        "tried, works" if reason is None else f"{reason}: the cage has its filter, but no namespaces",
        None if reason is None else "as root: sysctl user.max_user_namespaces=1000 kernel.unprivileged_userns_clone=1",
    )
    has_fsgsbase = kernel_features.has_fsgsbase()
    detail = "programs set segment bases themselves" if has_fsgsbase else "a host call at each thread switch"
    fsgsbase_fix = None if has_fsgsbase else "Linux 5.9 or newer on a processor that has it, without nofsgsbase"
    yield Check("linux", "FSGSBASE", "ok" if has_fsgsbase else "limited", detail, fsgsbase_fix)


def _memory_check() -> Check:
    reason = kernel_features.try_memory_file()
    if reason is None:
        return Check("linux", "memory file", "ok", "tried memfd_create, works", None, "linux")
    return Check("linux", "memory file", "failed", reason, _USE_QEMU, "linux")


def _map_count_check() -> Check:
    try:
        count = int(Path("/proc/sys/vm/max_map_count").read_text())
    except (OSError, ValueError):
        return Check("linux", "mappings", "untried", "no /proc/sys/vm/max_map_count", "mount -t proc proc /proc")
    if count >= _MAP_COUNT:
        return Check("linux", "mappings", "ok", f"{count} per process")
    fix = f"as root: sysctl vm.max_map_count={_MAP_COUNT}"
    return Check("linux", "mappings", "limited", f"{count} per process: programs with many mappings need more", fix)


def _run_check() -> Check:
    """A complete run of a tiny program."""
    image = find_image("linux")
    if image is None:
        return Check("linux", "a run", "untried", "no kernel has been built yet", "unishim build --platform linux")
    descriptor = os.memfd_create("unishim-probe")
    try:
        os.write(descriptor, probe_program())
        process = Process(os.fspath(image), f"/proc/{os.getpid()}/fd/{descriptor}", "quiet", ("probe",), PROBE_MEMORY)
        status = run_linux(process, (-1, -1, -1), CHECK_SECONDS).status
    except (UnishimError, OSError) as error:
        return Check("linux", "a run", "failed", str(error).partition(";")[0], _USE_QEMU, "linux")
    finally:
        os.close(descriptor)
    if status == PROBE_STATUS:
        return Check("linux", "a run", "ok", "a small program ran to its end", None, "linux")
    return Check("linux", "a run", "failed", f"a small program ended with status {status}", _USE_QEMU, "linux")
