"""The interface of a platform to the rest of unishim; the registry lists one object per platform."""

from __future__ import annotations

from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import ClassVar

    from unishim.channel.host import Host
    from unishim.host.check import Check
    from unishim.platforms.outcome import Outcome
    from unishim.running.options import Options


class Platform(ABC):
    """A place where a kernel image runs. Methods import what they need: most commands need one platform, or none.

    `aliases` are accepted in place of the name, but not documented. The names of its images end with `image_suffix`.
    `about` is its line in `unishim list`. `launched` names what a run starts. `own_options` are the fields of Options
    that only this platform supports; `own_options_reason` is the text that explains a choice by them.
    `makes_standalone_files`: its image can become a standalone file. The kernel's part is the directory of this name in
    `kernel/plat`.
    """

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    image_suffix: ClassVar[str]
    about: ClassVar[str]
    launched: ClassVar[str]
    own_options: ClassVar[tuple[str, ...]] = ()
    own_options_reason: ClassVar[str] = ""
    makes_standalone_files: ClassVar[bool] = False

    @property
    def symbol(self) -> str:
        """The option of the kernel's configuration that selects it, without CONFIG_."""
        return f"PLAT_{self.name.upper()}"

    def has_own_options(self, options: Options) -> bool:
        """Whether the options that only this platform supports differ from the defaults."""
        defaults = type(options)()
        return any(getattr(options, field) != getattr(defaults, field) for field in self.own_options)

    def obstacle(self) -> str | None:
        """Why it cannot be chosen here, from quick checks only; None: it can."""
        return None

    def reason(self) -> str:
        """Why it is chosen if the user does not ask for another one."""
        return ""

    def fix(self) -> str | None:
        """What is missing here to use it, for `unishim list`; None: nothing."""
        return self.obstacle()

    @abstractmethod
    def checks(self) -> Iterator[Check]:
        """The checks of `unishim doctor`."""

    @abstractmethod
    def run(
        self,
        options: Options,
        argv: Sequence[str],
        descriptors: tuple[int, int, int],
        host_of_run: Callable[[], Host | None],
    ) -> tuple[Outcome, str, Host | None]:
        """Runs a program to its end, with these descriptors as its stdin, stdout and stderr.

        Returns the outcome, the accelerator, and the channel host, which `host_of_run` creates after all checks.
        Raises UnishimError.
        """

    @abstractmethod
    def dry_run(self, options: Options, argv: Sequence[str]) -> str:
        """The equivalent command line for a shell. Raises UnishimError."""

    @abstractmethod
    def debug(self, options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
        """Runs gdb on a program; returns gdb's exit status. `gdb` is the start of its command. Raises UnishimError."""
