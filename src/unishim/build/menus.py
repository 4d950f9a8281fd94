"""kconfiglib's menus in a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from unishim.build.configuration import load_menus, refresh_configuration, remembered_libraries, write_configuration
from unishim.build.configuration_file import HEADER
from unishim.build.image import default_options
from unishim.build.lock import locked
from unishim.errors import ConfigurationError, UsageError
from unishim.platforms.choice import choose_platform


def edit_folder(folder: Path) -> None:
    """Lets the user change the configuration of a build directory, starting from the defaults. Raises UnishimError."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if (folder / ".config").is_file():
            refresh_configuration(folder)
        else:
            write_configuration(folder, default_options(choose_platform()[0].name))
        edit(load_menus(folder, remembered_libraries(folder)), folder / ".config")
        refresh_configuration(folder)


def edit(kconfig: Any, path: Path) -> None:
    """Lets the user change the options of a file in menus. Raises UsageError and ConfigurationError."""
    try:
        import curses

        import menuconfig
    except ImportError as error:
        raise UsageError(f"this Python has no curses ({error}); change options with: unishim configure --set") from None
    kconfig.config_header = HEADER
    os.environ["KCONFIG_CONFIG"] = os.fspath(path)  # what menuconfig loads and saves
    try:
        menuconfig.menuconfig(kconfig)
    except curses.error as error:
        raise UsageError(f"TERM={os.environ.get('TERM', '')}: {error}; set TERM to the terminal's type") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def check_terminal() -> None:
    """Raises UsageError if there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("menuconfig needs a terminal; without one, use: unishim configure --set CONFIG_X=VALUE")
