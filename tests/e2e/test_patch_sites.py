"""Each form of patch on the `linux` platform: made as planned, and the program gets the same results as on Linux."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.framework import GUESTS, ROOT, compile_guest, run_guest, run_native

pytestmark = pytest.mark.platforms("linux")

SITES = sorted(path for path in (ROOT / "tests" / "patch_sites").glob("*.S") if path.name != "entry.S")
LINUX_ONLY = "mov_then_mov"  # calls socket, which only Linux has
ENDS_AT_ONCE = "refused_restorer"  # rt_sigreturn without a frame: its site traps once
TRAPS_MOST = 100  # including refused sites, which the programs execute about 90 times


@pytest.mark.parametrize("source", SITES, ids=[path.stem for path in SITES])
def test_site(source: Path, tmp_path: Path) -> None:
    program = compile_guest(GUESTS / "patch_sites.c", tmp_path / source.stem, "gcc", [str(source)])
    done = run_guest([program], "--json")
    native = run_native([program])
    assert done.status == native.status
    assert done.stdout == native.stdout or source.stem == LINUX_ONLY
    *_, report = done.stderr.splitlines()
    patches = json.loads(report)["patches"]
    assert 0 < patches.pop("traps") < TRAPS_MOST
    planned = Counter(form.lower() for form in re.findall(r"^\tSITE \w+, (\w+)", source.read_text(), re.MULTILINE))
    assert planned
    if source.stem != ENDS_AT_ONCE:
        # A site in the C library's start code traps twice; in mov.S so does one more, with another number.
        assert {form: count for form, count in patches.items() if count < planned[form]} == {}
        assert patches["refused"] == planned["refused"]


@pytest.mark.parametrize("seed", [1059, 1070, 1100, 1250, 1462, 1525, 1779, 1798])
def test_own_pages_in_the_way(tmp_path: Path, seed: int) -> None:
    """With these seeds the program's own pages occupy the first choice for trampolines: they go elsewhere."""
    source = ROOT / "tests" / "patch_sites" / "hidden_target.S"
    program = compile_guest(GUESTS / "patch_sites.c", tmp_path / "program", "gcc", [str(source)])
    done = run_guest([program], "--json", "--seed", str(seed))
    *_, report = done.stderr.splitlines()
    assert json.loads(report)["patches"]["post"] == 1
