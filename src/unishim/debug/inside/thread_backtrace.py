"""`unishim backtrace TID`: the backtrace of a waiting thread, in the kernel and in the program."""

from __future__ import annotations

import gdb

from unishim.debug.inside import kernel

_KEPT = ("r15", "r14", "r13", "r12", "rbp", "rbx", "rsp", "rip")


class Backtrace(gdb.Command):  # type: ignore[misc]
    """Print a thread's backtrace: unishim backtrace TID. `info unishim threads` lists the thread IDs.

    The registers are changed temporarily and then restored.
    """

    def __init__(self) -> None:
        super().__init__("unishim backtrace", gdb.COMMAND_STACK)

    def invoke(self, argument: str, _from_tty: bool) -> None:
        """Prints it."""
        thread = next((thread for thread in kernel.threads() if str(int(thread["tid"])) == argument.strip()), None)
        if thread is None:
            raise gdb.GdbError(f"no thread {argument or '(none given)'}; see: info unishim threads")
        running = kernel.running_thread()
        if running is not None and running.address == thread.address:
            gdb.execute("backtrace")
            return
        gdb.newest_frame().select()
        before = {name: int(gdb.parse_and_eval(f"(unsigned long)${name}")) for name in _KEPT}
        # Set last: when a debugger changes the instruction pointer, Linux does not restart the interrupted call.
        before |= _call_number()
        try:
            _set(_waiting_state(thread))
            gdb.execute("backtrace")
        finally:
            _set(before)


def _waiting_state(thread: gdb.Value) -> dict[str, int]:
    """The registers that context_switch_stack() left on the thread's kernel stack."""
    pointer = thread["sched"]["context"]["stack_pointer"]
    saved_type = gdb.lookup_type("struct saved")
    saved = pointer.cast(saved_type.pointer()).dereference()
    state = {name: int(saved[name]) for name in _KEPT[:6]}
    return state | {"rsp": int(pointer) + saved_type.sizeof, "rip": int(saved["return_address"])}


def _call_number() -> dict[str, int]:
    try:
        return {"orig_rax": int(gdb.parse_and_eval("(unsigned long)$orig_rax"))}
    except gdb.error:  # a virtual machine has none
        return {}


def _set(values: dict[str, int]) -> None:
    for name, value in values.items():
        gdb.execute(f"set ${name} = {value:#x}", to_string=True)
