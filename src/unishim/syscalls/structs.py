"""The structs that system calls of Linux on x86-64 read and write: the layout of each, declared once.

Offsets and sizes follow from the types by the alignment rules of the x86-64 ABI; a test compares them with the C
headers. A field of a nested struct has a dotted name ("it_value.tv_sec"), as in offsetof() in C.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import pack_into, unpack_from

from unishim.syscalls.scalars import SCALARS, Scalar

Value = int | bytes | tuple[int, ...]

# name or, in a union, name@offset; then the type and the count
_FIELD = re.compile(r"(?P<name>[\w.]+)(?:@(?P<offset>\d+))?:(?P<type>\w+)(?:\[(?P<count>\d+)\])?")


@dataclass(frozen=True, slots=True)
class Field:
    """One number, or an array of numbers, in a struct. An array of `char` is bytes."""

    name: str
    offset: int  # bytes
    type: Scalar
    count: int | None = None  # None: not an array

    @property
    def format(self) -> str:
        """The format in Python's struct module."""
        return f"<{'' if self.count is None else self.count}{self.type.format}"


@dataclass(frozen=True, slots=True)
class Struct:
    """The layout of one struct."""

    name: str
    c_type: str
    size: int  # bytes
    fields: tuple[Field, ...]
    alignment: int

    def field(self, name: str) -> Field:
        """The field of that name. KeyError if it does not exist."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.c_type} has no field {name}")

    def unpack(self, data: bytes) -> dict[str, Value]:
        """The fields of a struct in memory; only those that are within `data`, which may be short."""
        values: dict[str, Value] = {}
        for field in self.fields:
            if field.offset + field.type.size * (1 if field.count is None else field.count) <= len(data):
                numbers = unpack_from(field.format, data, field.offset)
                values[field.name] = numbers[0] if field.count is None or field.type.format == "s" else numbers
        return values

    def pack(self, values: Mapping[str, Value]) -> bytes:
        """The struct in memory. Fields that are not in `values` are zero; char arrays are padded with zeros."""
        data = bytearray(self.size)
        for name, value in values.items():
            field = self.field(name)
            pack_into(field.format, data, field.offset, *(value if isinstance(value, tuple) else (value,)))
        return bytes(data)


STRUCTS: dict[str, Struct] = {}


def _declare(
    name: str, fields: str, *, c_type: str | None = None, size: int | None = None, packed: bool = False
) -> Struct:
    """Adds a struct. `size`: if more follows the last field."""
    found: list[Field] = []
    offset = 0
    alignment = 1
    for word in fields.split():
        match = _FIELD.fullmatch(word)
        if match is None:
            raise ValueError(f"{name}: {word} is not a field")
        kind = match["type"]
        step = 1 if packed else SCALARS[kind].size if kind in SCALARS else STRUCTS[kind].alignment
        alignment = max(alignment, step)
        offset = -(-offset // step) * step if match["offset"] is None else int(match["offset"])
        count = None if match["count"] is None else int(match["count"])
        found += _expand(match["name"], offset, kind, count)
        offset += (SCALARS[kind].size if kind in SCALARS else STRUCTS[kind].size) * (1 if count is None else count)
    struct = Struct(
        name, c_type or f"struct {name}", size or -(-offset // alignment) * alignment, tuple(found), alignment
    )
    STRUCTS[name] = struct
    return struct


def _expand(name: str, offset: int, kind: str, count: int | None) -> Iterable[Field]:
    if kind in SCALARS:
        return [Field(name, offset, SCALARS[kind], count)]
    return [
        Field(f"{name}.{inner.name}", offset + inner.offset, inner.type, inner.count) for inner in STRUCTS[kind].fields
    ]


TIMESPEC = _declare("timespec", "tv_sec:long tv_nsec:long")
TIMEVAL = _declare("timeval", "tv_sec:long tv_usec:long")
TIMEZONE = _declare("timezone", "tz_minuteswest:int tz_dsttime:int")
ITIMERVAL = _declare("itimerval", "it_interval:timeval it_value:timeval")
ITIMERSPEC = _declare("itimerspec", "it_interval:timespec it_value:timespec")
TMS = _declare("tms", "tms_utime:long tms_stime:long tms_cutime:long tms_cstime:long")
UTIMBUF = _declare("utimbuf", "actime:long modtime:long")
TIMEX = _declare(
    "timex",
    "modes:uint offset:long freq:long maxerror:long esterror:long status:int constant:long precision:long "
    "tolerance:long time:timeval tick:long ppsfreq:long jitter:long shift:int stabil:long jitcnt:long calcnt:long "
    "errcnt:long stbcnt:long tai:int",
    size=208,
)

STAT = _declare(
    "stat",
    "st_dev:ulong st_ino:ulong st_nlink:ulong st_mode:uint st_uid:uint st_gid:uint st_rdev@40:ulong st_size:long "
    "st_blksize:long st_blocks:long st_atime:ulong st_atime_nsec:ulong st_mtime:ulong st_mtime_nsec:ulong "
    "st_ctime:ulong st_ctime_nsec:ulong",
    size=144,
)
STATX_TIMESTAMP = _declare("statx_timestamp", "tv_sec:s64 tv_nsec:u32 __reserved:s32")
STATX = _declare(
    "statx",
    "stx_mask:u32 stx_blksize:u32 stx_attributes:u64 stx_nlink:u32 stx_uid:u32 stx_gid:u32 stx_mode:u16 "
    "stx_ino@32:u64 stx_size:u64 stx_blocks:u64 stx_attributes_mask:u64 stx_atime:statx_timestamp "
    "stx_btime:statx_timestamp stx_ctime:statx_timestamp stx_mtime:statx_timestamp stx_rdev_major:u32 "
    "stx_rdev_minor:u32 stx_dev_major:u32 stx_dev_minor:u32 stx_mnt_id:u64 stx_dio_mem_align:u32 "
    "stx_dio_offset_align:u32",
    size=256,
)
STATFS = _declare(
    "statfs",
    "f_type:long f_bsize:long f_blocks:long f_bfree:long f_bavail:long f_files:long f_ffree:long f_fsid.val:int[2] "
    "f_namelen:long f_frsize:long f_flags:long",
    size=120,
)
IOVEC = _declare("iovec", "iov_base:addr iov_len:size")
# Memory of another process, whose contents are not shown.
RANGE = _declare("range", "iov_base:addr iov_len:size", c_type="struct iovec")
FLOCK = _declare("flock", "l_type:s16 l_whence:s16 l_start:off l_len:off l_pid:int")
F_OWNER_EX = _declare("f_owner_ex", "type:int pid:int")
OPEN_HOW = _declare("open_how", "flags:u64 mode:u64 resolve:u64")
MOUNT_ATTR = _declare("mount_attr", "attr_set:u64 attr_clr:u64 propagation:u64 userns_fd:u64")

POLLFD = _declare("pollfd", "fd:int events:s16 revents:s16")
FD_SET = _declare("fd_set", "fds_bits:ulong[16]", c_type="__kernel_fd_set")
EPOLL_EVENT = _declare("epoll_event", "events:u32 data:u64", packed=True)

RLIMIT = _declare("rlimit", "rlim_cur:ulong rlim_max:ulong")
RUSAGE = _declare(
    "rusage",
    "ru_utime:timeval ru_stime:timeval ru_maxrss:long ru_ixrss:long ru_idrss:long ru_isrss:long ru_minflt:long "
    "ru_majflt:long ru_nswap:long ru_inblock:long ru_oublock:long ru_msgsnd:long ru_msgrcv:long ru_nsignals:long "
    "ru_nvcsw:long ru_nivcsw:long",
)
SCHED_PARAM = _declare("sched_param", "sched_priority:int")
SCHED_ATTR = _declare(
    "sched_attr",
    "size:u32 sched_policy:u32 sched_flags:u64 sched_nice:s32 sched_priority:u32 sched_runtime:u64 sched_deadline:u64 "
    "sched_period:u64 sched_util_min:u32 sched_util_max:u32",
)
CLONE_ARGS = _declare(
    "clone_args",
    "flags:u64 pidfd:u64 child_tid:u64 parent_tid:u64 exit_signal:u64 stack:u64 stack_size:u64 tls:u64 set_tid:u64 "
    "set_tid_size:u64 cgroup:u64",
)
CAP_HEADER = _declare("cap_header", "version:u32 pid:int", c_type="struct __user_cap_header_struct")
CAP_DATA = _declare("cap_data", "effective:u32 permitted:u32 inheritable:u32", c_type="struct __user_cap_data_struct")
ROBUST_LIST_HEAD = _declare("robust_list_head", "list.next:addr futex_offset:long list_op_pending:addr")
RSEQ = _declare("rseq", "cpu_id_start:u32 cpu_id:u32 rseq_cs:u64 flags:u32", size=32)

SIGACTION = _declare("sigaction", "sa_handler:addr sa_flags:ulong sa_restorer:addr sa_mask:ulong")
SIGSET = _declare("sigset", "sig:ulong", c_type="sigset_t")
SIGALTSTACK = _declare("stack_t", "ss_sp:addr ss_flags:int ss_size:size", c_type="stack_t")
SIGINFO = _declare(
    "siginfo",
    "si_signo:int si_errno:int si_code:int si_pid@16:int si_uid@20:uint si_value@24:addr si_status@24:int "
    "si_utime@32:long si_stime@40:long si_addr@16:addr si_addr_lsb@24:s16 si_tid@16:int si_overrun@20:int "
    "si_band@16:long si_fd@24:int si_call_addr@16:addr si_syscall@24:int si_arch@28:uint",
    c_type="siginfo_t",
    size=128,
)
SIGEVENT = _declare(
    "sigevent",
    "sigev_value:addr sigev_signo:int sigev_notify:int sigev_notify_thread_id:int sigev_notify_function@16:addr "
    "sigev_notify_attributes:addr",
    size=64,
)

UTSNAME = _declare(
    "utsname",
    "sysname:char[65] nodename:char[65] release:char[65] version:char[65] machine:char[65] domainname:char[65]",
    c_type="struct new_utsname",
)
SYSINFO = _declare(
    "sysinfo",
    "uptime:long loads:ulong[3] totalram:ulong freeram:ulong sharedram:ulong bufferram:ulong totalswap:ulong "
    "freeswap:ulong procs:u16 pad:u16 totalhigh:ulong freehigh:ulong mem_unit:u32",
)
TERMIOS = _declare("termios", "c_iflag:u32 c_oflag:u32 c_cflag:u32 c_lflag:u32 c_line:u8 c_cc:u8[19]")
WINSIZE = _declare("winsize", "ws_row:u16 ws_col:u16 ws_xpixel:u16 ws_ypixel:u16")
MQ_ATTR = _declare("mq_attr", "mq_flags:long mq_maxmsg:long mq_msgsize:long mq_curmsgs:long", size=64)

SOCKADDR = _declare("sockaddr", "ss_family:u16", c_type="struct __kernel_sockaddr_storage", size=128)
SOCKADDR_IN = _declare("sockaddr_in", "sin_family:u16 sin_port:u16 sin_addr:u32", size=16)
SOCKADDR_IN6 = _declare(
    "sockaddr_in6", "sin6_family:u16 sin6_port:u16 sin6_flowinfo:u32 sin6_addr:char[16] sin6_scope_id:u32"
)
SOCKADDR_UN = _declare("sockaddr_un", "sun_family:u16 sun_path:char[108]")
SOCKADDR_NL = _declare("sockaddr_nl", "nl_family:u16 nl_pad:u16 nl_pid:u32 nl_groups:u32")
LINGER = _declare("linger", "l_onoff:int l_linger:int")
UCRED = _declare("ucred", "pid:int uid:uint gid:uint")
MSGHDR = _declare(
    "msghdr",
    "msg_name:addr msg_namelen:int msg_iov:addr msg_iovlen:size msg_control:addr msg_controllen:size msg_flags:uint",
)
MMSGHDR = _declare("mmsghdr", "msg_hdr:msghdr msg_len:uint")
CMSGHDR = _declare("cmsghdr", "cmsg_len:size cmsg_level:int cmsg_type:int")
