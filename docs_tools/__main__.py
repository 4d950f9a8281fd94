"""Writes the pages that would change."""

from __future__ import annotations

from docs_tools.pages import FOLDER, PAGES
from unishim.generate.output import write_if_changed

for name, make_page in PAGES.items():
    write_if_changed(FOLDER / name, make_page())
