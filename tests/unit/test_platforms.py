"""A platform is one object, which provides everything that differs; no other code names a platform."""

from __future__ import annotations

import os
import re

import pytest

from tests.framework import ROOT
from unishim.errors import UsageError
from unishim.paths import PACKAGE
from unishim.platforms.choice import choose_platform, platform_of
from unishim.platforms.registry import ALIASES, PLATFORMS, find_platform, standalone_platform
from unishim.running.options import Options


def test_no_other_module_names_a_platform() -> None:
    """A quoted name outside the packages of the platforms would be a comparison or a second list."""
    quoted = re.compile(rf"""(["'])({"|".join([*PLATFORMS, *ALIASES])})\1""")
    # A class of system calls (strace's), the example of a value in unishim.toml, a field of struct uk_thread.
    allowed = {"syscalls/expressions.py", "trace/html/data.py", "project/schema.py", "debug/inside/kernel.py"}
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place in allowed or place.startswith(tuple(f"platforms/{name}/" for name in PLATFORMS)):
            continue
        found += [
            f"{place}:{number}" for number, line in enumerate(path.read_text().splitlines(), 1) if quoted.search(line)
        ]
    assert not found


def test_the_makefile_names_no_platform() -> None:
    text = "\n".join(line for line in (ROOT / "kernel" / "Makefile").read_text().splitlines() if line[:1] != "#")
    assert not re.search(rf"\b({'|'.join(PLATFORMS)})\b|PLAT_[A-Z]", text)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_both_halves_agree(platform: object) -> None:
    """The kernel has a directory and a configuration option for each platform, and no others."""
    directories = {path.parent.name for path in (ROOT / "kernel" / "plat").glob("*/platform.mk")}
    assert directories == set(PLATFORMS)
    text = (ROOT / "kernel" / "Config.uk").read_text()
    assert re.findall(r"^config (PLAT_\w+)", text, re.MULTILINE).count(getattr(platform, "symbol")) == 1  # noqa: B009


def test_names() -> None:
    assert find_platform("process") is find_platform("linux")
    assert platform_of("a/name_linux-x86_64") is find_platform("linux")
    assert platform_of("a/name_kvm-x86_64") is find_platform("qemu")
    assert platform_of("a/kvm-x86_64") is None
    assert standalone_platform() is find_platform("linux")
    with pytest.raises(UsageError, match=r"^--platform xen: unknown; choose one of linux, qemu$"):
        find_platform("xen")


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNISHIM_PLATFORM", raising=False)
    linux, qemu = find_platform("linux"), find_platform("qemu")
    assert choose_platform(Options(kernel="x_kvm-x86_64"))[0] is qemu
    assert choose_platform(Options(machine="pc")) == (qemu, qemu.own_options_reason)
    monkeypatch.setattr(type(linux), "obstacle", lambda _: "no")
    assert choose_platform() == (qemu, "no")
    monkeypatch.setattr(type(linux), "obstacle", lambda _: None)
    assert choose_platform()[0] is linux
    monkeypatch.setitem(os.environ, "UNISHIM_PLATFORM", "process")
    assert choose_platform() == (linux, "set by UNISHIM_PLATFORM")
    monkeypatch.setitem(os.environ, "UNISHIM_PLATFORM", "xen")
    with pytest.raises(UsageError, match=r"^UNISHIM_PLATFORM=xen: unknown; choose one of auto, linux, qemu$"):
        choose_platform()
