"""Fault injection without code: `write:ENOSPC:after=3` and `read:10ms:every=2`, as handlers."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from unishim.errors import UsageError
from unishim.handlers.chain import Next
from unishim.handlers.definitions import Form, Handler, make_handler
from unishim.handlers.guest import Guest
from unishim.handlers.views import Pointer, Text
from unishim.running.options import TIMEOUT_MAX
from unishim.syscalls.errno_table import ALIASES, ERRNO
from unishim.syscalls.expressions import parse_calls
from unishim.syscalls.table import Syscall

_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}  # seconds
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s)")


@dataclass
class Rule:
    """When a rule applies. The calls that match `path` and `fd` are counted together, for all calls of the rule."""

    after: int = 0  # the first n calls are let through
    every: int = 1  # then every n-th call is affected
    times: int | None = None  # at most n times; None: without limit
    path: str | None = None  # a glob for the call's path, or for the path that its descriptor was opened with
    fd: int | None = None  # the call's descriptor
    probability: float = 1.0
    random: random.Random = field(default_factory=random.Random)
    _seen: int = 0
    _applied: int = 0

    def applies(self, guest: Guest, call: Syscall, arguments: tuple[Any, ...]) -> bool:
        """Counts a call; returns whether the rule applies to it."""
        if not self._matches(guest, call, arguments):
            return False
        self._seen += 1
        due = self._seen > self.after and (self._seen - self.after - 1) % self.every == 0
        if not due or (self.times is not None and self._applied >= self.times):
            return False
        if self.probability < 1.0 and self.random.random() >= self.probability:
            return False
        self._applied += 1
        return True

    def _matches(self, guest: Guest, call: Syscall, arguments: tuple[Any, ...]) -> bool:
        descriptors = [
            value for argument, value in zip(call.arguments, arguments, strict=True) if argument.kind.name == "fd"
        ]
        if self.fd is not None and self.fd not in descriptors:
            return False
        if self.path is None:
            return True
        paths = [
            str(value)
            for argument, value in zip(call.arguments, arguments, strict=True)
            if argument.kind.is_path and isinstance(value, Text) and value
        ]
        if not paths and descriptors:
            paths = [file.name for file in guest.files() if file.fd in descriptors]
        return any(fnmatchcase(path, self.path) for path in paths)


def fail(calls: str, error: str | int, **conditions: Any) -> list[Handler]:
    """Handlers that make calls fail: `fail("write", "ENOSPC", after=3)`. The conditions are the fields of Rule."""
    number = error if isinstance(error, int) else _errno(error, f"fail({calls}, {error})")

    def answer(call: Next) -> int:
        return -number

    return _make(calls, answer, Rule(**conditions))


def delay(calls: str, seconds: float, **conditions: Any) -> list[Handler]:
    """Handlers that delay calls by a time, after which the calls are made."""

    def answer(call: Next) -> int:
        time.sleep(seconds)
        return call()

    return _make(calls, answer, Rule(**conditions))


def parse_fail(text: str, source: random.Random) -> list[Handler]:
    """The handlers for CALLS:ERRNO[:KEY=VALUE]... Raises UsageError."""
    calls, error, conditions = _split("--fail", text, "write:ENOSPC:after=3")
    return fail(calls, _errno(error, f"--fail {text}"), random=source, **conditions)


def parse_delay(text: str, source: random.Random) -> list[Handler]:
    """The handlers for CALLS:TIME[:KEY=VALUE]... Raises UsageError."""
    calls, length, conditions = _split("--delay", text, "read:10ms:every=2")
    match = _TIME.fullmatch(length)
    if match is None:
        raise UsageError(f"--delay {text}: '{length}' is not a time; write a number and ns, us, ms or s, as in 10ms")
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > TIMEOUT_MAX:
        raise UsageError(f"--delay {text}: too long; the maximum is {TIMEOUT_MAX} seconds")
    return delay(calls, seconds, random=source, **conditions)


def _make(calls: str, answer: Callable[[Next], int], rule: Rule) -> list[Handler]:
    return [_make_one(call, answer, rule) for call in parse_calls(calls) if not call.reserved]


def _make_one(call: Syscall, answer: Callable[[Next], int], rule: Rule) -> Handler:
    def apply(k: Guest, following: Next, *arguments: int | Pointer) -> int:
        return answer(following) if rule.applies(k, call, arguments) else following()

    return make_handler(apply, call.name, Form.WRAP)


def _errno(name: str, where: str) -> int:
    number = ERRNO.get(ALIASES.get(name, name))
    if number is None:
        raise UsageError(f"{where}: unknown error {name}; use a name of errno(3), such as ENOSPC")
    return number


def _split(option: str, text: str, example: str) -> tuple[str, str, dict[str, Any]]:
    words = text.split(":")
    if len(words) < 2:
        raise UsageError(f"{option} {text}: incomplete; write it like {option} '{example}'")
    return words[0], words[1], dict(_condition(option, text, words[2:]))


def _condition(option: str, text: str, words: Iterable[str]) -> Iterable[tuple[str, Any]]:
    types: dict[str, Callable[[str], Any]] = {
        "after": int,
        "every": int,
        "times": int,
        "path": str,
        "fd": int,
        "probability": float,
    }
    assert types.keys() <= {known.name for known in fields(Rule)}
    for word in words:
        key, separator, value = word.partition("=")
        if key not in types or not separator:
            raise UsageError(
                f"{option} {text}: '{word}' is not a condition; choose one of {', '.join(types)}, as in after=3"
            )
        try:
            number = types[key](value)
        except ValueError:
            raise UsageError(f"{option} {text}: '{value}' is not a number; write {key}=N") from None
        least, most = int(key == "every"), 1.0 if key == "probability" else math.inf
        if key != "path" and not least <= number <= most:
            raise UsageError(f"{option} {text}: {key}={value} is out of range")
        yield key, number
