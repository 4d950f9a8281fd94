"""Fixtures: guest programs, built once per session."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.framework import GUESTS, compile_guest
from unishim.build.image import ensure_image
from unishim.platforms.choice import choose_platform

Build = Callable[..., Path]

# `make test` sets variables that would make the tests' own makes believe they are its sub-makes. The last one would
# make each command that a test starts compile all its modules.
for variable in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(variable, None)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for results that the processes of pytest-xdist share: each file appears there complete."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def build_guest(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Build:
    """`build_guest("signals.c", "musl")`: the path of tests/guest/signals.c, built."""
    temporary = tmp_path_factory.mktemp("guests")

    def build(name: str, toolchain: str = "gcc") -> Path:
        output = shared_folder / f"{name.replace('.', '-')}-{toolchain}"
        if not output.exists():
            compile_guest(GUESTS / name, temporary / output.name, toolchain).rename(output)
        return output

    return build


@pytest.fixture(scope="session")
def hello(build_guest: Build) -> Path:
    """A program that prints hello."""
    return build_guest("hello.c")


@pytest.fixture
def kernel() -> Path:
    """The kernel's image, for the platform of the test."""
    return ensure_image(choose_platform()[0].name)
