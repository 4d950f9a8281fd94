"""Generates docs/reference/project-file.md from the schema of unishim.toml."""

from __future__ import annotations

from docs_tools.markdown import NOTE, heading, table
from unishim.project.schema import KEYS, TABLES

_BEGIN = """
A directory with a file `unishim.toml` is a project ([how to work in a project](../how-to/projects.md)). The format of
the file is [TOML](https://toml.io/en/v1.0.0); only `name` is required. Paths are relative to the project's directory. A
mistake is reported on one line: `unishim.toml:LINE: what is wrong; how to fix it`.

```toml
# unishim.toml
[project]
name = "reader"

[program]
path = "src/reader"
arguments = ["--verbose"]
build = "make -C src"

[root]
add = ["data:/data"]

[run]
memory = "64M"
```
"""


def project_file_page() -> str:
    """One table of keys per table of the file."""
    page = "# unishim.toml\n\n" + NOTE.format(source="`src/unishim/project/schema.py`") + _BEGIN
    for name, about in TABLES.items():
        rows = ((f"`{key.name}`", key.kind.name, key.about, f"`{key.example}`") for key in KEYS if key.table == name)
        page += heading(2, f"[{name}]") + f"{about}\n\n" + table(("key", "type", "meaning", "example"), rows)
    return page
