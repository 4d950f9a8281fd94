"""Structs as strace shows them by default: longer ones only with their first fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import cast

from unishim.syscalls.constants import constant_set
from unishim.syscalls.errno_table import NAMES, RESTART_NAMES
from unishim.syscalls.structs import STRUCTS, Value
from unishim.trace import numbers
from unishim.trace.quoting import pointer, quote

Fields = Mapping[str, int]
UTIME_NOW, UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2


def _decode(name: str, value: int) -> str:
    return constant_set(name).decode(value)


def _plain(values: Fields, prefix: str = "") -> str:
    return "{" + ", ".join(f"{name.removeprefix(prefix)}={value}" for name, value in values.items()) + "}"


def _part(values: Fields, prefix: str) -> str:
    """A nested time."""
    return _timespec({name.removeprefix(prefix + "."): value for name, value in values.items()})


def _nested(*names: str) -> Callable[[Fields], str]:
    return lambda values: "{" + ", ".join(f"{name}={_part(values, name)}" for name in names) + "}"


def _timespec(values: Fields) -> str:
    """Shown by strace: the fraction as an unsigned number."""
    fraction = "tv_nsec" if "tv_nsec" in values else "tv_usec"
    return f"{{tv_sec={values['tv_sec']}, {fraction}={values[fraction] % 2**64}}}"


_CALENDAR_CYCLE_YEARS = 400
_CALENDAR_CYCLE = 146_097 * 86_400  # seconds


def date(seconds: int, nanoseconds: int = 0) -> str:
    """A time of a file, as a comment, in UTC."""
    if not 0 <= nanoseconds < 10**9:
        return ""
    # The calendar repeats itself, and Python's ends with the year 9999.
    cycles, rest = divmod(seconds, _CALENDAR_CYCLE)
    moment = datetime.fromtimestamp(rest, UTC)
    year = moment.year + cycles * _CALENDAR_CYCLE_YEARS
    if not -(2**31) <= year - 1900 < 2**31:  # struct tm
        return ""
    fraction = f".{nanoseconds:09}" if nanoseconds else ""
    return f" /* {year}{moment:-%m-%dT%H:%M:%S}{fraction}+0000 */"


def file_time(values: Fields) -> str:
    """A time of utimensat(2) or utimes(2)."""
    names = {UTIME_NOW: "UTIME_NOW", UTIME_OMIT: "UTIME_OMIT"}
    if "tv_nsec" in values and values["tv_nsec"] in names:
        return names[values["tv_nsec"]]
    nanoseconds = values["tv_nsec"] if "tv_nsec" in values else values["tv_usec"] * 1000
    return _timespec(values) + date(values["tv_sec"], nanoseconds)


def _utimbuf(values: Fields) -> str:
    return "{" + ", ".join(f"{name}={value}{date(value)}" for name, value in values.items()) + "}"


def _owner(values: Fields) -> str:
    return f"{{type={_decode('owner_type', values['type'])}, pid={values['pid']}}}"


def _stat(values: Fields) -> str:
    mode = values["st_mode"]
    if mode & 0o170000 in (0o020000, 0o060000):
        size = f"st_rdev={numbers.device(values['st_rdev'])}"
    else:
        size = f"st_size={values['st_size']}"
    return f"{{st_mode={numbers.file_mode(mode)}, {size}, ...}}"


def _statx(values: Fields) -> str:
    return (
        f"{{stx_mask={_decode('statx_mask', values['stx_mask'])}, "
        f"stx_attributes={_decode('statx_attribute', values['stx_attributes'])}, "
        f"stx_mode={numbers.file_mode(values['stx_mode'])}, stx_size={values['stx_size']}, ...}}"
    )


def _statfs(values: Mapping[str, Value]) -> str:
    fields = cast(Fields, values)
    kind = constant_set("statfs_type").name_of(fields["f_type"]) or f"{fields['f_type']:#x}"
    first, second = cast(tuple[int, int], values["f_fsid.val"])
    plain = ", ".join(
        f"{name}={fields[name]}" for name in ("f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree")
    )
    return (
        f"{{f_type={kind}, {plain}, f_fsid={{val=[{numbers.hexadecimal(first & 0xFFFFFFFF)}, "
        f"{numbers.hexadecimal(second & 0xFFFFFFFF)}]}}, "
        f"f_namelen={fields['f_namelen']}, f_frsize={fields['f_frsize']}, "
        f"f_flags={_decode('statfs_flags', fields['f_flags'])}}}"
    )


def _rusage(values: Fields) -> str:
    return f"{{ru_utime={_part(values, 'ru_utime')}, ru_stime={_part(values, 'ru_stime')}, ...}}"


def _rlimit(values: Fields) -> str:
    current, most = (numbers.limit(values[name], "RLIM64_INFINITY") for name in ("rlim_cur", "rlim_max"))
    return f"{{rlim_cur={current}, rlim_max={most}}}"


def _utsname(values: Mapping[str, Value]) -> str:
    texts = [f"{name}={quote(cast(bytes, values[name]).partition(bytes(1))[0])}" for name in ("sysname", "nodename")]
    return "{" + ", ".join([*texts, "..."]) + "}"


def _sysinfo(values: Mapping[str, Value]) -> str:
    words = []
    for name, value in values.items():
        if name != "pad":
            words.append(f"{name}=[{', '.join(map(str, value))}]" if isinstance(value, tuple) else f"{name}={value!s}")
    return "{" + ", ".join(words) + "}"


def _handler(address: int) -> str:
    return {0: "SIG_DFL", 1: "SIG_IGN"}.get(address) or f"{address:#x}"


def _sigaction(values: Fields) -> str:
    flags = values["sa_flags"]
    text = (
        f"{{sa_handler={_handler(values['sa_handler'])}, "
        f"sa_mask={numbers.signal_set(values['sa_mask'].to_bytes(8, 'little'))}, sa_flags={_decode('sigaction', flags)}"
    )
    restorer = constant_set("sigaction").value_of("SA_RESTORER")
    return text + (f", sa_restorer={pointer(values['sa_restorer'])}}}" if flags & restorer else "}")


def _sigaltstack(values: Fields) -> str:
    return (
        f"{{ss_sp={pointer(values['ss_sp'])}, ss_flags={_decode('sigaltstack', values['ss_flags'])}, "
        f"ss_size={values['ss_size']}}}"
    )


_SIGNAL_CODES = {4: "ill", 8: "fpe", 11: "segv", 7: "bus", 5: "trap", 17: "chld", 29: "poll", 31: "sys"}


def signal_code(number: int, code: int) -> str:
    """si_code; the meaning of positive ones depends on the signal."""
    name = constant_set("si_code").name_of(code)
    if name is None and number in _SIGNAL_CODES:
        name = constant_set(f"si_code_{_SIGNAL_CODES[number]}").name_of(code)
    return name or f"{code & 0xFFFF_FFFF:#x}" if name or code else "SI_USER"


def siginfo(values: Fields) -> str:
    """The fields that apply to a signal."""
    number, code = values["si_signo"], values["si_code"]
    if number == 0:
        return "{}"
    words = [f"si_signo={numbers.signal_name(number)}", f"si_code={signal_code(number, code)}"]
    if values["si_errno"]:
        error = values["si_errno"] & 0xFFFF_FFFF
        words.append(f"si_errno={NAMES.get(error) or RESTART_NAMES.get(error) or error}")
    sender = [f"si_pid={values['si_pid']}", f"si_uid={numbers.identity(values['si_uid'])}"]
    value = values.get("si_value", 0)
    payload = f"si_int={(value & 0xFFFFFFFF) - (value >> 31 & 1) * 2**32}, si_ptr={pointer(value)}"
    code_name = constant_set("si_code").name_of(code)
    if code_name == "SI_TIMER":
        words += [f"si_timerid={values['si_tid']:#x}", f"si_overrun={values['si_overrun']}", payload]
    elif code_name == "SI_KERNEL" or (number in (4, 8, 11, 7, 5) and code > 0):
        if code_name == "SI_KERNEL" and number not in (4, 8, 11, 7, 5):
            return "{" + ", ".join(words) + "}"
        words.append(f"si_addr={pointer(values['si_addr'])}")
    elif number == 17 and code > 0:
        status = values.get("si_status", 0)
        exited = constant_set("si_code_chld").value_of("CLD_EXITED")
        words += [*sender, f"si_status={status if code == exited else numbers.signal_name(status)}"]
        words += [f"si_utime={values.get('si_utime', 0)}", f"si_stime={values.get('si_stime', 0)}"]
    elif code_name in ("SI_USER", "SI_TKILL"):
        words += sender
    else:
        words += [*sender, payload] if value or code_name == "SI_QUEUE" else sender
    return "{" + ", ".join(words) + "}"


def socket_address(data: bytes) -> str:
    """A socket address, by its family."""
    if len(data) < 2:
        return "{sa_family=" + "".join(f"{byte:#x}" for byte in data) + "}" if data else "NULL"
    family = int.from_bytes(data[:2], "little")
    name = constant_set("socket_family").name_of(family)
    if name == "AF_UNIX":
        path = data[2:]
        if not path:
            return "{sa_family=AF_UNIX}"
        text = "@" + quote(path[1:]) if path[0] == 0 else quote(path.partition(b"\0")[0])
        return f"{{sa_family=AF_UNIX, sun_path={text}}}"
    if name == "AF_INET" and len(data) >= STRUCTS["sockaddr_in"].size:
        port = int.from_bytes(data[2:4], "big")
        return f'{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("{IPv4Address(data[4:8])}")}}'
    if name == "AF_INET6" and len(data) >= 24:
        port, flow = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
        scope = f", sin6_scope_id={int.from_bytes(data[24:28], 'little')}" if len(data) >= 28 else ""
        return (
            f"{{sa_family=AF_INET6, sin6_port=htons({port}), sin6_flowinfo=htonl({flow}), "
            f'inet_pton(AF_INET6, "{IPv6Address(data[8:24])}", &sin6_addr){scope}}}'
        )
    if name == "AF_NETLINK" and len(data) >= STRUCTS["sockaddr_nl"].size:
        pid, groups = int.from_bytes(data[4:8], "little"), int.from_bytes(data[8:12], "little")
        return f"{{sa_family=AF_NETLINK, nl_pid={pid}, nl_groups={groups:08x}}}"
    rest = f", sa_data={quote(data[2:])}" if len(data) > 2 else ""
    return f"{{sa_family={name or f'{family:#x} /* AF_??? */'}{rest}}}"


def _msghdr(values: Fields) -> str:
    """The memory that its pointers refer to is not copied."""
    pointers = ("msg_name", "msg_iov", "msg_control")
    words = [f"{name}={pointer(value) if name in pointers else value}" for name, value in values.items()]
    words[-1] = f"msg_flags={_decode('message', values['msg_flags'])}"
    return "{" + ", ".join(words) + "}"


def _range(values: Fields) -> str:
    return f"{{iov_base={pointer(values['iov_base'])}, iov_len={values['iov_len']}}}"


def _sched_attr(values: Fields) -> str:
    words = [f"{name}={value}" for name, value in values.items()]
    words[1] = f"sched_policy={_decode('scheduler_policy', values['sched_policy'])}"
    words[2] = f"sched_flags={_decode('scheduler_flags', values['sched_flags'])}"
    return "{" + ", ".join(words if values["size"] >= STRUCTS["sched_attr"].size else words[:-2]) + "}"


def _termios(values: Mapping[str, Value]) -> str:
    fields = cast(Fields, values)
    control = fields["c_cflag"]
    speed = _decode("termios_speed", control & 0o10017)
    size = _decode("termios_size", control & 0o60)
    rest = [] if control & ~0o10077 == 0 else [_decode("termios_control", control & ~0o10077)]
    output = fields["c_oflag"]
    delays = [
        f"{name}{(output & mask) >> shift}"
        for name, mask, shift in (
            ("NL", 0o400, 8), ("CR", 0o3000, 9), ("TAB", 0o14000, 11), ("BS", 0o20000, 13), ("VT", 0o40000, 14),
            ("FF", 0o100000, 15),
        )
    ]  # fmt: skip
    plain = output & ~0o177400
    return (
        f"{{c_iflag={_decode('termios_input', fields['c_iflag'])}, "
        f"c_oflag={'|'.join([*delays, *([_decode('termios_output', plain)] if plain else [])])}, "
        f"c_cflag={'|'.join([speed, size, *rest])}, c_lflag={_decode('termios_local', fields['c_lflag'])}, ...}}"
    )


def _epoll_event(values: Fields) -> str:
    data = values["data"]
    return f"{{events={_decode('epoll', values['events'])}, data={{u32={data & 0xFFFFFFFF}, u64={data}}}}}"


def _flock(values: Fields) -> str:
    return (
        f"{{l_type={_decode('lock_type', values['l_type'])}, l_whence={_decode('seek', values['l_whence'] & 0xFFFF)}, "
        f"l_start={values['l_start']}, l_len={values['l_len']}}}"
    )


def _open_how(values: Fields) -> str:
    flags = values["flags"]
    mode = f", mode={numbers.octal(values['mode'])}" if values["mode"] or flags & 0o20000100 else ""
    names = replace(constant_set("open"), width=64).decode(flags)
    return f"{{flags={names}{mode}, resolve={_decode('resolve', values['resolve'])}}}"


def _clone_args(values: Fields) -> str:
    words = [f"flags={_decode('clone', values['flags'])}"]
    words += [f"{name}={pointer(values[name])}" for name in ("child_tid", "parent_tid") if values.get(name)]
    words.append(f"exit_signal={numbers.signal_name(values['exit_signal'])}")
    words += [f"stack={pointer(values['stack'])}", f"stack_size={numbers.hexadecimal(values['stack_size'])}"]
    if values.get("tls"):
        words.append(f"tls={pointer(values['tls'])}")
    return "{" + ", ".join(words) + "}"


def _timex(values: Fields) -> str:
    words = []
    for name, value in values.items():
        if name == "modes":
            words.append(f"modes={_decode('adjtimex', value)}")
        elif name.startswith("time."):
            if name == "time.tv_sec":
                words.append(f"time={_part(values, 'time')}")
        elif name == "status":
            words.append(f"status={_decode('adjtimex_status', value)}")
        else:
            words.append(f"{name}={value}")
    return "{" + ", ".join(words) + "}"


def capabilities(data: bytes) -> str:
    """The sets of capabilities of capget(2): the halves of each set are separate."""
    struct = STRUCTS["cap_data"]
    halves = [cast(Fields, struct.unpack(data[start:])) for start in range(0, len(data), struct.size)]
    words = []
    for name in ("effective", "permitted", "inheritable"):
        number = sum(half[name] << 32 * index for index, half in enumerate(halves))
        names = [f"1<<{name_}" for name_, bit in constant_set("capability").values.items() if number >> bit & 1]
        rest = number & ~sum(1 << bit for bit in constant_set("capability").values.values())
        words.append(f"{name}={'|'.join([*names, f'{rest:#x}'] if rest or not names else names)}".replace("0x0", "0"))
    return "{" + ", ".join(words) + "}"


def _cap_header(values: Fields) -> str:
    return f"{{version={_decode('cap_version', values['version'])}, pid={values['pid']}}}"


def _sigevent(values: Fields) -> str:
    value = values["sigev_value"]
    signed = (value & 0xFFFFFFFF) - (value >> 31 & 1) * 2**32
    shown = f"sigev_value={{sival_int={signed}, sival_ptr={pointer(value)}}}, " if value else ""
    signal, notify = values["sigev_signo"], _decode("sigevent", values["sigev_notify"])
    sends = notify in ("SIGEV_SIGNAL", "SIGEV_THREAD", "SIGEV_THREAD_ID")
    words = [f"sigev_signo={numbers.signal_name(signal) if sends else signal & 0xFFFF_FFFF}", f"sigev_notify={notify}"]
    if notify == "SIGEV_THREAD_ID":
        words.append(f"sigev_notify_thread_id={values['sigev_notify_thread_id']}")
    if notify == "SIGEV_THREAD":
        names = ("sigev_notify_function", "sigev_notify_attributes")
        words += [f"{name}={pointer(values[name])}" for name in names]
    return f"{{{shown}{', '.join(words)}}}"


_NOTATIONS: dict[str, Callable[..., str]] = {
    "utimbuf": _utimbuf,
    "f_owner_ex": _owner,
    "timespec": _timespec,
    "timeval": _timespec,
    "stat": _stat,
    "statx": _statx,
    "statfs": _statfs,
    "rlimit": _rlimit,
    "rusage": _rusage,
    "utsname": _utsname,
    "sysinfo": _sysinfo,
    "sigaction": _sigaction,
    "stack_t": _sigaltstack,
    "siginfo": siginfo,
    "sigevent": _sigevent,
    "termios": _termios,
    "msghdr": _msghdr,
    "range": _range,
    "sched_attr": _sched_attr,
    "epoll_event": _epoll_event,
    "flock": _flock,
    "open_how": _open_how,
    "clone_args": _clone_args,
    "timex": _timex,
    "cap_header": _cap_header,
    "itimerval": _nested("it_interval", "it_value"),
    "itimerspec": _nested("it_interval", "it_value"),
}


def struct_text(name: str, data: bytes) -> str | None:
    """A struct in memory; None if `data` is too short for it."""
    struct = STRUCTS[name]
    if len(data) < struct.size:
        return None
    if name == "sched_param":
        return f"[{struct.unpack(data)['sched_priority']!s}]"
    values = struct.unpack(data)
    notation = _NOTATIONS.get(name)
    return notation(values) if notation else _plain(cast(Fields, values))
