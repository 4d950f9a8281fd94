"""Numbers as strace shows them."""

from __future__ import annotations

from unishim.syscalls.constants import constant_set

SIGNAL_REALTIME_MIN = 32  # the kernel's; libc reserves the first two
SIGNAL_MAX = 64
_INFINITY = 2**64 - 1


def signal_name(number: int) -> str:
    """SIGINT; SIGRT_3; a plain number if there is no such signal."""
    if SIGNAL_REALTIME_MIN <= number <= SIGNAL_MAX:
        return "SIGRTMIN" if number == SIGNAL_REALTIME_MIN else f"SIGRT_{number - SIGNAL_REALTIME_MIN}"
    return constant_set("signal").name_of(number) or str(number)


def signal_set(data: bytes) -> str:
    """[INT TERM]; or ~[...] with the missing ones if most are in the set."""
    mask = int.from_bytes(data[:8], "little")
    present = mask.bit_count()
    inverted = present >= 8 * len(data[:8]) * 2 // 3
    names = [
        signal_name(number).removeprefix("SIG")
        for number in range(1, 8 * len(data[:8]) + 1)
        if (mask >> (number - 1) & 1) != inverted
    ]
    return f"{'~' if inverted else ''}[{' '.join(names)}]"


def limit(value: int, infinity: str) -> str:
    """A resource limit: infinity by name, multiples of 1024 as products."""
    if value == _INFINITY:
        return infinity
    return f"{value // 1024}*1024" if value > 1024 and value % 1024 == 0 else str(value)


def octal(value: int) -> str:
    """Like C's %#03o."""
    return f"{value:#o}".replace("0o", "0").zfill(3) if value else "000"


def file_mode(value: int) -> str:
    """S_IFREG|0644."""
    name = constant_set("file_type").name_of(value & 0o170000)
    bits = constant_set("mode_bits")
    words = [name] if name else []
    words += [bit for bit, number in bits.values.items() if value & number]
    rest = value & ~0o7000 & ~(0o170000 if name else 0)
    return "|".join([*words, octal(rest)])


def device(number: int) -> str:
    """makedev(0x1, 0x3), from the kernel's 64-bit encoding."""
    major = (number >> 8 & 0xFFF) | (number >> 32 & ~0xFFF)
    minor = (number & 0xFF) | (number >> 12 & ~0xFF & 0xFFFF_FFFF)
    return f"makedev({major:#x}, {minor:#x})"


def identity(value: int) -> str:
    """A user or group ID; -1 stays -1."""
    return "-1" if value == 0xFFFF_FFFF else str(value)


def dirfd(value: int) -> str:
    """A file descriptor or AT_FDCWD."""
    return constant_set("dirfd").name_of(value) if value == -100 else str(value)  # type: ignore[return-value]


def clock(value: int) -> str:
    """A clock."""
    return constant_set("clock").decode(value)


def hexadecimal(value: int) -> str:
    """0x1f; 0."""
    return f"{value:#x}" if value else "0"


def wait_status(status: int) -> str:
    """{WIFEXITED(s) && WEXITSTATUS(s) == 0}."""
    low, high = status & 0x7F, status >> 8 & 0xFF
    if status & 0xFFFF == 0xFFFF:
        return "{WIFCONTINUED(s)}"
    if status & 0xFF == 0x7F:
        event = status >> 16
        extra = f" | {event << 16:#x}" if event else ""
        return f"{{WIFSTOPPED(s) && WSTOPSIG(s) == {signal_name(high)}}}{extra}"
    if low == 0:
        return f"{{WIFEXITED(s) && WEXITSTATUS(s) == {high}}}"
    core = " && WCOREDUMP(s)" if status & 0x80 else ""
    return f"{{WIFSIGNALED(s) && WTERMSIG(s) == {signal_name(low)}{core}}}"
