"""The kernel's configuration, with Kconfig."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unishim.build.configuration_file import check_value, load_configuration, save_configuration
from unishim.errors import ConfigurationError
from unishim.generate.output import HEADER, write_if_changed
from unishim.paths import kernel_sources
from unishim.printable import say

DEBUG_OPTIONS = {
    "LIBUKDEBUG_PRINTD": "y",
    "LIBSYSCALL_SHIM_DEBUG_HANDLER": "y",
}


def write_configuration(
    folder: Path, options: Mapping[str, str], libraries: Sequence[Path] = (), *, base: Path | None = None
) -> None:
    """Writes `.config` and its headers into a build directory: the defaults, changed by `options` (without CONFIG_).

    `libraries` are directories of external libraries, which the build directory's Kconfig records; their options have a
    header of their own, so that adding one does not invalidate the kernel's objects. Files that would not change are
    not written. `base` is a file that replaces the defaults. Raises ConfigurationError for an option that does not
    exist or cannot have the value, and for a directory that is not a library.
    """
    kconfig = load_menus(folder, libraries)
    if base is not None:
        load_configuration(kconfig, base, print_note)
    set_options(kconfig, options)
    _write(kconfig, folder)


def set_options(kconfig: Any, options: Mapping[str, str]) -> None:
    """Changes options, by their names without CONFIG_. Raises ConfigurationError if that is not possible."""
    for name, value in options.items():
        symbol = kconfig.syms.get(name)
        if symbol is None or not symbol.nodes:
            raise ConfigurationError(f"CONFIG_{name}: no such option; see the menus with unishim menuconfig")
        symbol.set_value(value)
    for name, value in options.items():
        check_value(kconfig.syms[name], value)


def refresh_configuration(folder: Path) -> list[Path]:
    """Writes the headers for the `.config` of a build directory; returns the external libraries that it records.

    Raises ConfigurationError if the directory has no `.config`, or an invalid one.
    """
    path = folder / ".config"
    if not path.is_file():
        raise ConfigurationError(f"{path}: no such file; create it with: unishim configure -o {folder}")
    libraries = remembered_libraries(folder)
    kconfig = load_menus(folder, libraries)
    load_configuration(kconfig, path, print_note)
    _write(kconfig, folder)
    return libraries


def print_note(line: str) -> None:
    """Tells the user what happened to an option."""
    say(f"unishim: {line}")


def remembered_libraries(folder: Path) -> list[Path]:
    """The external libraries of a build directory; its Kconfig lists their menus after the kernel's."""
    try:
        lines = (folder / "Kconfig").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [Path(line.split('"')[1]).parent for line in lines[1:]]


def load_menus(folder: Path, libraries: Sequence[Path]) -> Any:
    """The options of the kernel and of external libraries, which the build directory's Kconfig records."""
    import kconfiglib

    root = folder / "Kconfig"
    menus = [f'source "{kernel_sources() / "Config.uk"}"']
    for library in libraries:
        for name in ("Config.uk", "Makefile.uk"):
            if not (library / name).is_file():
                raise ConfigurationError(f"{library}: not a library; it has no {name}")
        menus.append(f'source "{library.absolute() / "Config.uk"}"')
    folder.mkdir(parents=True, exist_ok=True)
    write_if_changed(root, "\n".join(menus) + "\n")
    try:
        return kconfiglib.Kconfig(os.fspath(root), warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        raise ConfigurationError(" ".join(str(error).split())) from None


def _write(kconfig: Any, folder: Path) -> None:
    save_configuration(kconfig, folder / ".config")
    _write_headers(kconfig, folder / "include" / "uk" / "bits")


def _write_headers(kconfig: Any, folder: Path) -> None:
    own = kernel_sources()
    texts = {"config.h": HEADER, "config_external.h": HEADER}
    for symbol in kconfig.unique_defined_syms:
        is_own = Path(symbol.nodes[0].filename).absolute().is_relative_to(own)
        name = "config.h" if is_own else "config_external.h"
        if symbol.str_value == "y":
            texts[name] += f"#define CONFIG_{symbol.name} 1\n"
        elif symbol.config_string and symbol.str_value != "n":
            texts[name] += f"#define CONFIG_{symbol.name} {symbol.config_string.partition('=')[2]}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_if_changed(folder / name, text)
