"""The option --gdb, whose value may be omitted although a program's name can follow it."""

from __future__ import annotations

from typing import Any

import click

from unishim.debug.remote.address import ADDRESS, HELP, METAVAR, UNIX, check_address


class GdbOption(click.Option):
    """Takes the next word as its value only if it is an address; its value is then that word, else "unix"."""

    def __init__(self, names: list[str], **words: Any) -> None:
        super().__init__(names, metavar=METAVAR, help=HELP, **words)

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Adds it to click's parser, which knows optional values only in front of other options."""
        super().add_to_parser(parser, ctx)
        match, value_of = parser._match_long_opt, parser._get_value_from_state

        def match_with_value(name: str, value: str | None, state: Any) -> None:
            if name in self.opts and value is not None:
                check_address(value)
            match(name, value, state)

        def value_or_default(name: str, option: Any, state: Any) -> Any:
            if option.obj is self and not (state.rargs and ADDRESS.fullmatch(state.rargs[0])):
                return UNIX
            return value_of(name, option, state)

        parser._match_long_opt, parser._get_value_from_state = match_with_value, value_or_default
