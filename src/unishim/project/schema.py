"""The tables and keys of unishim.toml, declared once for reading, checking and the reference page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FILE = "unishim.toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ADDITION = re.compile(r".+:/.*", re.DOTALL)
_MOUNT = re.compile(r".+:/[^:]*(:r[ow])?")

TABLES = {
    "project": "General properties of the project.",
    "kernel": "The kernel to build. These values initialize `.config`, which then decides what is built.",
    "program": "The program that `unishim run` runs by default.",
    "root": "The program's root file system.",
    "run": "Options of a run. The command line overrides them.",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of values: its name, and whether a value has it."""

    name: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table.

    `field` is the attribute of Project that holds it. `example` is a value in TOML. `check` returns what is wrong with
    a value of the right kind and how to fix it, or None; it is called for each element of a list, each name of a table.
    """

    table: str
    name: str
    kind: Kind
    about: str
    example: str
    field: str = ""
    check: Callable[[Any], str | None] | None = None

    @property
    def attribute(self) -> str:
        """The name of the field in Project."""
        return self.field or self.name


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


TEXT = Kind("a string", _is_text)
TEXTS = Kind("a list of strings", lambda value: isinstance(value, list) and all(map(_is_text, value)))
VARIABLES = Kind("a table of strings", lambda value: isinstance(value, dict) and all(map(_is_text, value.values())))
SWITCH = Kind("true or false", lambda value: isinstance(value, bool))
INTEGER = Kind("an integer", lambda value: type(value) is int)
NUMBER = Kind("a number", lambda value: type(value) in (int, float))


def check_name(value: str) -> str | None:
    """Checks the name of a project, which is used for file names."""
    if NAME.fullmatch(value):
        return None
    return f"{value!r} cannot name files; use letters, digits, '.', '_' and '-', starting with a letter or digit"


def _check_platform(value: str) -> str | None:
    from unishim.platforms.registry import ALIASES, PLATFORMS

    return (
        None
        if value in PLATFORMS or value in ALIASES
        else f"{value!r} is not a platform; choose one of {', '.join(PLATFORMS)}"
    )


def _check_versions(value: str) -> str | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from unishim import __version__

    try:
        is_wanted = SpecifierSet(value).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        return f'{value!r} is not a version range; write it as ">=0.1,<0.2"'
    return None if is_wanted else f"requires unishim {value}, but this is {__version__}; install a matching version"


def _check_memory(value: str) -> str | None:
    from unishim.platforms.memory import parse_memory

    return _complaint(lambda: parse_memory(value), "--memory ")


def _check_timeout(value: float) -> str | None:
    from unishim.running.options import TIMEOUT_MAX

    return None if 0 < value <= TIMEOUT_MAX else f"{value} is out of range; give seconds above 0, up to {TIMEOUT_MAX}"


def _check_seed(value: int) -> str | None:
    return None if 0 <= value < 1 << 63 else f"{value} is out of range; choose one from 0 to 2^63 - 1"


def _check_variable(name: str) -> str | None:
    return None if name and "=" not in name else f'{name!r} is not a variable name; write NAME = "VALUE"'


def _check_mount(value: str) -> str | None:
    return None if _MOUNT.fullmatch(value) else f"{value!r} is not a mount; write DIR:/PATH or DIR:/PATH:ro"


def _check_addition(value: str) -> str | None:
    return None if _ADDITION.fullmatch(value) else f"{value!r} does not name a place in the guest; write HOST:/GUEST"


def _check_fail(value: str) -> str | None:
    from random import Random

    from unishim.handlers.rules import parse_fail

    return _complaint(lambda: parse_fail(value, Random(0)), "--fail ")


def _check_delay(value: str) -> str | None:
    from random import Random

    from unishim.handlers.rules import parse_delay

    return _complaint(lambda: parse_delay(value, Random(0)), "--delay ")


def _complaint(parse: Callable[[], Any], option: str) -> str | None:
    """What `parse` rejects in a value, without the option name that it puts in front."""
    from unishim.errors import UnishimError

    try:
        parse()
    except UnishimError as error:
        return str(error).removeprefix(option)
    return None


KEYS = (
    Key("project", "name", TEXT, "The project's name; the image is named after it.", '"hello"', check=check_name),
    Key(
        "project", "unishim", TEXT, "The versions of unishim that it works with.", '">=0.1,<0.2"', check=_check_versions
    ),
    Key(
        "kernel",
        "platform",
        TEXT,
        "Target platform of `unishim configure` without `-p`: `linux` or `qemu`; default: the one that works here.",
        '"qemu"',
        check=_check_platform,
    ),
    Key("kernel", "configuration", TEXT, "The file that initializes the configuration.", '"config"'),
    Key("kernel", "libraries", TEXTS, "Directories of its own kernel libraries, in C.", '["libraries/getcpu"]'),
    Key(
        "program",
        "path",
        TEXT,
        "The program's file; with a root file system, its path in there.",
        '"src/helloworld"',
        field="program",
    ),
    Key("program", "arguments", TEXTS, "The program's arguments, without its name.", '["--verbose"]'),
    Key(
        "program",
        "environment",
        VARIABLES,
        "The program's environment variables.",
        '{ LANG = "C" }',
        check=_check_variable,
    ),
    Key("program", "build", TEXT, "The shell command that builds it, run in the project's directory.", '"make -C src"'),
    Key("program", "clean", TEXT, "The shell command that removes what `build` created.", '"make -C src clean"'),
    Key("root", "initrd", TEXT, "A directory or archive to use as initial ramdisk (`-i`).", '"rootfs"'),
    Key("root", "share", TEXT, "A host directory to share as the root instead (`-e`): `DIR` or `DIR:ro`.", '"rootfs"'),
    Key(
        "root",
        "add",
        TEXTS,
        "Additional files and directories to pack: `HOST:/GUEST`.",
        '["data:/data"]',
        check=_check_addition,
    ),
    Key(
        "root",
        "mounts",
        TEXTS,
        "Host directories to mount: `DIR:/PATH` or `DIR:/PATH:ro`.",
        '["src:/src:ro"]',
        check=_check_mount,
    ),
    Key("root", "workdir", TEXT, "The guest directory to start in.", '"/data"'),
    Key("root", "user", TEXT, "The guest's user to start as, as in `--user`.", '"1000:1000"'),
    Key("root", "with_libs", SWITCH, "Whether to pack what a dynamic program needs to start; default: true.", "false"),
    Key("run", "memory", TEXT, "Memory size of the guest.", '"64M"', check=_check_memory),
    Key("run", "timeout", NUMBER, "End the run after this many seconds.", "10", check=_check_timeout),
    Key("run", "seed", INTEGER, "The seed of all random values.", "1", check=_check_seed),
    Key("run", "handlers", TEXTS, "Python files whose functions handle calls.", '["handlers.py"]'),
    Key("run", "fail", TEXTS, "Calls to make fail, as in `--fail`.", '["write:ENOSPC:after=3"]', check=_check_fail),
    Key("run", "delay", TEXTS, "Calls to delay, as in `--delay`.", '["read:10ms"]', check=_check_delay),
)
