"""Generates the header with the reasons why a file cannot be executed."""

from __future__ import annotations

from pathlib import Path

from unishim.elf.reasons import ElfReason
from unishim.generate.output import HEADER, write_if_changed


def write_header(folder: Path) -> None:
    """Writes elf_reasons.h into `folder` (uk/bits): the enumeration (0 is success) and the messages."""
    members = "".join(f"\tUK_ELF_{reason.name},\n" for reason in ElfReason)
    messages = "".join(f'\t[UK_ELF_{reason.name}] = "{reason.message}",\n' for reason in ElfReason)
    text = (
        f"{HEADER}#ifndef UK_BITS_ELF_REASONS_H\n#define UK_BITS_ELF_REASONS_H\n\n"
        f"enum uk_elf_reason {{\n\tUK_ELF_OK,\n{members}}};\n\n"
        f"#define UK_ELF_REASON_MESSAGES {{ \\\n" + messages.replace("\n", " \\\n") + "}\n\n#endif\n"
    )
    write_if_changed(folder / "elf_reasons.h", text)
