"""The pytest fixture `unishim`: run a binary on the unikernel, make calls fail, check output, calls and status.

    def test_full_disk(unishim):
        done = unishim.run("./tool", "--save", fail=["write:ENOSPC:after=3"])
        assert done.status == 1
        assert b"No space left" in done.stderr
        assert done.calls("write")[3].error == "ENOSPC"

The package installs it; no configuration is needed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from unishim.running.result import Result
    from unishim.trace.call import Call, Signal

DEFAULT_TIMEOUT = 60.0  # seconds, so that a hanging program fails the test


@dataclass(frozen=True, slots=True)
class TracedCall:
    """A call of the program: `str(call)` is its line in strace's notation."""

    call: Call

    @property
    def name(self) -> str:
        """The call's name."""
        from unishim.trace.printers import call_name

        return call_name(self.call.number)

    @property
    def result(self) -> int | None:
        """The result for the program: the negative errno if it failed, None if the call never returned."""
        return self.call.result

    @property
    def error(self) -> str | None:
        """The name of the errno, or None if the call did not fail."""
        from unishim.syscalls.errno_table import NAMES

        return NAMES.get(-self.call.result) if self.call.result is not None and self.call.result < 0 else None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments by name, decoded as in the trace's JSON."""
        from unishim.trace.json_format import call_to_json

        arguments = call_to_json(self.call)["arguments"]
        assert isinstance(arguments, dict)
        return arguments

    def __str__(self) -> str:
        from unishim.trace.strace_format import format_call

        return format_call(self.call)


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run; `result` is a unishim.Result."""

    result: Result

    @property
    def status(self) -> int:
        """0-255 as in a shell; 124 if the timeout expired."""
        return self.result.status

    @property
    def signal(self) -> int:
        """The signal that ended the program, or 0."""
        return self.result.signal

    @property
    def stdout(self) -> bytes:
        """The program's output."""
        return self.result.stdout or b""

    @property
    def stderr(self) -> bytes:
        """The program's output, and the kernel's reports."""
        return self.result.stderr or b""

    def calls(self, *names: str) -> list[TracedCall]:
        """The calls with these names (all, without a name), in order."""
        traced = [TracedCall(event) for event in self._events() if hasattr(event, "result")]  # type: ignore[arg-type]
        return [call for call in traced if not names or call.name in names]

    def failed_calls(self) -> list[TracedCall]:
        """The calls that failed, in order."""
        return [call for call in self.calls() if call.error]

    def signals(self) -> list[int]:
        """The signals that were delivered."""
        return [event.number for event in self._events() if not hasattr(event, "result")]

    def _events(self) -> Sequence[Call | Signal]:
        return self.result.events or ()


class Unishim:
    """Runs programs on the unikernel."""

    def run(self, binary: str | os.PathLike[str], *arguments: str | os.PathLike[str], **options: Any) -> Finished:
        """Runs a program to its end; options as for unishim.run(): stdin, env, fail, delay, handlers, seed, memory ...

        Output is captured and all calls are traced, unless `trace` selects some.
        """
        from unishim.running.api import run

        defaults: dict[str, Any] = {
            "timeout": DEFAULT_TIMEOUT,
            "trace": "all",
            "capture_output": True,
            "stdin": b"",
        }
        return Finished(run([binary, *arguments], **{**defaults, **options}))


@pytest.fixture
def unishim() -> Unishim:
    """Runs programs on the unikernel: `unishim.run(binary, fail=["write:ENOSPC"])`."""
    return Unishim()
