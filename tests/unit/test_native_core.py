"""Obtaining native core files, also on machines that send them elsewhere (core(5))."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import native_core
from tests.conftest import Build


@pytest.mark.parametrize("pattern", ["core", "core.%p", "%e-%t\n"])
def test_pattern_that_can_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    file = tmp_path / "pattern"
    file.write_text(pattern)
    monkeypatch.setattr(native_core, "PATTERN", file)
    with native_core.files_in_working_directory() as is_so:
        assert is_so
        assert file.read_text() == pattern
    assert file.read_text() == pattern


@pytest.mark.parametrize("pattern", ["|/usr/bin/collect %p", "/var/crash/core", "folder/core", "@@/run/socket", "\n"])
def test_pattern_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    file = tmp_path / "pattern"
    file.write_text(pattern)
    monkeypatch.setattr(native_core, "PATTERN", file)
    with pytest.raises(RuntimeError), native_core.files_in_working_directory() as is_so:
        assert is_so
        assert file.read_text() == "core"
        raise RuntimeError
    assert file.read_text() == pattern


class _FixedPattern:
    """As on a machine on which we are not root, or in a container in which /proc/sys is not writable."""

    def read_text(self) -> str:
        return "|/usr/bin/collect %p\n"

    def write_text(self, _: str) -> None:
        raise PermissionError


def test_gdb_where_the_pattern_is_not_ours(build_guest: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_core, "PATTERN", _FixedPattern())
    native_core.write_native_core([build_guest("faults.c"), "abort"], tmp_path / "core")
    assert (tmp_path / "core").read_bytes()[:4] == b"\x7fELF"
