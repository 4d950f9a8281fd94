"""How a shell completes parameters, chosen by their metavar in --help. Imported only to complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType


def add_types(command: click.Command) -> None:
    """Gives a command's plain string parameters the types that complete them."""
    for parameter in command.params:
        kind = _KINDS.get(parameter.metavar or "") or _KINDS.get(parameter.name or "")
        if kind is not None:
            parameter.type = kind


class _Words(StringParamType):
    """Completes one of several names, after a prefix that a pattern matches (earlier items of a list, for example)."""

    def __init__(self, names: Callable[[], Iterable[str]], prefix: str = "") -> None:
        self._names = names
        self._prefix = re.compile(prefix)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that start with the last part of the word."""
        match = self._prefix.match(incomplete)
        begun = match[0] if match else ""
        last = incomplete[len(begun) :]
        return [CompletionItem(begun + name) for name in self._names() if name.startswith(last)]


class _Address(StringParamType):
    """Completes the value of --gdb, or the word that follows if the value is omitted."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The kinds of addresses, and files."""
        kinds = [CompletionItem(kind) for kind in ("unix:", "tcp:") if kind.startswith(incomplete)]
        return [*kinds, CompletionItem(incomplete, type="file")]


def _calls() -> list[str]:
    from unishim.syscalls.expressions import CLASS_NAMES
    from unishim.syscalls.table import all_calls

    return [*(call.name for call in all_calls() if not call.reserved), *(f"%{name}" for name in CLASS_NAMES)]


def _options() -> list[str]:
    """The kernel's options, read from its menus as text: Kconfig takes too long to parse them at each key press."""
    from unishim.paths import kernel_sources

    files = kernel_sources().rglob("Config.uk")
    names = {name for file in files for name in re.findall(r"^\s*config (\w+)", file.read_text(), re.MULTILINE)}
    return sorted(f"CONFIG_{name}=" for name in names)


def _templates() -> list[str]:
    from unishim.project.templates import templates

    return [template.name for template in templates()]


_FILE = click.Path()
_FOLDER = click.Path(file_okay=False)
# By metavar, or else by the parameter's name.
_KINDS: dict[str, click.ParamType[Any]] = {
    **dict.fromkeys(("FILE", "FILE.py", "IMAGE", "KERNEL", "INITRD", "BINARY", "X", "HOST[:/GUEST]"), _FILE),
    **dict.fromkeys(("binary", "arguments", "source", "file"), _FILE),
    **dict.fromkeys(("DIR", "DIR[:ro]", "DIR:/PATH[:ro]"), _FOLDER),
    "SET": _Words(_calls, r"(.*,)?(trace=)?!?"),
    "CALLS:ERRNO[:KEY=VALUE]": _Words(_calls, r".*,"),
    "CALLS:TIME[:KEY=VALUE]": _Words(_calls, r".*,"),
    "CONFIG_X=VALUE": _Words(_options),
    "[unix:PATH|tcp:PORT]": _Address(),
    "TEMPLATE": _Words(_templates),
    "ARCH": click.Choice(["x86_64"]),
    "ORDER": click.Choice(["time", "calls", "errors", "name", "avg-time"]),
    "eio|stop": click.Choice(["eio", "stop"]),
    "machine": click.Choice(["microvm", "pc", "q35"]),
    "accelerator": click.Choice(["auto", "tcg", "kvm"]),
}
