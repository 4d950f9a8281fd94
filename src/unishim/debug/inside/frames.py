"""Names the kernel's entries in backtraces; gdb takes them for signal handlers."""

from __future__ import annotations

from collections.abc import Iterator

import gdb
from gdb.FrameDecorator import FrameDecorator

from unishim.debug.inside import kernel


class _Named(FrameDecorator):  # type: ignore[misc]
    """A frame with a name of our choice."""

    def __init__(self, frame: FrameDecorator, name: str) -> None:
        super().__init__(frame)
        self._name = name

    def function(self) -> str:
        """The name."""
        return self._name


class EntryFilter:
    """A frame filter; gdb finds it by its name."""

    name = "unishim"
    enabled = True
    priority = 100

    def __init__(self) -> None:
        gdb.frame_filters[self.name] = self

    def filter(self, frames: Iterator[FrameDecorator]) -> Iterator[FrameDecorator]:
        """Names the kernel's entries."""
        return map(_named, frames)


def _named(decorator: FrameDecorator) -> FrameDecorator:
    frame = decorator.inferior_frame()
    if frame.type() == gdb.NORMAL_FRAME and frame.name() is None:
        symbol = gdb.execute(f"info symbol {frame.pc():#x}", to_string=True)
        return _Named(decorator, "<signal handler called>" if symbol.startswith("__restore_rt ") else "??")
    if frame.type() != gdb.SIGTRAMP_FRAME or not kernel.is_in_kernel(frame.pc()):
        return decorator
    # The address after a call that does not return may belong to the next function.
    name, _, _ = gdb.execute(f"info symbol {frame.pc() - 1:#x}", to_string=True).partition(" ")
    return _Named(decorator, name) if name != "No" else decorator
