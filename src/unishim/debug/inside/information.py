"""`info unishim`: threads, descriptors, memory and calls, from the kernel's data."""

from __future__ import annotations

from collections.abc import Callable

import gdb

from unishim.debug.inside import kernel
from unishim.debug.inside.system_calls import call_text, is_call, result_text
from unishim.printable import printable

_ACCESS = ("read", "write", "read, write")
_WIDE = 16  # digits of an address


class _Information(gdb.Command):  # type: ignore[misc]
    """One `info unishim` command."""

    def __init__(self, name: str, words: str, lines: Callable[[], list[str]]) -> None:
        self.__doc__ = f"{words}: info unishim {name}."
        super().__init__(f"info unishim {name}", gdb.COMMAND_STATUS)
        self._lines = lines

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        """Prints its lines."""
        if gdb.selected_inferior().pid == 0:
            raise gdb.GdbError("nothing is running; start with: unishim begin")
        if kernel.program() is None:
            raise gdb.GdbError("the kernel has not loaded the program yet; continue with: unishim begin")
        try:
            lines = self._lines()
        except gdb.MemoryError as error:
            raise gdb.GdbError(f"the kernel's memory cannot be read here: {error}") from None
        gdb.write("".join(f"{printable(line)}\n" for line in lines))


class _Prefix(gdb.Command):  # type: ignore[misc]
    """Show the kernel's data about the program: info unishim threads | fds | memory | calls."""

    def __init__(self) -> None:
        super().__init__("info unishim", gdb.COMMAND_STATUS, prefix=True)


def _place(address: int) -> str:
    """`main + 12`, or ""."""
    words = gdb.execute(f"info symbol {address:#x}", to_string=True).partition(" in section")[0].strip()
    return "" if words.startswith("No symbol") else f" {words}"


def _threads() -> list[str]:
    running = kernel.running_thread()
    lines = ["  TID   NAME             STATE    AT"]
    for thread in kernel.threads():
        regs = kernel.program_registers(thread)
        is_running = running is not None and running.address == thread.address
        waits = str(thread["sched"]["state"]) == "UK_SCHED_WAITS"
        state = "runs" if is_running else "waits" if waits else "ready"
        number = int(regs["orig_rax"])
        arguments = [int(regs[name]) for name in ("rdi", "rsi", "rdx", "r10", "r8", "r9")]
        if is_running and not kernel.is_in_kernel(gdb.newest_frame().pc()):
            pc, where = gdb.newest_frame().pc(), ""
        else:
            pc, where = int(regs["rip"]), f" in {call_text(number, arguments)}" if is_call(number) else ""
        mark = "*" if is_running else " "
        name = kernel.text(thread["name"].address.cast(gdb.lookup_type("char").pointer()))
        lines.append(f"{mark} {int(thread['tid']):<5} {name:<16} {state:<8} {pc:#x}{_place(pc)}{where}")
    return lines


def _fds() -> list[str]:
    process = kernel.current_process()
    if process is None:
        return []
    table = process["files"]
    lines = ["FD    ACCESS       OFFSET    FILE"]
    for fd in range(int(table["size"])):
        file = table["entries"][fd]["file"]
        if int(file):
            access = _ACCESS[min(int(file["flags"]) & 3, 2)]
            lines.append(f"{fd:<5} {access:<12} {int(file['offset']):<9} {kernel.file_name(file)}")
    return lines


def _memory() -> list[str]:
    lines = ["START            END              PROT OFFSET   FILE"]
    for vma in kernel.vmas():
        file = vma["source"]["file"]
        name = kernel.file_name(file) if int(file) else kernel.kind(vma)
        offset = int(vma["source"]["offset"]) if int(file) else 0
        start, end = int(vma["start"]), int(vma["end"])
        lines.append(f"{start:0{_WIDE}x} {end:0{_WIDE}x} {kernel.protection(vma)} {offset:08x} {name}".rstrip())
    return lines


def _calls() -> list[str]:
    ring, last = kernel.variable("last_calls"), kernel.variable("last_order")
    if ring is None or last is None:
        raise gdb.GdbError("this kernel does not record calls; build it with CONFIG_LIBCHANNEL=y")
    if not int(kernel.variable("uk_debugger") or 0):
        raise gdb.GdbError("this run does not record calls; start it with unishim debug, or unishim run --gdb")
    size = ring.type.sizeof // ring[0].type.sizeof
    lines = []
    for order in range(max(1, int(last) - size + 1), int(last) + 1):
        call = ring[order % size]
        if int(call["order"]) != order:
            continue
        words = call_text(int(call["number"]), [int(call["arguments"][index]) for index in range(6)])
        result = result_text(int(call["result"])) if int(call["done"]) else "..."
        lines.append(f"[{int(call['thread'])}] {words} = {result}")
    return lines or ["no calls yet"]


def install() -> None:
    """Adds the commands."""
    _Prefix()
    _Information("threads", "Threads, their states, and where they are", _threads)
    _Information("fds", "File descriptors and their files", _fds)
    _Information("memory", "The memory map, with protections and files", _memory)
    _Information("calls", "The last system calls, oldest first", _calls)
