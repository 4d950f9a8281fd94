"""`unishim run` without click where that is enough: its import takes longer than all else before the program starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from unishim.cli import imported
from unishim.cli.run_vocabulary import PACKING, RUNNING, SHARE, RunOption, environment_of, options_and_argv
from unishim.platforms.linux import process as process  # what most runs import anyway, before memory is frozen
from unishim.running.options import Options
from unishim.running.runner import run_with

_FOLDER = RunOption(("-C", "--project"), "folder", "")
_OPTIONS = {name: option for option in (SHARE, *PACKING, *RUNNING, _FOLDER) for name in option.names}


class Said(NamedTuple):
    """What a command line says; `given` are the fields of `options` that it sets."""

    options: Options
    given: frozenset[str]
    folder: str | None
    binary: str | None
    arguments: Sequence[str]


def parse(words: Sequence[str]) -> Said | None:
    """The words behind `unishim run`; None: click has to look, and may find what is wrong."""
    said: dict[str, Any] = {}
    rest = list(words)
    while rest and rest[0].startswith("-"):
        name, separator, value = rest.pop(0).partition("=")
        if name == "--" and not separator:
            break
        option = _OPTIONS.get(name)
        if option is None or (separator and not name.startswith("--")):
            return None
        if option.kind in ("nothing", "switch"):
            if separator:
                return None
            said[option.field] = name == option.names[0] or option.kind == "nothing"
            continue
        if not separator:
            if not rest:
                return None
            value = rest.pop(0)
        if option.kind == "words":
            said[option.field] = (*said.get(option.field, ()), value)
            continue
        try:
            said[option.field] = _value(option, value)
        except ValueError:
            return None
    folder = said.pop("folder", None)
    given = frozenset(said)
    said["env"] = environment_of(said.get("env", ()))
    return Said(Options(**{"quiet": False, **said}), given, folder, rest[0] if rest else None, rest[1:])


def _value(option: RunOption, word: str) -> object:
    """Raises ValueError for what click would refuse."""
    if option.kind == "number":
        return int(word)
    if option.kind == "seconds":
        seconds = float(word)
        if seconds <= 0 or math.isnan(seconds):
            raise ValueError
        return seconds
    if option.kind == "choice":
        word = (option.aliases or {}).get(word, word)
        if word not in option.choices:
            raise ValueError
    return word


def run_quickly(words: Sequence[str]) -> int | None:
    """Does what the words behind `unishim run` say; the program's status. None: click has to look."""
    said = parse(words)
    if said is None:
        return None
    imported()
    return run_with(*options_and_argv(*said)).status
