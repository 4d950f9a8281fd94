"""Unwinds past the frame of a signal handler for C libraries that do not describe it (musl's).

gdb knows this frame on Linux, but not for a virtual machine.
"""

from __future__ import annotations

from itertools import takewhile

import gdb
from gdb.unwinder import Unwinder, register_unwinder

# mov $15, %rax (rt_sigreturn); syscall: the code that C libraries return to from a handler, and that unwinders look
# for.
_RESTORER = b"\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05"


class _FrameId:
    def __init__(self, stack: gdb.Value, pc: gdb.Value) -> None:
        self.sp = stack
        self.pc = pc


class _SignalFrame(Unwinder):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__("unishim signal frame")

    def __call__(self, pending: gdb.PendingFrame) -> gdb.UnwindInfo | None:
        pc, stack = pending.read_register("rip"), pending.read_register("rsp")
        # glibc aligns its frame and describes it: gdb then does better than this code.
        if int(pc) % 16 == 0:
            return None
        try:
            if bytes(gdb.selected_inferior().read_memory(int(pc), len(_RESTORER))) != _RESTORER:
                return None
            state = stack.cast(gdb.lookup_type("struct ucontext").pointer())["context"]
            found = pending.create_unwind_info(_FrameId(stack, pc))
            for name in takewhile(lambda name: name != "eflags", state.type.keys()):  # the general registers come first
                found.add_saved_register(name, state[name].cast(pending.read_register(name).type))
        except gdb.MemoryError:
            return None
        return found


def install() -> None:
    """Registers the unwinder for all programs."""
    register_unwinder(None, _SignalFrame(), replace=True)
