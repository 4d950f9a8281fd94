"""Lists the generated pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs_tools.commands import commands_page
from docs_tools.comparison import comparison_page
from docs_tools.configuration import configuration_page
from docs_tools.macros import macros_page
from docs_tools.project_file import project_file_page
from docs_tools.python_api import python_api_page
from docs_tools.system_calls import system_calls_page

FOLDER = Path(__file__).parent.parent / "docs"

# By path below docs/. A test compares the files with what these functions return.
PAGES: dict[str, Callable[[], str]] = {
    "explanation/comparison.md": comparison_page,
    "reference/commands.md": commands_page,
    "reference/configuration.md": configuration_page,
    "reference/macros.md": macros_page,
    "reference/project-file.md": project_file_page,
    "reference/python-api.md": python_api_page,
    "system-calls.md": system_calls_page,
}
