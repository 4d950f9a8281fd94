"""The structure of the sources; tests/build/test_link_graph.py checks the architecture's layers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT

LIBRARIES = sorted(path for path in (ROOT / "kernel" / "lib").iterdir() if path.is_dir())
FILE_LINES_MAX = 600


def sources(folder: Path) -> list[Path]:
    return list(folder.glob("*.[chS]"))


@pytest.mark.parametrize("library", LIBRARIES, ids=[path.name for path in LIBRARIES])
def test_libraries_do_not_know_the_platform(library: Path) -> None:
    for source in sources(library):
        assert source.suffix != ".S" or library.name == "vdso", f"{source}: assembly belongs to arch/ and plat/"
        for include in re.findall(r'#include "(.+)"', source.read_text()):
            assert (library / include).is_file(), f"{source} includes {include} of another folder"


def test_extended_state_is_saved_in_one_place() -> None:
    """Only uk/arch/extended_state.h has the instructions that save and restore it."""
    instruction = re.compile(r"\bf?x(save|savec|saveopt|rstor)(64)?\b(?=.*[(%])")
    kernel = ROOT / "kernel"
    users = {path.relative_to(kernel) for path in kernel.rglob("*.[chS]") if instruction.search(code_of(path))}
    assert users == {Path("include/uk/arch/extended_state.h")}


def code_of(source: Path) -> str:
    """The text without comments."""
    return re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.DOTALL)


def test_guest_pointers_only_through_uaccess() -> None:
    """A name declared __user is never followed by ->, [ or a star."""
    for library in LIBRARIES:
        for source in sources(library):
            text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.DOTALL)
            for name in set(re.findall(r"__user \*(\w+)", text)):
                follows = re.search(rf"(?<![\w.>]){name}(->|\[)|(?<![\w)\]] )(?<!\w)\*{name}\b(?!.*__user)", text)
                allowed = re.search(rf"__user \*{name}\b", follows.group(0)) if follows else None
                assert not follows or allowed, f"{source}: {name} is followed without uk/uaccess.h"


def test_one_licence_line_and_no_giant_files() -> None:
    listing = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True, timeout=TIMEOUT).split()
    for name in listing:
        path = ROOT / name
        if path.suffix not in (".c", ".h", ".S", ".py"):
            continue
        text = path.read_text()
        if name.startswith("kernel/"):
            assert text.startswith("/* SPDX-License-Identifier: BSD-3-Clause */\n"), name
        assert text.count("\n") <= FILE_LINES_MAX, f"{name} is too long"


def test_no_place_of_a_machine_is_named() -> None:
    listing = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True, timeout=TIMEOUT).split()
    forbidden = re.compile("/wor" + "k/|/opt/pyp" + "i|deb[.]debia" + "n[.]org|pypi[.]or" + "g")
    for name in listing:
        match = forbidden.search((ROOT / name).read_text(errors="replace"))
        assert not match, f"{name} names {match and match[0]}"
