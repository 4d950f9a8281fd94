"""docs/reference/project-file.md, from the declaration of what may stand in unishim.toml."""

from __future__ import annotations

from docs_tools.markdown import NOTE, heading, table
from unishim.project.schema import KEYS, TABLES

_BEGIN = """
A folder with a file `unishim.toml` is a project ([how to work in one](../how-to/projects.md)). The file is
[TOML](https://toml.io/en/v1.0.0); only `name` is needed. Paths are relative to the project's folder. What is wrong in
it is one line: `unishim.toml:LINE: what; the mend`.

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
    """One table of keys a table of the file."""
    page = "# unishim.toml\n\n" + NOTE.format(source="`src/unishim/project/schema.py`") + _BEGIN
    for name, about in TABLES.items():
        rows = ((f"`{key.name}`", key.kind.name, key.about, f"`{key.example}`") for key in KEYS if key.table == name)
        page += heading(2, f"[{name}]") + f"{about}\n\n" + table(("key", "type", "what it says", "example"), rows)
    return page
