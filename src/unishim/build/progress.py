"""A progress bar for builds in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(total: int, done: int) -> Iterator[Callable[[str], None]]:
    """Shows on stderr how many of `total` objects exist; removed at the end. Yields a callback for make's output lines.

    Colours follow NO_COLOR and TERM, through rich.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Building the kernel"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, completed=done)

        def told(line: str) -> None:
            what, _, name = line.strip().partition(" ")
            if what == "CC":
                progress.update(task, advance=1, description=name.strip())

        yield told
