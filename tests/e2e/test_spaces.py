"""Two address spaces in one kernel (tests/kernel_libraries/spaces switches between them at boot)."""

from __future__ import annotations

from pathlib import Path

from tests.framework import ROOT, build_kernel, run_guest

LIBRARY = ROOT / "tests" / "kernel_libraries" / "spaces"


def test_spaces(hello: Path, tmp_path: Path) -> None:
    done = run_guest([hello], "--kernel", str(build_kernel(tmp_path, {}, [LIBRARY])))
    assert done.stderr.decode().endswith("[libspaces] both spaces work\n"), done.stderr.decode()
    assert (done.status, done.stdout) == (0, b"Hello world!\n")
