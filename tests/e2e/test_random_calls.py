"""Garbage to every system call, and a million random ones: errors, signals or an exit, never the kernel's end."""

from __future__ import annotations

import re

from tests.framework import GUESTS
from unishim.syscalls.provided import provided_syscalls

NUMBERS = ",".join(str(number) for number in provided_syscalls())
COUNT = 250_000
SEEDS = (1, 2, 3, 4)  # COUNT calls each: a million
SINGLES = re.findall(r'is\("([a-z0-9_-]+)"\)', (GUESTS / "single_calls.c").read_text())
SLEEPS = SINGLES[SINGLES.index("pause") : SINGLES.index("exit")]
