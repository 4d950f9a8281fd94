"""What a shell completes for a value: by the word that stands for it in --help. Imported only to complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType


def add_types(command: click.Command) -> None:
    """Gives the parameters of a command that are plain words types that complete them."""
    for parameter in command.params:
        kind = _KINDS.get(parameter.metavar or "") or _KINDS.get(parameter.name or "")
        if kind is not None:
            parameter.type = kind


class _Words(StringParamType):
    """One of some names, behind a prefix that a pattern takes: in a list, or in front of more."""

    def __init__(self, names: Callable[[], Iterable[str]], prefix: str = "") -> None:
        self._names = names
        self._prefix = re.compile(prefix)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin as the last part of the word does."""
        match = self._prefix.match(incomplete)
        begun = match[0] if match else ""
        last = incomplete[len(begun) :]
        return [CompletionItem(begun + name) for name in self._names() if name.startswith(last)]


def _calls() -> list[str]:
    from unishim.syscalls.expressions import CLASS_NAMES
    from unishim.syscalls.table import all_calls

    return [*(call.name for call in all_calls() if not call.reserved), *(f"%{name}" for name in CLASS_NAMES)]


def _options() -> list[str]:
    """Of the kernel's configuration, from its menus as text: reading them as Kconfig takes too long for a key."""
    from unishim.paths import kernel_sources

    files = kernel_sources().rglob("Config.uk")
    names = {name for file in files for name in re.findall(r"^\s*config (\w+)", file.read_text(), re.MULTILINE)}
    return sorted(f"CONFIG_{name}=" for name in names)


def _templates() -> list[str]:
    from unishim.project.templates import templates

    return [template.name for template in templates()]


_FILE = click.Path()
_FOLDER = click.Path(file_okay=False)
# By what stands for the value, else by the parameter's name.
_KINDS: dict[str, click.ParamType[Any]] = {
    **dict.fromkeys(("FILE", "FILE.py", "IMAGE", "KERNEL", "INITRD", "BINARY", "X", "HOST[:/GUEST]"), _FILE),
    **dict.fromkeys(("binary", "arguments", "source", "file"), _FILE),
    **dict.fromkeys(("FOLDER", "DIR[:ro]", "DIR:/PATH[:ro]"), _FOLDER),
    "SET": _Words(_calls, r"(.*,)?(trace=)?!?"),
    "CALLS:ERRNO[:KEY=VALUE]": _Words(_calls, r".*,"),
    "CALLS:TIME[:KEY=VALUE]": _Words(_calls, r".*,"),
    "CONFIG_X=VALUE": _Words(_options),
    "TEMPLATE": _Words(_templates),
    "ARCH": click.Choice(["x86_64"]),
    "ORDER": click.Choice(["time", "calls", "errors", "name", "avg-time"]),
    "eio|stop": click.Choice(["eio", "stop"]),
    "machine": click.Choice(["microvm", "pc", "q35"]),
    "accelerator": click.Choice(["auto", "tcg", "kvm"]),
}
