"""The definition macros: every form, called from kernel code (tests/kernel_libraries/forms checks them at boot)."""

from __future__ import annotations

from pathlib import Path

from tests.framework import ROOT, build_kernel, run_guest

LIBRARY = ROOT / "tests" / "kernel_libraries" / "forms"


def test_forms(hello: Path, tmp_path: Path) -> None:
    done = run_guest([hello], "--kernel", str(build_kernel(tmp_path, {}, [LIBRARY])))
    assert done.stderr.decode().endswith("[libforms] all forms work\n")
    assert (done.status, done.stdout) == (0, b"Hello world!\n")
