"""The kernel configuration of a project: `.config`, and its copy in a build directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unishim.build.configuration import load_menus, print_note, set_options
from unishim.build.configuration_file import load_configuration, save_configuration
from unishim.platforms.choice import choose_platform
from unishim.platforms.registry import PLATFORMS, find_platform
from unishim.project.project_file import Project


def configure(project: Project, options: Mapping[str, str], *, base: Path | None = None, recreate: bool = False) -> Any:
    """Writes `.config` with `options` (names without CONFIG_) changed, and returns all options as they are then.

    The start is the present `.config`, or `base`, or the file that the project's `configuration` names. `recreate`:
    ignore the present `.config`. The caller holds the project's lock. Raises ConfigurationError.
    """
    kconfig = load_menus(project.build_folder, project.library_folders)
    begin = base or _beginning(project, recreate=recreate)
    if begin is not None:
        load_configuration(kconfig, begin, print_note)
    # What the file leaves open is decided by the project: its name and its platform.
    if kconfig.syms["UK_NAME"].user_value is None:
        kconfig.syms["UK_NAME"].set_value(project.name)
    symbols = [platform.symbol for platform in PLATFORMS.values()]
    is_said = kconfig.syms[symbols[0]].choice.user_selection or any(symbol in options for symbol in symbols)
    if not is_said:
        options = {PLATFORMS[default_platform(project)].symbol: "y", **options}
    set_options(kconfig, options)
    save_configuration(kconfig, project.configuration_file)
    return kconfig


def complete(project: Project) -> Any:
    """Sets the options that `.config` does not name to their defaults, like `make olddefconfig`; returns all options.

    Creates `.config` if it is missing. The caller holds the project's lock. Raises ConfigurationError.
    """
    return configure(project, {})


def save_minimum(project: Project, output: Path) -> None:
    """Writes the options that differ from the defaults, like `make savedefconfig`. Raises ConfigurationError."""
    save_configuration(complete(project), output, minimal=True)


def default_platform(project: Project) -> str:
    """The platform of a configuration that does not name one."""
    return find_platform(project.platform).name if project.platform else choose_platform()[0].name


def configured_platform(project: Project) -> str:
    """The platform that `.config` selects, or would select."""
    try:
        lines = project.configuration_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return default_platform(project)
    named = (platform.name for platform in PLATFORMS.values() if f"CONFIG_{platform.symbol}=y" in lines)
    return next(named, default_platform(project))


def _beginning(project: Project, *, recreate: bool) -> Path | None:
    if project.configuration_file.is_file() and not recreate:
        return project.configuration_file
    return None if project.configuration is None else project.folder / project.configuration
