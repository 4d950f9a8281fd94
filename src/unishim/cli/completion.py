"""`unishim completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")
_PROGRAMS = {"unishim": "unishim.cli.group:unishim", "qemu-guest": "unishim.cli.qemu_guest:command"}


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the completion script for SHELL, which completes arguments of unishim and qemu-guest.

    \b
    unishim completion bash > ~/.local/share/bash-completion/completions/unishim
    unishim completion zsh > ~/.zsh-unishim && echo 'source ~/.zsh-unishim' >> ~/.zshrc
    unishim completion fish > ~/.config/fish/completions/unishim.fish
    """
    from importlib import import_module

    from unishim.cli import completion_variable

    kind = get_completion_class(shell)
    assert kind is not None
    for name, place in _PROGRAMS.items():
        module, _, attribute = place.partition(":")
        program = getattr(import_module(module), attribute)
        click.echo(kind(program, {}, name, completion_variable(name)).source())
