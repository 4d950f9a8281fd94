"""Sets of system calls in strace's language of `-e trace=`."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from unishim.errors import UsageError
from unishim.syscalls.kinds import CaptureForm
from unishim.syscalls.table import Syscall, all_calls, by_name

_MEMORY = (
    "brk mmap munmap mprotect mremap madvise msync mincore mlock mlock2 munlock mlockall munlockall remap_file_pages"
)
_PROCESS = "clone clone3 fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill pidfd_send_signal"
_SIGNAL = "kill tkill tgkill pause sigaltstack signalfd signalfd4 pidfd_send_signal"
_NETWORK_FIRST, _NETWORK_LAST = "socket", "getsockopt"


def _is_network(call: Syscall) -> bool:
    first, last = by_name()[_NETWORK_FIRST].number, by_name()[_NETWORK_LAST].number
    return first <= call.number <= last or call.name in ("accept4", "recvmmsg", "sendmmsg")


# Classes that can be computed from the table are not listed.
_CLASSES: dict[str, Callable[[Syscall], bool]] = {
    "file": lambda call: any(argument.kind.is_path for argument in call.arguments),
    "desc": lambda call: any(argument.kind.name in ("fd", "dirfd") for argument in call.arguments),
    "memory": lambda call: call.name in _MEMORY.split(),
    "process": lambda call: call.name in _PROCESS.split(),
    "signal": lambda call: call.name.startswith("rt_") or call.name in _SIGNAL.split(),
    "network": _is_network,
    "clock": lambda call: call.name.startswith(("clock_", "timer_", "timerfd_")) or "time" in call.name.split("_")[0],
    "stat": lambda call: "stat" in call.name and any(argument.name.startswith("stat") for argument in call.arguments),
    "string": lambda call: any(
        argument.kind.capture and argument.kind.capture.form is CaptureForm.STRING for argument in call.arguments
    ),
}
CLASS_NAMES = tuple(_CLASSES)


def parse_calls(expression: str) -> list[Syscall]:
    """The calls of NAME,NAME..., %CLASS, /REGEX, all or none; a leading ! inverts the set. Raises UsageError."""
    text = expression.removeprefix("trace=")
    negated = text.startswith("!")
    chosen = {
        call.number for word in text.removeprefix("!").split(",") for call in _parse_word(word.strip(), expression)
    }
    return [call for call in all_calls() if (call.number in chosen) != negated]


def _parse_word(word: str, expression: str) -> list[Syscall]:
    if word in ("all", "none"):
        return list(all_calls()) if word == "all" else []
    if word.startswith("%"):
        predicate = _CLASSES.get(word[1:])
        if predicate is None:
            names = ", ".join(f"%{name}" for name in _CLASSES)
            raise UsageError(f"{expression}: unknown class {word}; choose one of {names}")
        return [call for call in all_calls() if predicate(call)]
    if word.startswith("/"):
        try:
            pattern = re.compile(word[1:])
        except re.error as error:
            raise UsageError(f"{expression}: {word[1:]} is not a regular expression: {error}") from None
        return [call for call in all_calls() if pattern.search(call.name)]
    call = by_name().get(word)
    if call is None:
        similar = get_close_matches(word, by_name(), n=1)
        hint = f"did you mean {similar[0]}?" if similar else "`unishim syscalls` lists the names"
        raise UsageError(f"{expression}: Linux has no system call '{word}'; {hint}")
    return [call]
