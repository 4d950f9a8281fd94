"""Calls on files and paths for which strace deviates from the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Callable

from unishim.syscalls.constants import constant_set
from unishim.syscalls.structs import STRUCTS
from unishim.trace import numbers
from unishim.trace.arguments import plain
from unishim.trace.quoting import pointer, quote, quote_hexadecimal
from unishim.trace.struct_notation import file_time, struct_text
from unishim.trace.view import View

_MAGIC, _MAGIC_MASK = 0xC0ED_0000, 0xFFFF_0000  # of mount(2)'s flags in old programs


def _vector_position(view: View) -> list[str]:
    """The two halves of the position are one number; on x86-64 the first contains all of it."""
    words = plain(view)
    del words[4]
    return words


def _mknod(view: View) -> list[str]:
    words = plain(view)
    mode_index = 2 if view.syscall.name == "mknodat" else 1
    mode = view.value(mode_index) & 0xFFFF  # the kernel's umode_t
    words[mode_index] = numbers.file_mode(mode)
    if mode & 0o170000 == 0o170000:
        words[mode_index] = numbers.octal(mode)
    if mode & 0o170000 in (0o020000, 0o060000):
        words[mode_index + 1] = numbers.device(view.value(mode_index + 1))
    else:
        words.pop()
    return words


def _getdents(view: View) -> list[str]:
    words = plain(view)
    words[1] = pointer(view.raw(1))
    return words


def _utimes(view: View) -> list[str]:
    words = plain(view)
    times = 2 if view.syscall.name != "utimes" else 1
    data = view.entry(times)
    if data is not None and len(data) >= 32:
        struct = STRUCTS[view.kind(times).name]
        words[times] = "[" + ", ".join(file_time(struct.unpack(data[start:])) for start in (0, 16)) + "]"  # type: ignore[arg-type]
    return words


def _sendfile(view: View) -> list[str]:
    """Shown by strace: the offset as an unsigned number, followed by its new value."""
    words = plain(view)
    before, after = view.entry(2), view.leave(2)
    if words[2].startswith("[") and before is not None:
        words[2] = f"[{int.from_bytes(before[:8], 'little')}]"
        if view.result > 0 and after is not None:
            words[2] += f" => [{int.from_bytes(after[:8], 'little')}]"
    return words


def _unsigned(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _set_xattr(view: View) -> list[str]:
    """A zero at the end of the shown part counts as the end of the string."""
    words = plain(view)
    data, size = view.entry(2), view.value(3)
    shown = None if data is None or view.raw(2) == 0 else data[: min(size, view.limit)]
    if shown and len(shown) == min(size, view.limit) and shown.endswith(b"\0"):
        words[2] = quote(shown[:-1])
    return words


def _mount(view: View) -> list[str]:
    """An argument that the flags make meaningless is shown as an address."""
    words = plain(view)
    flags, mount = view.value(3), constant_set("mount")
    if flags & _MAGIC_MASK == _MAGIC:
        words[3] = "|".join(["MS_MGC_VAL", *([mount.decode(flags & ~_MAGIC_MASK)] if flags & ~_MAGIC_MASK else [])])
    changes = {name: flags & mount.value_of(f"MS_{name}") for name in ("REMOUNT", "BIND", "MOVE")}
    propagates = any(flags & mount.value_of(f"MS_{name}") for name in ("SHARED", "PRIVATE", "SLAVE", "UNBINDABLE"))
    if propagates or any(changes.values()):
        words[2] = pointer(view.raw(2))
        if not changes["REMOUNT"]:
            words[4] = pointer(view.raw(4))
    return words


def _statx(view: View) -> list[str]:
    words = plain(view)
    both = constant_set("at_statx_sync")
    if view.value(2) & 0x6000 == 0x6000:
        words[2] = words[2].replace(f"0x6000 /* {both.unknown} */", "AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC")
    return words


def _openat2(view: View) -> list[str]:
    """Bytes after the known part of the struct are shown as bytes."""
    words = plain(view)
    data, size, known = view.entry(2), view.value(3), STRUCTS["open_how"].size
    if data is None or view.raw(2) == 0:
        return words
    rest = data[known:size]
    if len(data) < min(size, known + view.limit) or not any(rest):
        return words
    more = "..." if size - known > view.limit else ""
    text = struct_text("open_how", data[:known])
    if text is not None:
        words[2] = f"{text[:-1]}, /* bytes {known}..{size - 1} */ {quote_hexadecimal(rest[: view.limit])}{more}}}"
    return words


NOTATIONS: dict[str, Callable[[View], list[str]]] = {
    "preadv": _vector_position,
    "pwritev": _vector_position,
    "preadv2": _vector_position,
    "pwritev2": _vector_position,
    "mknod": _mknod,
    "mknodat": _mknod,
    "getdents": _getdents,
    "getdents64": _getdents,
    "utimensat": _utimes,
    "futimesat": _utimes,
    "utimes": _utimes,
    "sendfile": _sendfile,
    "setxattr": _set_xattr,
    "lsetxattr": _set_xattr,
    "fsetxattr": _set_xattr,
    "mount": _mount,
    "statx": _statx,
    "openat2": _openat2,
}
