"""Writes the header with the numbers that the kernel and the launcher share."""

from __future__ import annotations

from pathlib import Path

from unishim import contract
from unishim.generate.output import HEADER, write_if_changed


def write_header(folder: Path) -> None:
    """Writes contract.h into `folder` (uk/bits); the constants get the prefix UK_."""
    numbers = {name: value for name, value in vars(contract).items() if name.isupper()}
    lines = ["#ifndef UK_BITS_CONTRACT_H", "#define UK_BITS_CONTRACT_H", ""]
    lines += [*(f"#define UK_{name} {value}" for name, value in numbers.items()), "", "#endif"]
    write_if_changed(folder / "contract.h", HEADER + "\n".join(lines) + "\n")
