"""`unishim run` without click if possible: importing click takes longer than everything before the program starts."""

from __future__ import annotations

from unishim.cli import freeze_imports
from unishim.cli.run_outcome import run_or_print
from unishim.cli.run_vocabulary import (
    PACKING,
    REPORTING,
    RUNNING,
    SHARE,
    RunOption,
    environment_of,
    options_and_argv,
)
from unishim.platforms.linux import process as process  # what most runs import anyway, before memory is frozen
from unishim.record import Record
from unishim.running import runner as runner
from unishim.running.options import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_FOLDER = RunOption(("-C", "--project"), "folder", "")
_OPTIONS = {name: option for option in (SHARE, *PACKING, *RUNNING, *REPORTING, _FOLDER) for name in option.names}


class Said(Record):
    """A parsed command line; `given` are the fields of `options` that it sets."""

    options: Options
    given: frozenset[str]
    folder: str | None
    binary: str | None
    arguments: Sequence[str]


class Parsed(Record):
    """A parsed command line, and what to print."""

    said: Said
    as_json: bool
    dry_run: bool


def parse(words: Sequence[str]) -> Parsed | None:
    """Parses the arguments of `unishim run`. None: leave it to click, which may find and explain an error."""
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
    as_json, dry_run = said.pop("as_json", False), said.pop("dry_run", False)
    given = frozenset(said)
    said["env"] = environment_of(said.get("env", ()))
    options = Options(**{"quiet": False, **said})
    return Parsed(Said(options, given, folder, rest[0] if rest else None, rest[1:]), as_json, dry_run)


def _value(option: RunOption, word: str) -> object:
    """Raises ValueError for values that click would reject."""
    if option.kind == "number":
        return int(word)
    if option.kind == "seconds":
        seconds = float(word)
        if not seconds > 0:  # NaN is not
            raise ValueError
        return seconds
    if option.kind == "choice":
        word = (option.aliases or {}).get(word, word)
        if word not in option.choices:
            raise ValueError
    return word


def run_quickly(words: Sequence[str]) -> int | None:
    """Executes `unishim run` with these arguments; returns the program's status. None: leave it to click."""
    parsed = parse(words)
    if parsed is None:
        return None
    freeze_imports()
    said = parsed.said
    options, argv = options_and_argv(said.options, said.given, said.folder, said.binary, said.arguments)
    return run_or_print(options, argv, as_json=parsed.as_json, dry_run=parsed.dry_run)
