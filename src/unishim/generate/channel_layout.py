"""Generates the header with the layout of the memory that the kernel shares with Python."""

from __future__ import annotations

from pathlib import Path

from unishim.channel import layout
from unishim.generate.output import HEADER, write_if_changed

_PREFIXES = ("HOOK_", "BELL_", "EVENT_", "COMMAND_", "RECORD_", "CAPTURE_")
_OTHERS = (
    "MAGIC",
    "SIZE",
    "DATA_OFFSET",
    "DATA_SIZE",
    "COUNTS_OFFSET",
    "RING_OFFSET",
    "RING_SIZE",
    "HOOKS_SIZE",
    "ITEMS_MAX",
    "STATE_OFFSET",
)


def write_header(folder: Path) -> None:
    """Writes channel_layout.h into `folder` (uk/bits): constants as UK_CHANNEL_*, and the structures."""
    lines = ["#ifndef UK_BITS_CHANNEL_LAYOUT_H", "#define UK_BITS_CHANNEL_LAYOUT_H", "", "#include <uk/types.h>", ""]
    for name, value in vars(layout).items():
        if isinstance(value, int) and (name in _OTHERS or name.startswith(_PREFIXES)):
            suffix = "UL" if value >> 31 else ""
            lines.append(f"#define UK_CHANNEL_{name} {value}{suffix}")
    for family in ("CAPTURE_FORMS", "CAPTURE_COUNTS"):
        prefix = family.removesuffix("S").replace("CAPTURE_", "UK_CAPTURE_")
        lines += [f"#define {prefix}_{name} {number}" for number, name in enumerate(getattr(layout, family))]
    for structure in layout.LAYOUTS:
        lines += ["", *declaration(structure)]
    lines += ["", "#endif"]
    write_if_changed(folder / "channel_layout.h", HEADER + "\n".join(lines) + "\n")


def declaration(structure: layout.Layout) -> list[str]:
    """The lines that declare a structure in C."""
    fields = [
        f"\t{field.type} {field.name}{f'[{field.count}]' if field.count > 1 else ''};" for field in structure.fields
    ]
    check = f'_Static_assert(sizeof(struct {structure.name}) == {structure.size}, "layout");'
    return [f"struct {structure.name} {{", *fields, "};", check]
