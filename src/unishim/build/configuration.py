"""The kernel's configuration, by Kconfig."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from unishim.errors import ConfigurationError
from unishim.paths import kernel_sources

DEBUG_OPTIONS = {
    "LIBUKDEBUG_PRINTD": "y",
    "LIBSYSCALL_SHIM_DEBUG_HANDLER": "y",
}


def write_configuration(folder: Path, options: Mapping[str, str]) -> None:
    """Writes `.config` and config.h into a build folder: the defaults, changed by `options` (without CONFIG_).

    Files that would not change are left alone, so that nothing is built again. Raises ConfigurationError for an option
    that does not exist or can not have the value.
    """
    import kconfiglib

    kconfig = kconfiglib.Kconfig(os.fspath(kernel_sources() / "Config.uk"), warn_to_stderr=False)
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
    header = folder / "include" / "uk" / "bits" / "config.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    kconfig.write_config(os.fspath(folder / ".config"), save_old=False)
    kconfig.write_autoconf(os.fspath(header))
