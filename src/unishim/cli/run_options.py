"""The click options of every command that runs a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from unishim.cli.project_option import project_option
from unishim.cli.run_vocabulary import PACKING, RUNNING, SHARE, RunOption, environment_of, options_and_argv
from unishim.running.options import Options

EXIT_STATUS = (
    "The exit status is the program's: 0-255, or 128+N if signal N ended it. 124: --timeout expired. "
    "125: unishim, QEMU or the kernel failed. 126: the file cannot be executed. 127: the file does not exist. "
    "130: Ctrl-C. 141: the reader of the output closed it."
)
CONTEXT = {"ignore_unknown_options": False, "allow_interspersed_args": False}
POSITIONAL: list[Callable[..., Any]] = [
    click.argument("binary", required=False),
    click.argument("arguments", nargs=-1, type=click.UNPROCESSED),
]
_TYPES: dict[str, Any] = {"number": int, "seconds": click.FloatRange(min=0, min_open=True)}

if TYPE_CHECKING:
    _ClickChoice = click.Choice[str]
else:
    _ClickChoice = click.Choice  # not generic before click 8.2


class _Choice(_ClickChoice):
    """One of the choices of an option; its aliases are taken too, and named nowhere."""

    def __init__(self, option: RunOption) -> None:
        super().__init__(option.choices)
        self._aliases = option.aliases or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The choice that is meant."""
        return super().convert(self._aliases.get(value, value), param, ctx)


def run_options(*, letters: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options and the arguments BINARY and ARGUMENTS, and passes them to the command as `options` and `argv`.

    `letters`: give --share and --project their short names, which not every command has free. In a project's directory,
    options and argv come from the project, except those that the command line sets.
    """
    share = SHARE if letters else SHARE.replace(names=SHARE.names[1:])

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_options(folder: str | None, binary: str | None, arguments: tuple[str, ...], **words: Any) -> None:
            said = {name: words.pop(name) for name in list(words) if name in Options.fields and name != "trace"}
            said["env"] = environment_of(said["env"])
            options, argv = options_and_argv(Options(**said), given_fields(), folder, binary, arguments)
            command(options=options, argv=argv, **words)

        options = click_options((share, *PACKING, *RUNNING))
        wrapped: Callable[..., None] = with_options
        for option in reversed([*options, project_option(*(["-C"] if letters else [])), *POSITIONAL]):
            wrapped = option(wrapped)
        return wrapped

    return add


def add_click_options(options: Sequence[RunOption]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that adds the options to a command."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(click_options(options)):
            command = option(command)
        return command

    return add


def click_options(options: Sequence[RunOption]) -> list[Callable[..., Any]]:
    """The decorators that add the options to a command."""
    return [_click_option(option) for option in options]


def given_fields() -> set[str]:
    """The fields of Options that this command line sets."""
    source = click.get_current_context().get_parameter_source
    return {name for name in Options.fields if source(name) is ParameterSource.COMMANDLINE}


def _click_option(option: RunOption) -> Callable[..., Any]:
    if option.kind == "nothing":
        return click.option(*option.names, option.field, is_flag=True, help=option.help)
    if option.kind == "switch":
        return click.option("/".join(option.names), option.field, default=True, help=option.help)
    if option.kind == "words":
        return click.option(*option.names, option.field, multiple=True, metavar=option.metavar, help=option.help)
    kind = _Choice(option) if option.choices else _TYPES.get(option.kind, str)
    default = getattr(Options(), option.field)
    words = {} if default is None else {"default": default, "show_default": True}
    return click.option(*option.names, option.field, type=kind, metavar=option.metavar, help=option.help, **words)
