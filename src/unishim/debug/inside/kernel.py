"""Reads the kernel's structures through its debug information: no offset is written down here."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

PROTECTION = "rwx"
_VMA_SHARED = 1  # UK_VMA_SHARED
_DENTRY_DELETED = 16  # UK_DENTRY_DELETED


def variable(name: str, file: str | None = None) -> gdb.Value | None:
    """A variable of the kernel; `file`, the end of a path, selects one of several static variables of that name.

    None: this kernel has no such variable.
    """
    symbol = gdb.lookup_global_symbol(name) if file is None else None
    for static in [] if symbol is not None else gdb.lookup_static_symbols(name):
        if file is None or static.symtab.filename.endswith(file):
            symbol = static
    return symbol.value() if symbol is not None else None


def address_of(name: str) -> int:
    """The address of a symbol, including one that only the linker defines; 0: no such symbol."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.error:
        return 0


def is_linux() -> bool:
    """Whether it is the `linux` platform's kernel."""
    return address_of("host_signal_return") != 0


def is_in_kernel(address: int) -> bool:
    """Whether an address is in the kernel's text."""
    return address_of("kernel_start") <= address < address_of("kernel_text_end")


def program() -> gdb.Value | None:
    """The struct uk_program, once its files are mapped."""
    try:
        process = current_process()
        loaded = process["program"]["loaded"] if process is not None else None
        return loaded.dereference() if loaded is not None and int(loaded) else None
    except gdb.MemoryError:  # before the guest has turned on paging
        return None


def text(value: gdb.Value) -> str:
    """A C string in the kernel."""
    return value.string(errors="backslashreplace") if int(value) else ""


def vmas() -> Iterator[gdb.Value]:
    """The struct uk_vma of all mappings, by address."""
    process = current_process()
    node = process["mm"]["vmas"] if process is not None else None
    stack: list[gdb.Value] = []
    while node is not None and (int(node) or stack):
        while int(node):
            stack.append(node)
            node = node["left"]
        node = stack.pop()
        yield node["vma"]
        node = node["right"]


def protection(vma: gdb.Value) -> str:
    """The protection as in /proc/self/maps: r-xp."""
    bits, flags = int(vma["prot"]), int(vma["flags"])
    letters = "".join(letter if bits >> number & 1 else "-" for number, letter in enumerate(PROTECTION))
    return letters + ("s" if flags & _VMA_SHARED else "p")


def kind(vma: gdb.Value) -> str:
    """What a mapping without a file is: heap, stack, ...; "" for anonymous memory."""
    name = str(vma["kind"]).removeprefix("UK_VMA_").lower()
    return "" if name in ("anonymous", "file") else f"[{name}]"


def file_name(file: gdb.Value) -> str:
    """The path of an open file; without a path, the name of its operations: "<pipe>"."""
    mount, dentry = file["path"]["mount"], file["path"]["dentry"]
    if not int(dentry):
        _, _, operations = str(file["operations"].format_string(symbols=True)).partition("<")
        return f"<{operations.rstrip('>').removesuffix('_operations') or 'no name'}>"
    deleted = " (deleted)" if int(dentry["flags"]) & _DENTRY_DELETED else ""
    names: list[str] = []
    while True:
        while int(mount) and dentry == mount["root"] and int(mount["parent"]):
            dentry, mount = mount["mountpoint"], mount["parent"]
        if dentry == dentry["parent"]:
            return "/" + "/".join(reversed(names)) + deleted
        names.append(text(dentry["name"]))
        dentry = dentry["parent"]


def current_process() -> gdb.Value | None:
    """The struct uk_process of the running thread."""
    thread = running_thread()
    return thread["process"].dereference() if thread is not None and int(thread["process"]) else None


def threads() -> Iterator[gdb.Value]:
    """The struct uk_thread of all threads that have not ended, the first thread first."""
    process = current_process()
    thread = process["threads"] if process is not None else None
    while thread is not None and int(thread):
        if str(thread["sched"]["state"]) != "UK_SCHED_ENDED":
            yield thread.dereference()
        thread = thread["next"]


def running_thread() -> gdb.Value | None:
    """The struct uk_thread of the running thread."""
    cpu = variable("uk_cpu")
    return cpu["thread"].dereference() if cpu is not None and int(cpu["thread"]) else None


def program_registers(thread: gdb.Value) -> gdb.Value:
    """The struct __regs with which a thread entered the kernel or was interrupted."""
    running, cpu = running_thread(), variable("uk_cpu")
    frame = thread["sched"]["context"]["frame"]
    if cpu is not None and running is not None and running.address == thread.address:
        frame = cpu["frame"]
    return frame.dereference()
