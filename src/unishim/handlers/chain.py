"""The path from the program's call through its handlers, the outermost first, to the kernel's own call."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterable, Sequence

from unishim.channel.host import Hooks, Host
from unishim.channel.layout import HOOK_HOST
from unishim.errors import PlatformError
from unishim.handlers.definitions import Form, Handler
from unishim.handlers.errors import HandlerError, SyscallError
from unishim.handlers.guest import Guest
from unishim.handlers.views import Pointer, typed_arguments
from unishim.printable import say

ON_ERROR = ("eio", "stop")
_STOPPED_STATUS = 125
_RESULT_MIN, _RESULT_MAX = -(1 << 63), (1 << 64) - 1


class Next:
    """What a wrapping handler calls to continue: `call()`, or `call(fd=2)` to change arguments by name."""

    def __init__(self, chain: Chain, guest: Guest, handlers: Sequence[Handler], raw: tuple[int, ...]) -> None:
        self._chain = chain
        self._guest = guest
        self._handlers = handlers
        self._raw = raw

    def __call__(self, **changes: int | Pointer) -> int:
        """The result of the next handler or of the kernel's call: the negative errno if it failed."""
        raw = list(self._raw)
        names = [argument.name for argument in self._handlers[0].call.arguments]
        for name, value in changes.items():
            if name not in names:
                raise TypeError(f"{self._handlers[0].call.name} has no argument {name}; it has {', '.join(names)}")
            raw[names.index(name)] = int(value) & _RESULT_MAX
        return self._chain.run(self._guest, self._handlers[0].call.number, self._handlers[1:], tuple(raw))


class Chain:
    """All handlers of a run."""

    def __init__(self, handlers: Iterable[Handler], *, on_error: str = "eio") -> None:
        self._handlers: dict[int, list[Handler]] = {}
        self._on_error = on_error
        self._guest: Guest | None = None
        for handler in handlers:
            others = self._handlers.setdefault(handler.call.number, [])
            if others and others[-1].form is not Form.WRAP:
                raise HandlerError(
                    f"{handler.place}: {handler.call.name} is already handled by {others[-1].place}; "
                    "make one of them a wrap and name it first"
                )
            others.append(handler)

    def set_hooks(self, hooks: Hooks) -> None:
        """Makes the kernel report the calls that have a handler."""
        hooks.add(list(self._handlers), HOOK_HOST)

    def answer(self, host: Host) -> int:
        """The result of the call that is in the channel.

        Raises PlatformError for a call without a handler: a malicious program can write to the channel too.
        """
        if self._guest is None:
            self._guest = Guest(host)
        number = host.memory["number"]
        handlers = self._handlers.get(number)
        if handlers is None:
            raise PlatformError(
                f"the kernel reports call {number}, which has no handler; the program may have overwritten the channel"
            )
        try:
            return self.run(self._guest, number, handlers, host.memory.arguments)
        except SyscallError as error:
            return -error.number
        except Exception as error:
            return self._report(host, self._guest, handlers[0], error)

    def run(self, guest: Guest, number: int, handlers: Sequence[Handler], raw: tuple[int, ...]) -> int:
        """Calls the first of the handlers of a call; without handlers, the kernel's own call."""
        if not handlers:
            return guest.call(number, *raw)
        handler = handlers[0]
        arguments = typed_arguments(guest, handler.call.arguments, raw)
        if handler.form is Form.WRAP:
            return _number(handler, handler.function(guest, Next(self, guest, handlers, raw), *arguments))
        guest.errno = 0
        result = _number(handler, handler.function(guest, *arguments))
        if handler.form is Form.DEFINE and result == -1 and guest.errno:
            return -guest.errno
        return result

    def _report(self, host: Host, guest: Guest, handler: Handler, error: Exception) -> int:
        text = "".join(traceback.format_exception(error)).rstrip()
        what = "the program gets EIO" if self._on_error == "eio" else "the run ends"
        for line in text.splitlines():
            say(line)
        say(f"unishim: {handler.place}: the handler of {handler.call.name} raised; {what}")
        if self._on_error == "stop":
            host.fail(HandlerError(f"{handler.place}: the handler of {handler.call.name} raised {error!r}; see above"))
            guest.end(_STOPPED_STATUS)
        return -errno.EIO


def _number(handler: Handler, result: object) -> int:
    if result is None:
        return 0
    if not isinstance(result, int | Pointer):
        raise TypeError(f"the handler of {handler.call.name} returned {result!r}; it must return an int, or None for 0")
    number = int(result)
    if not _RESULT_MIN <= number <= _RESULT_MAX:
        raise OverflowError(f"the handler of {handler.call.name} returned {number}, which does not fit into 64 bits")
    return number - (1 << 64) if number > _RESULT_MAX >> 1 else number
