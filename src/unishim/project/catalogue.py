"""What projects can be built from, and which of it this machine can use."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from unishim.build.configuration import load_menus
from unishim.host.tools import missing_tools
from unishim.paths import kernel_sources
from unishim.platforms.architectures import ARCHITECTURES
from unishim.platforms.registry import PLATFORMS
from unishim.project.templates import templates

_BUILDERS = ("make", "gcc", "ld", "objcopy")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the kernel's configuration: name, menu text, default."""

    name: str
    about: str
    default: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something to choose; `fix` says why this machine cannot use it and what to do, or is None."""

    name: str
    about: str
    fix: str | None
    options: tuple[Option, ...] = ()


def catalogue() -> dict[str, list[Item]]:
    """All items by section: templates, libraries, platforms, architectures. Raises UnishimError."""
    fix = missing_tools(*_BUILDERS)
    return {
        "templates": [Item(template.name, template.about, fix) for template in templates()],
        "libraries": _libraries(fix),
        "platforms": [Item(platform.name, platform.about, platform.fix()) for platform in PLATFORMS.values()],
        "architectures": [Item(name, "64-bit x86.", None) for name in ARCHITECTURES],
    }


def _libraries(fix: str | None) -> list[Item]:
    """The kernel's libraries, by the directories whose menus declare their options."""
    with tempfile.TemporaryDirectory() as folder:
        kconfig = load_menus(Path(folder), ())
    items: dict[str, list[Option]] = {}
    about: dict[str, str] = {}
    for symbol in kconfig.unique_defined_syms:
        node = symbol.nodes[0]
        path = Path(node.filename).absolute()
        if path.parent == kernel_sources():
            continue
        library = path.parent.name
        title = node.prompt[0] if node.prompt else node.help.strip().split(".")[0].replace("\n", " ")
        about.setdefault(library, title.removeprefix(f"{library}: "))
        if node.prompt:
            items.setdefault(library, []).append(Option(f"CONFIG_{symbol.name}", title, symbol.str_value))
    return [Item(name, about[name], fix, tuple(items.get(name, ()))) for name in sorted(about)]
