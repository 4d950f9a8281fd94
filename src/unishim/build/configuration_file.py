"""`.config` files: read strictly, migrated if another version wrote them, written completely or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from unishim import __version__
from unishim.build.configuration_changes import CHANGES, Renamed
from unishim.errors import ConfigurationError

HEADER = f"# unishim {__version__} configuration\n"
# For a file with only the options that differ from the defaults: an option that it leaves out is not new.
MINIMAL_HEADER = f"# unishim {__version__} minimal configuration\n"
_HEADER = re.compile(r"# unishim (\d+(?:\.\d+)*\S*) (minimal )?configuration$", re.MULTILINE)
_OPTION = re.compile(r"(?:# )?CONFIG_(\w+)(?:=(.*)| is not set)$")
_IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Note = Callable[[str], None]


def load_configuration(kconfig: Any, path: Path, note: Note) -> None:
    """Sets the options of `kconfig` to the values in a file.

    A file of an older version is migrated: `note` is called with one line per change. A file without a version counts
    as written by this version. A renamed option keeps its value in files of every version. Raises ConfigurationError,
    with file and line, for a file of a newer version, for malformed lines, and for options that do not exist or cannot
    have their value.
    """
    text = _read(path)
    found = _HEADER.match(text)
    is_old = found is not None and _is_older(path, found[1])
    kconfig.warn_assign_undef = not is_old
    kconfig.load_config(os.fspath(path))
    renamed = tuple(f" {name}" for name, change in CHANGES.items() if isinstance(change, Renamed))
    for warning in kconfig.warnings:
        if not ("undefined symbol" in warning and warning.endswith(renamed)):
            raise ConfigurationError(f"{_plain(warning)}; change or remove that line")
    lines = {name: (number, value) for number, name, value in _options(text)}
    _follow_changes(kconfig, path, lines, note)
    for symbol in kconfig.unique_defined_syms:
        if symbol.user_value is None:
            continue
        value = symbol.user_value if isinstance(symbol.user_value, str) else "nmy"[symbol.user_value]
        try:
            check_value(symbol, value)
        except ConfigurationError as error:
            number = lines.get(symbol.name, (1, ""))[0]
            if not is_old:
                raise ConfigurationError(f"{path}:{number}: {error}") from None
            note(f"{path}:{number}: {error}")
    if found is not None and is_old and not found[2]:
        for symbol in kconfig.unique_defined_syms:
            if symbol.user_value is None and symbol.visibility and symbol.choice is None:
                note(f"{path}: CONFIG_{symbol.name} is new; set to {symbol.str_value}")


def check_value(symbol: Any, value: str) -> None:
    """Raises ConfigurationError unless an option has the value that it was given."""
    if symbol.str_value != value:
        raise ConfigurationError(
            f"CONFIG_{symbol.name}={value}: not possible, it stays {symbol.str_value}; an option it depends on "
            "is off, or another one selects it"
        )
    if symbol.name == "UK_NAME" and not _IMAGE_NAME.fullmatch(value):
        raise ConfigurationError(
            f"CONFIG_UK_NAME={value}: cannot be an image name; use letters, digits, '.', '_' and '-', starting with a "
            "letter or digit"
        )


def save_configuration(kconfig: Any, path: Path, *, minimal: bool = False) -> None:
    """Writes the file, unless its content is the same. Raises ConfigurationError if it cannot be written."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        if minimal:
            kconfig.write_min_config(os.fspath(temporary), header=MINIMAL_HEADER)
        else:
            kconfig.write_config(os.fspath(temporary), header=HEADER, save_old=False)
        if not path.is_file() or path.read_bytes() != temporary.read_bytes():
            temporary.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not a text file; recreate it with: unishim configure") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def _is_older(path: Path, version: str) -> bool:
    """Whether an older version wrote the file. Raises ConfigurationError for a newer one."""
    if version == __version__:
        return False
    from packaging.version import InvalidVersion, Version

    try:
        is_newer = Version(version) > Version(__version__)
    except InvalidVersion:
        raise ConfigurationError(f"{path}:1: {version} is not a version; remove the line") from None
    if is_newer:
        raise ConfigurationError(
            f"{path}:1: written by unishim {version}, but this is {__version__}; install that version, or "
            "remove the file and configure again"
        )
    return True


def _options(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, name and value of each option that the text sets."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _OPTION.match(line.rstrip()):
            yield number, found[1], found[2] or "n"


def _follow_changes(kconfig: Any, path: Path, lines: dict[str, tuple[int, str]], note: Note) -> None:
    """Sets options by their new names, and reports those that no longer exist."""
    for name, (number, value) in lines.items():
        symbol = kconfig.syms.get(name)
        if symbol is not None and symbol.nodes:
            continue
        change = CHANGES.get(name)
        if isinstance(change, Renamed):
            kconfig.syms[change.name].set_value(value.strip('"'))
            note(f"{path}:{number}: CONFIG_{name} is now called CONFIG_{change.name}")
        else:
            reason = "it no longer exists" if change is None else change.reason
            note(f"{path}:{number}: CONFIG_{name} is dropped: {reason}")


def _plain(warning: str) -> str:
    """Rewords a warning of kconfiglib: what it only ignores is an error here."""
    words = " ".join(warning.split()).replace("warning: ", "", 1)
    return words.replace("ignoring malformed", "malformed").removesuffix(" Assignment ignored.").removesuffix(".")
