"""The layout of the memory that the kernel and Python share, declared here; the C side is generated from it.

The kernel provides one block of memory: the control structure at its start, then a data area through which guest
memory and texts are copied, counts of calls, then the trace's ring. docs/explanation/architecture.md describes the
protocol.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIZES = {"u8": 1, "u16": 2, "u32": 4, "s32": 4, "u64": 8, "s64": 8}

MAGIC = 0x34304E4148434B55  # "UKCHAN04", little-endian
SIZE = 1 << 20  # bytes of the whole block
DATA_OFFSET = 4096
DATA_SIZE = 61440
COUNTS_OFFSET = 65536  # one uk_channel_count per byte of `hooks`
RING_OFFSET = 81920
RING_SIZE = SIZE - RING_OFFSET
RECORD_MAX = 65536  # bytes per record of the ring
HOOKS_SIZE = 512

# Bits of a call's byte in the control structure's `hooks`.
HOOK_TRACE = 1
HOOK_HOST = 2
HOOK_COUNT = 4
# The index of all numbers that belong to no system call.
HOOK_UNKNOWN = HOOKS_SIZE - 1

# Bytes on the bell.
BELL_MESSAGE = ord("M")
BELL_RING = ord("R")

# Values of `event`, set by the kernel.
EVENT_READY = 0  # at boot: set hooks and limits, then COMMAND_RETURN
EVENT_CALL = 1  # the program made a call that has a handler
EVENT_DONE = 2  # the last command is done: `result`
EVENT_END = 3  # a signal ends the program; an END structure is in the data area; only if `wants_end`
EVENT_START = 4  # the program is loaded; its memory map is in the data area, as after COMMAND_MAPS

# Values of `command`, set by Python.
COMMAND_RETURN = 0  # the program's call returns `result`
COMMAND_CALL = 1  # make the kernel's own call `number` with `arguments`; `result` is its result
COMMAND_READ = 2  # copy `length` bytes of guest memory at `address` to the data area; `result`: bytes copied
COMMAND_READ_STRING = 3  # like READ, up to a NUL; `result`: the length, `length` if there is no NUL, or -EFAULT
COMMAND_WRITE = 4  # copy `length` bytes of the data area to guest memory at `address`; `result`: bytes copied
COMMAND_MAPS = 5  # write the memory map from `address` on to the data area, as text; `result`: its length, 0 at the end
COMMAND_FILES = 6  # write the file descriptors to the data area, as text; `result`: length of the text
COMMAND_EXIT = 7  # end the program with status `result`
COMMAND_THREAD = 8  # at END: write a THREAD structure for thread index `address`, from 0; `result`: 0 or -ESRCH
COMMAND_RESIDENT = 9  # resident pages of the `length` bytes at `address`: pairs of u64, start and end; `result`: count

STATE_OFFSET = 4096  # in the data area: a thread's extended state

# Kinds of records in the ring.
# Above a record's kind is the thread's number; 0 stands for the first thread.
RECORD_THREAD_SHIFT = 8
RECORD_CALL = 0
RECORD_WRAP = 1  # the next record is at the start of the ring
RECORD_SIGNAL = 2  # number: the signal; arguments: si_code, si_addr, si_pid, si_uid, si_value
RECORD_UNFINISHED = 3  # a call during which its thread ended: without a result

# Which memory of an argument is recorded, and when.
CAPTURE_IN = 1
CAPTURE_OUT = 2
CAPTURE_PATH = 4
CAPTURE_FORMS = ("STRING", "BYTES", "ITEMS", "VECTOR", "SIGNAL_MASK")
CAPTURE_COUNTS = ("CONSTANT", "ARGUMENT", "RESULT", "POINTEE", "PAGES")
ITEMS_MAX = 32  # per array


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its C type, count, and offset. Offsets and sizes are in bytes."""

    name: str
    type: str
    count: int
    offset: int

    @property
    def size(self) -> int:
        """The size of one element."""
        return _SIZES[self.type]


@dataclass(frozen=True, slots=True)
class Layout:
    """A structure with the layout that C gives it."""

    name: str
    fields: tuple[Field, ...]
    size: int

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


def lay_out(name: str, text: str) -> Layout:
    """A structure of `type:name` and `type:name*count`. Raises ValueError for a field that C would align elsewhere."""
    fields = []
    offset = 0
    for line in text.split():
        words, _, count = line.partition("*")
        type_, _, field_name = words.partition(":")
        size = _SIZES[type_]
        if offset % size:
            raise ValueError(f"{name}.{field_name} is not aligned; move it or add padding")
        fields.append(Field(field_name, type_, int(count or 1), offset))
        offset += size * int(count or 1)
    return Layout(name, tuple(fields), offset)


CONTROL = lay_out(
    "uk_channel_control",
    """
    u64:magic
    u64:ring_address
    u64:head
    u64:tail
    u32:request
    u32:reply
    u32:text_limit
    u32:timed
    u32:wants_end
    u32:takes_records
    u64:base_ticks
    u64:base_ns
    u64:scale
    u64:epoch_ns
    u64:time_ns
    u32:event
    u32:command
    s64:number
    u64:arguments*6
    s64:result
    u64:address
    u64:length
    u64:ip
    u64:thread
    u64:tells_start
    u8:hooks*512
    """,
)

RECORD = lay_out(
    "uk_trace_record",
    """
    u32:size
    u32:kind
    u64:entered
    u64:left
    s64:number
    u64:ip
    u64:arguments*6
    s64:result
    """,
)

PAYLOAD = lay_out(
    "uk_trace_payload",
    """
    u8:argument
    u8:leave
    u8:whole
    u8:reserved
    u32:length
    """,
)

COUNT = lay_out(
    "uk_channel_count",
    """
    u64:calls
    u64:returned
    u64:errors
    u64:ticks
    """,
)

# What a core file contains about the whole program: siginfo_t, addresses of its memory, XCR0, and the places of the
# components of the extended state in XSAVE's standard form (offset 0: not in XCR0).
END = lay_out(
    "uk_channel_end",
    """
    u8:information*128
    u64:auxiliary
    u64:auxiliary_end
    u64:arguments
    u64:arguments_end
    u64:xsave_mask
    u32:component_offsets*63
    u32:component_sizes*63
    """,
)

# What it contains about each thread: registers as user_regs_struct, signal sets.
THREAD = lay_out(
    "uk_channel_thread",
    """
    u64:tid
    u64:registers*27
    u64:blocked
    u64:pending
    s64:nice
    u64:state_size
    u8:name*16
    """,
)
LAYOUTS = (CONTROL, RECORD, PAYLOAD, COUNT, END, THREAD)
