"""Generates the header with the layout of the payload that a standalone file contains."""

from __future__ import annotations

from pathlib import Path

from unishim.elf import standalone
from unishim.generate.channel_layout import declaration
from unishim.generate.output import HEADER, write_if_changed


def write_header(folder: Path) -> None:
    """Writes standalone_layout.h into `folder` (uk/bits): constants as UK_STANDALONE_*, and the structure."""
    lines = [
        "#ifndef UK_BITS_STANDALONE_LAYOUT_H",
        "#define UK_BITS_STANDALONE_LAYOUT_H",
        "",
        "#include <uk/types.h>",
        "",
    ]
    lines += [
        f"#define UK_STANDALONE_{name} {getattr(standalone, name):#x}UL" for name in ("MAGIC", "VERSION", "START")
    ]
    lines += ["", *declaration(standalone.PAYLOAD), "", "#endif"]
    write_if_changed(folder / "standalone_layout.h", HEADER + "\n".join(lines) + "\n")
