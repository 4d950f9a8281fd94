"""Takes figures in turns and formats them: medians, quartiles, and targets."""

from __future__ import annotations

import os
import select
import signal
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

TIMEOUT = 60  # seconds, for each program
# Python compiles modules only once, as for users who have not set this variable.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and its quartiles."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 1, scale: float = 1) -> str:
        """The median, and the quartiles in brackets."""
        median, low, high = (f"{value * scale:.{digits}f}" for value in (self.median, self.low, self.high))
        return f"{median} ({low} - {high})"


def spread(values: Sequence[float]) -> Spread:
    """The spread of some values."""
    if len(values) < 2:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Ratios of pairs: the machine's speed drifts, but the ratio of neighbours does not."""
    return spread([a / b for a, b in zip(above, below, strict=True)])


def in_turns(contestants: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """The result of each contestant in each round, after a warm-up round."""
    for contestant in contestants.values():
        contestant()
    results: dict[str, list[T]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            results[name].append(contestant())
    return results


def at_most(value: float, limit: float, unit: str = "") -> str:
    """A target, and whether it is met."""
    text = f"at most {limit:g}{unit}"
    return f"{text}: met" if value <= limit else f"{text}: **missed** by {(value / limit - 1) * 100:.0f} %"


def at_least(value: float, limit: float, unit: str = "") -> str:
    """A target, and whether it is met."""
    text = f"at least {limit:g}{unit}"
    return f"{text}: met" if value >= limit else f"{text}: **missed** by {(1 - value / limit) * 100:.0f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("|" + "".join(f" {cell} |" if cell else " |" for cell in line) for line in lines)


def first_byte(command: list[str]) -> float:
    """Seconds from the start of the process to the first byte of its output, which is an H."""
    source, target = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, target, 1),
        (os.POSIX_SPAWN_DUP2, target, 2),
    ]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=actions)
    os.close(target)
    if not select.select([source], [], [], TIMEOUT)[0]:
        os.kill(child, signal.SIGKILL)
    output = os.read(source, 1)
    elapsed = time.perf_counter() - started
    while rest := os.read(source, 65536):
        output += rest
    os.close(source)
    os.waitpid(child, 0)
    assert output.startswith(b"H"), (command, output)
    return elapsed
