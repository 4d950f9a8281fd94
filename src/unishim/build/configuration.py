"""The kernel's configuration, by Kconfig."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unishim.errors import ConfigurationError
from unishim.generate.output import HEADER, write_if_changed
from unishim.paths import kernel_sources

DEBUG_OPTIONS = {
    "LIBUKDEBUG_PRINTD": "y",
    "LIBSYSCALL_SHIM_DEBUG_HANDLER": "y",
}


def write_configuration(folder: Path, options: Mapping[str, str], libraries: Sequence[Path] = ()) -> None:
    """Writes `.config` and its headers into a build folder: the defaults, changed by `options` (without CONFIG_).

    `libraries` are folders of external libraries; their options have a header of their own, so that adding one leaves
    the kernel's objects alone. Files that would not change are not written. Raises ConfigurationError for an option
    that does not exist or can not have the value, and for a folder that is no library.
    """
    import kconfiglib

    root = folder / "Kconfig"
    menus = [f'source "{kernel_sources() / "Config.uk"}"']
    for library in libraries:
        for name in ("Config.uk", "Makefile.uk", "exportsyms.uk"):
            if not (library / name).is_file():
                raise ConfigurationError(f"{library}: not a library; it has no {name}")
        menus.append(f'source "{library.absolute() / "Config.uk"}"')
    folder.mkdir(parents=True, exist_ok=True)
    write_if_changed(root, "\n".join(menus) + "\n")
    try:
        kconfig = kconfiglib.Kconfig(os.fspath(root), warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        raise ConfigurationError(" ".join(str(error).split())) from None
    for name, value in options.items():
        symbol = kconfig.syms.get(name)
        if symbol is None or not symbol.nodes:
            raise ConfigurationError(f"CONFIG_{name}: there is no such option; see the menus of kernel/Config.uk")
        symbol.set_value(value)
    for name, value in options.items():
        actual = kconfig.syms[name].str_value
        if actual != value:
            raise ConfigurationError(
                f"CONFIG_{name}={value}: not possible, it stays {actual}; an option it depends on is off, or another "
                "one needs it"
            )
    kconfig.write_config(os.fspath(folder / ".config"), save_old=False)
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
