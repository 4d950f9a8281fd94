"""What may stand in unishim.toml: the one declaration, from which reading, checking and the reference page come."""

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
    "project": "What the project is.",
    "kernel": "The kernel that is built. What a file `.config` says is what is built; this is what it begins with.",
    "program": "What `unishim run` runs when it names no other program.",
    "root": "The root file system of the program.",
    "run": "How it is run. An option of the command line takes the place of what stands here.",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of values: what it is called, and whether a value is one."""

    name: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table.

    `field` is the attribute of Project that holds it. `example` is a value as TOML has it. `check` says what is wrong
    with a value of the right kind, and the mend, or None; it is asked for each element of a list, each name of a table.
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
        """The name of Project's field."""
        return self.field or self.name


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


TEXT = Kind("a string", _is_text)
TEXTS = Kind("a list of strings", lambda value: isinstance(value, list) and all(map(_is_text, value)))
VARIABLES = Kind("a table of strings", lambda value: isinstance(value, dict) and all(map(_is_text, value.values())))
SWITCH = Kind("true or false", lambda value: isinstance(value, bool))
INTEGER = Kind("a whole number", lambda value: type(value) is int)
NUMBER = Kind("a number", lambda value: type(value) in (int, float))


def check_name(value: str) -> str | None:
    """What is wrong with the name of a project, which becomes the name of files."""
    if NAME.fullmatch(value):
        return None
    return f"{value!r} cannot name files; use letters, digits, '.', '_' and '-', beginning with a letter or digit"


def _check_platform(value: str) -> str | None:
    from unishim.platforms.registry import ALIASES, PLATFORMS

    return (
        None
        if value in PLATFORMS or value in ALIASES
        else f"{value!r} is no platform; choose one of {', '.join(PLATFORMS)}"
    )


def _check_versions(value: str) -> str | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from unishim import __version__

    try:
        is_wanted = SpecifierSet(value).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        return f'{value!r} is no range of versions; write it as ">=0.1,<0.2"'
    return None if is_wanted else f"wants unishim {value}, and this is {__version__}; install one of those"


def _check_memory(value: str) -> str | None:
    from unishim.platforms.memory import parse_memory

    return _complaint(lambda: parse_memory(value), "--memory ")


def _check_timeout(value: float) -> str | None:
    from unishim.running.options import TIMEOUT_MAX

    return None if 0 < value <= TIMEOUT_MAX else f"{value} is out of range; give seconds above 0, up to {TIMEOUT_MAX}"


def _check_seed(value: int) -> str | None:
    return None if 0 <= value < 1 << 63 else f"{value} is out of range; choose one from 0 to 2^63 - 1"


def _check_variable(name: str) -> str | None:
    return None if name and "=" not in name else f'{name!r} is no name of a variable; write NAME = "VALUE"'


def _check_mount(value: str) -> str | None:
    return None if _MOUNT.fullmatch(value) else f"{value!r} is no mount; write DIR:/PATH or DIR:/PATH:ro"


def _check_addition(value: str) -> str | None:
    return None if _ADDITION.fullmatch(value) else f"{value!r} does not say where it comes to; write HOST:/GUEST"


def _check_fail(value: str) -> str | None:
    from random import Random

    from unishim.handlers.rules import parse_fail

    return _complaint(lambda: parse_fail(value, Random(0)), "--fail ")


def _check_delay(value: str) -> str | None:
    from random import Random

    from unishim.handlers.rules import parse_delay

    return _complaint(lambda: parse_delay(value, Random(0)), "--delay ")


def _complaint(parse: Callable[[], Any], option: str) -> str | None:
    """What `parse` says against a value, without the option that it takes it for."""
    from unishim.errors import UnishimError

    try:
        parse()
    except UnishimError as error:
        return str(error).removeprefix(option)
    return None


KEYS = (
    Key("project", "name", TEXT, "Its name, which the image has too.", '"hello"', check=check_name),
    Key("project", "unishim", TEXT, "The versions of unishim it works with.", '">=0.1,<0.2"', check=_check_versions),
    Key(
        "kernel",
        "platform",
        TEXT,
        "What `unishim configure` configures it for without `-p`: `linux` or `qemu`; default: what fits here.",
        '"qemu"',
        check=_check_platform,
    ),
    Key("kernel", "configuration", TEXT, "The file that the configuration begins with.", '"config"'),
    Key("kernel", "libraries", TEXTS, "Folders of libraries of its own, in C.", '["libraries/getcpu"]'),
    Key(
        "program",
        "path",
        TEXT,
        "Its file; with a root file system, its path in there.",
        '"src/helloworld"',
        field="program",
    ),
    Key("program", "arguments", TEXTS, "Its arguments, behind its name.", '["--verbose"]'),
    Key("program", "environment", VARIABLES, "Its variables.", '{ LANG = "C" }', check=_check_variable),
    Key(
        "program", "build", TEXT, "The command that makes it, for the shell, in the project's folder.", '"make -C src"'
    ),
    Key("program", "clean", TEXT, "The command that removes what `build` made.", '"make -C src clean"'),
    Key("root", "initrd", TEXT, "A folder or an archive that is packed or given as it is (`-i`).", '"rootfs"'),
    Key("root", "share", TEXT, "A folder that is shared instead (`-e`): `DIR` or `DIR:ro`.", '"rootfs"'),
    Key(
        "root", "add", TEXTS, "More files and folders to pack: `HOST:/GUEST`.", '["data:/data"]', check=_check_addition
    ),
    Key(
        "root",
        "mounts",
        TEXTS,
        "Folders that are seen at a path: `DIR:/PATH` or `DIR:/PATH:ro`.",
        '["src:/src:ro"]',
        check=_check_mount,
    ),
    Key("root", "workdir", TEXT, "The folder of the guest to start in.", '"/data"'),
    Key("root", "with_libs", SWITCH, "Whether what a dynamic program needs to start is packed; default true.", "false"),
    Key("run", "memory", TEXT, "Memory of the machine.", '"64M"', check=_check_memory),
    Key("run", "timeout", NUMBER, "Seconds after which it is ended.", "10", check=_check_timeout),
    Key("run", "seed", INTEGER, "The seed of all random values.", "1", check=_check_seed),
    Key("run", "handlers", TEXTS, "Python files whose functions answer calls.", '["handlers.py"]'),
    Key("run", "fail", TEXTS, "Calls that fail, as `--fail`.", '["write:ENOSPC:after=3"]', check=_check_fail),
    Key("run", "delay", TEXTS, "Calls that take longer, as `--delay`.", '["read:10ms"]', check=_check_delay),
)
