"""Installs the wheel outside the checkout, to measure what users start."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from tests.framework import ROOT

PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def install_wheel(folder: Path) -> Path:
    """Builds the wheel and installs it into an environment in `folder`. Returns the environment's bin directory."""
    wheels, environment = folder / "wheels", folder / "environment"
    subprocess.run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT], check=True)
    venv.create(environment, symlinks=True)
    programs = environment / "bin"
    subprocess.run([*PIP, "--python", programs / "python", "install", *wheels.glob("*.whl")], check=True)
    return programs
