"""The host's side of the channel: a thread that answers the kernel's events while the guest runs."""

from __future__ import annotations

import os
import select
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unishim.channel.layout import (
    BELL_RING,
    COMMAND_RETURN,
    EVENT_CALL,
    EVENT_END,
    EVENT_READY,
    EVENT_START,
    HOOK_UNKNOWN,
    HOOKS_SIZE,
)
from unishim.channel.memory import ChannelMemory
from unishim.errors import PlatformError

if TYPE_CHECKING:
    from unishim.channel.counts import CallCounts
    from unishim.trace.ring import Drain

_ADDRESS_SIZE = 8  # bytes that the kernel sends over the bell: the channel's address
MEMORY_DEFAULT = 128 << 20
_THREAD = "unishim channel"
_END_SECONDS, _STOPPED_SECONDS = 5, 0.5  # for the thread, when the run has ended
_DRAIN_SECONDS = 0.05  # between reads of the ring if the bell does not ring


class MachineEndedError(BaseException):
    """Raised if the guest ends while a handler waits for it; unwinds the handler."""


def is_stuck() -> bool:
    """Whether the thread of an ended run still waits for something: it may hold the locks of stdout and stderr."""
    return any(thread.name == _THREAD for thread in threading.enumerate())


@dataclass
class Hooks:
    """Which calls the kernel reports: HOOK_* bits by number."""

    bits: bytearray = field(default_factory=lambda: bytearray(HOOKS_SIZE))

    def add(self, numbers: list[int], bit: int) -> None:
        """Sets a bit for the given numbers."""
        for number in numbers:
            self.bits[number] |= bit

    def add_all(self, bit: int) -> None:
        """Sets a bit for every number, including those of no call."""
        self.add([*range(HOOK_UNKNOWN), HOOK_UNKNOWN], bit)


class Host:
    """Serves one run. `answer(host)` returns the result of the call in the control structure.

    `at_start` is called with the program's initial memory map, in the format of /proc/self/maps. `end(host)` is called
    when a core-dumping signal ends the program. `memory_size`: bytes of the machine, which bound what handlers and core
    files read.
    """

    def __init__(
        self,
        hooks: Hooks,
        *,
        answer: Callable[[Host], int] | None = None,
        drain: Drain | None = None,
        end: Callable[[Host], None] | None = None,
        text_limit: int = 32,
        timed: bool = True,
        counts: bool = False,
        at_start: Callable[[str], None] | None = None,
        memory_size: int = MEMORY_DEFAULT,
    ) -> None:
        self._hooks = hooks
        self._answer = answer
        self._drain = drain
        self._end = end
        self._text_limit = text_limit
        self._timed = timed
        self._is_counting = counts
        self._at_start = at_start
        self.entered_s = 0.0  # time.monotonic() at the kernel's first instruction; 0: unknown
        self._counts = b"", 0  # the kernel's counts, and the scale of its ticks
        self._bell = -1
        self._memory: ChannelMemory | None = None
        self._failure: BaseException | None = None
        self.memory_size = memory_size
        self.was_stopped = False  # the launcher ended the run: by --timeout or a signal
        self._is_open = False  # the kernel has sent the address of its channel
        self.end_machine: Callable[[], None] = lambda: None  # set by the code that starts the guest

    @property
    def memory(self) -> ChannelMemory:
        """The shared memory, while the guest runs."""
        assert self._memory is not None
        return self._memory

    @contextmanager
    def serving(self, memory: int, bell: int) -> Iterator[None]:
        """Serves while the block runs, and until the bell's other end is closed. Takes over `bell`.

        Errors of the thread are raised at the end of the block.
        """
        self._bell = bell
        thread = threading.Thread(target=self._run, args=(memory,), name=_THREAD, daemon=True)
        thread.start()
        try:
            yield
        finally:
            # A handler that never returns must not keep the run from ending, nor a reader of the trace that is asleep.
            thread.join(_STOPPED_SECONDS if self.was_stopped else _END_SECONDS)
            if not thread.is_alive():
                os.close(bell)
            if self._failure is not None:
                raise self._failure from None
        if not self._is_open:
            raise PlatformError(
                "this kernel has no channel, which handlers, traces and counts need; build it with CONFIG_LIBCHANNEL=y"
            )

    def counts(self) -> tuple[CallCounts, ...]:
        """The counts, after the run, if they were requested."""
        from unishim.channel.counts import read_counts

        return read_counts(*self._counts)

    def fail(self, error: BaseException) -> None:
        """Makes `serving` raise an error at its end; only the first error counts."""
        self._failure = self._failure or error

    def exchange(self, command: int) -> int:
        """Sends a command to the kernel, with the fields set before, waits until it is done, and returns its result."""
        self._reply(command)
        self._wait_for_message()
        return self.memory["result"]

    def _run(self, memory: int) -> None:
        try:
            address = self._read_bell(_ADDRESS_SIZE)
            self._is_open = True
            self._memory = ChannelMemory(memory, int.from_bytes(address, "little"))
            while True:
                self._wait_for_message()
                self._handle_message()
        except MachineEndedError:
            pass
        except (ValueError, LookupError, ArithmeticError, struct.error) as error:
            self.fail(_malformed(error))
            self.end_machine()
        except BaseException as error:
            # The kernel waits for an answer that will never come.
            self.fail(error)
            self.end_machine()
        self._finish()

    def _finish(self) -> None:
        if self._memory is None:
            return
        try:
            if self._drain is not None:
                self._drain.take(self._memory)
                self._drain.finish(self._memory)
            if self._is_counting:
                self._counts = bytes(self._memory.counts), self._memory["scale"]
        except (ValueError, LookupError, ArithmeticError, struct.error) as error:
            self.fail(_malformed(error))
        except BaseException as error:
            self.fail(error)
        self._memory.close()

    def _read_bell(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = os.read(self._bell, size - len(data))
            if not part:
                raise MachineEndedError
            data += part
        return data

    def _wait_for_message(self) -> None:
        """Returns once the kernel has reported an event; reads the trace's records meanwhile."""
        while True:
            if self._drain is not None:
                while not select.select([self._bell], [], [], _DRAIN_SECONDS)[0]:
                    self._drain.take(self.memory)
            rung = self._read_bell(1)[0]
            if rung != BELL_RING:
                return
            if self._drain is not None:
                self._drain.take(self.memory)

    def _handle_message(self) -> None:
        memory = self.memory
        if memory["event"] == EVENT_READY:
            memory.check()
            self.entered_s = time.monotonic() - memory["time_ns"] / 1e9
            memory.set_hooks(bytes(self._hooks.bits))
            memory["text_limit"] = self._text_limit
            memory["timed"] = self._timed
            memory["wants_end"] = self._end is not None
            memory["takes_records"] = self._drain is not None
            memory["tells_start"] = self._at_start is not None
            memory["result"] = 0
        elif memory["event"] == EVENT_CALL and self._answer is not None:
            memory["result"] = self._answer(self)
        elif memory["event"] == EVENT_END and self._end is not None:
            self._end(self)
        elif memory["event"] == EVENT_START and self._at_start is not None:
            self._at_start(bytes(memory.data[: memory["result"]]).decode(errors="replace"))
        self._reply(COMMAND_RETURN)

    def _reply(self, command: int) -> None:
        memory = self.memory
        memory["command"] = command
        memory["reply"] = memory["request"]


def _malformed(error: Exception) -> PlatformError:
    """For data of the kernel that it would not write. A handler's own errors do not come here."""
    result = PlatformError("the kernel's channel is malformed; the program may have overwritten it")
    result.__cause__ = error
    return result
