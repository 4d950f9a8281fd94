"""Checks what this machine supports; each result names a fix if something is missing."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from unishim.errors import UnishimError
from unishim.host import kernel_features
from unishim.host.tools import TOOLS, find_tool, install_command
from unishim.paths import shipped_image
from unishim.platforms.accelerator import PROBE_STATUS, choose_accelerator, probe_program
from unishim.platforms.choice import DISPATCH_SINCE
from unishim.platforms.qemu_command import QEMU, Machine

_TIMEOUT = 10  # seconds for each program that is started
_MEMORY = 16 << 20  # bytes
_MAP_COUNT = 65530  # Linux's default of vm.max_map_count
_USE_QEMU = "use --platform qemu"
_KVM_FIXES = {
    "not accessible": "as root: adduser USER kvm, then log in again",
    "is missing": "as root: modprobe kvm_intel, or kvm_amd, if the processor supports it",
}


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check.

    `state` is ok, limited (works with restrictions), missing, failed, or untried. `needs` is the platform that does
    not work if this is missing or failed.
    """

    group: str
    name: str
    state: str
    detail: str
    fix: str | None = None
    needs: str | None = None


def run_checks() -> list[Check]:
    """All checks, in the order in which they are printed."""
    checks = [*_kernel_checks(), _memory_check(), _map_count_check(), _linux_check()]
    return [*checks, *_qemu_checks(), *_share_checks(), *_tool_checks()]


def working_platforms(checks: list[Check]) -> list[str]:
    """The platforms that lack nothing."""
    broken = {check.needs for check in checks if check.needs and check.state not in ("ok", "limited", "untried")}
    return [platform for platform in ("linux", "qemu") if platform not in broken]


def _kernel_checks() -> Iterator[Check]:
    system = os.uname()
    numbers = re.match(r"(\d+)\.(\d+)", system.release)
    is_new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= DISPATCH_SINCE
    is_good = is_new and system.sysname == "Linux" and system.machine == "x86_64"
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


def _linux_check() -> Check:
    """A complete run of a tiny program."""
    from unishim.platforms.linux import Process, run_linux

    image = _find_image("linux")
    if image is None:
        return Check("linux", "a run", "untried", "no kernel has been built yet", "unishim build --platform linux")
    descriptor = os.memfd_create("unishim-probe")
    try:
        os.write(descriptor, probe_program())
        process = Process(image, f"/proc/{os.getpid()}/fd/{descriptor}", "quiet", ("probe",), _MEMORY)
        status = run_linux(process, (-1, -1, -1), _TIMEOUT).status
    except (UnishimError, OSError) as error:
        return Check("linux", "a run", "failed", str(error).partition(";")[0], _USE_QEMU, "linux")
    finally:
        os.close(descriptor)
    if status == PROBE_STATUS:
        return Check("linux", "a run", "ok", "a small program ran to its end", None, "linux")
    return Check("linux", "a run", "failed", f"a small program ended with status {status}", _USE_QEMU, "linux")


def _find_image(platform: str) -> Path | None:
    """The default image, if it exists; nothing is built here."""
    from unishim.build.image import SUFFIXES, default_folder

    if shipped := shipped_image(platform):
        return shipped
    try:
        image = default_folder(platform) / f"elfloader_{SUFFIXES[platform]}"
    except UnishimError:
        return None
    return image if image.is_file() else None


def _qemu_checks() -> Iterator[Check]:
    qemu = find_tool(QEMU)
    if qemu is None:
        yield _missing(QEMU, "qemu", "qemu")
    else:
        yield Check("qemu", QEMU, "ok", _first_line([qemu, "--version"]), None, "qemu")
    setpriv = find_tool("setpriv")
    yield _missing("setpriv", "qemu", "qemu") if setpriv is None else Check("qemu", "setpriv", "ok", setpriv)
    if qemu is None or setpriv is None:
        yield Check("qemu", "KVM", "untried", "needs QEMU and setpriv", install_command([QEMU, "setpriv"]))
        return
    image = _find_image("qemu")
    if image is None:
        yield Check("qemu", "KVM", "untried", "no kernel has been built yet", "unishim build --platform qemu")
        return
    try:
        _, reason = choose_accelerator(Machine(image, None, "", _MEMORY, "microvm", "tcg"))
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


def _share_checks() -> Iterator[Check]:
    try:
        _speak_to_server()
        yield Check("shared folders", "9P server", "ok", "unishim's own, tried, works")
    except (UnishimError, OSError) as error:
        yield Check("shared folders", "9P server", "failed", str(error), "pack the directory instead: --initrd DIR")
    qemu = find_tool(QEMU)
    if qemu is not None:
        devices = _output([qemu, "-M", "none", "-device", "help"])
        has_device = '"virtio-9p-device"' in devices
        detail, fix = ("available", None) if has_device else ("this QEMU was built without it", "use Debian's QEMU")
        yield Check("shared folders", "QEMU's 9P device", "ok" if has_device else "missing", detail, fix)


def _speak_to_server() -> None:
    """Sends a Tversion and checks the reply (9P2000.L). Raises OSError."""
    from unishim.ninep import Share, serving

    version = b"9P2000.L"
    head = struct.Struct("<IBHIH")  # size, Tversion, NOTAG, msize, length of the version
    request = head.pack(head.size + len(version), 100, 0xFFFF, 8192, len(version)) + version
    with tempfile.TemporaryDirectory() as folder, serving(Share(Path(folder), read_only=True)) as connection:
        connection.settimeout(_TIMEOUT)
        connection.sendall(request)
        if not connection.recv(64).endswith(version):
            raise OSError("it does not speak 9P2000.L")


def _tool_checks() -> Iterator[Check]:
    for name, tool in TOOLS.items():
        if name in (QEMU, "setpriv"):
            continue
        path = find_tool(name)
        yield _missing(name, "tools", None) if path is None else Check("tools", name, "ok", f"for {tool.purpose}")


def _missing(name: str, group: str, needs: str | None) -> Check:
    tool = TOOLS[name]
    return Check(group, name, "missing", f"for {tool.purpose}", install_command([name]), needs)


def _first_line(command: list[str]) -> str:
    return _output(command).partition("\n")[0]


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout
