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

# `make test` sets variables that would make the tests' own makes believe they are its sub-makes.
for variable in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
    os.environ.pop(variable, None)


@pytest.fixture(scope="session")
def build_guest(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """`build_guest("signals.c", "musl")`: the path of tests/guest/signals.c, built."""
    folder = tmp_path_factory.mktemp("guests")
    built: dict[tuple[str, str], Path] = {}

    def build(name: str, toolchain: str = "gcc") -> Path:
        key = name, toolchain
        if key not in built:
            output = folder / f"{name.replace('.', '-')}-{toolchain}"
            built[key] = compile_guest(GUESTS / name, output, toolchain)
        return built[key]

    return build


@pytest.fixture(scope="session")
def hello(build_guest: Build) -> Path:
    """A program that prints hello."""
    return build_guest("hello.c")


@pytest.fixture
def kernel() -> Path:
    """The kernel's image, for the platform of the test."""
    return ensure_image(choose_platform()[0].name)
