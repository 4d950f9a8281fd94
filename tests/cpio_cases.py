"""newc archives for tests, including malformed ones: cpio(5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

REGULAR, FOLDER, LINK, FIFO, CHARACTER = 0o100000, 0o040000, 0o120000, 0o010000, 0o020000


@dataclass(frozen=True)
class Entry:
    """One file; the fields are those of its header."""

    name: str | bytes
    mode: int = REGULAR | 0o644
    data: bytes = b""
    inode: int = 0
    links: int = 1
    owner: tuple[int, int] = (0, 0)
    modified: int = 1_600_000_000
    device: tuple[int, int] = (0, 0)  # of a device node
    size: int | None = None  # instead of the data's own
    name_size: int | None = None

    def pack(self, offset: int) -> bytes:
        """The entry, at a given offset."""
        name = (self.name.encode() if isinstance(self.name, str) else self.name) + b"\0"
        fields = [self.inode, self.mode, *self.owner, self.links, self.modified]
        fields += [len(self.data) if self.size is None else self.size, 8, 1, *self.device]
        fields += [len(name) if self.name_size is None else self.name_size, 0]
        text = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        text += bytes(-(offset + len(text)) % 4) + self.data
        return text + bytes(-(offset + len(text)) % 4)


TRAILER = Entry("TRAILER!!!", 0)


def pack(entries: Sequence[Entry], trailer: bool = True) -> bytes:
    """An archive."""
    archive = b""
    for entry in [*entries, *([TRAILER] if trailer else [])]:
        archive += entry.pack(len(archive))
    return archive


def _cut(at: int) -> Callable[[], bytes]:
    return lambda: pack([Entry("folder", FOLDER | 0o755), Entry("folder/file", data=b"x" * 1000)])[:at]


def _only(entry: Entry) -> Callable[[], bytes]:
    return lambda: pack([entry])


def _patched(offset: int, value: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        archive = bytearray(pack([Entry("file", data=b"data")]))
        archive[offset : offset + len(value)] = value
        return bytes(archive)

    return make


# By what is wrong: the archive, and the kernel's message.
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut in a header": (_cut(150), "it ends within a header"),
    "cut in a name": (_cut(234), "it ends within a name"),
    "cut in a file": (_cut(800), "folder/file: it ends within a file"),
    "no trailer": (lambda: pack([Entry("file")], trailer=False), "it ends without a trailer"),
    "garbage for a header": (lambda: pack([Entry("file")], trailer=False) + b"g" * 200, "not a cpio header"),
    "no number": (_patched(10, b"x"), "not a hexadecimal number"),
    "up in the middle": (_only(Entry("a/../../b")), "a/../../b: the name contains .."),
    "up": (_only(Entry("..", FOLDER | 0o755)), "..: the name contains .."),
    "absolute": (_only(Entry("/etc/passwd")), "/etc/passwd: the name is absolute"),
    "name without end": (_only(Entry(b"file\0", name_size=4)), "a name is not terminated"),
    "no name": (_only(Entry("", name_size=0)), "the length of the name is invalid"),
    "4 GiB of name": (_only(Entry("file", name_size=0xFFFFFFFF)), "the length of the name is invalid"),
    "4 GiB of file": (_only(Entry("large", data=b"x", size=0xFFFFFFFF)), "large: it ends within a file"),
    "component too long": (_only(Entry("a/" + "n" * 256)), "the name is too long"),
    "unknown type": (_only(Entry("what", 0o150644)), "what: it cannot be created"),
    "empty link": (_only(Entry("link", LINK | 0o777)), "link: it cannot be created"),
    "below a file": (
        lambda: pack([Entry("file"), Entry("file/x")]),
        "file/x: a parent is not a directory",
    ),
    "over a full folder": (
        lambda: pack([Entry("a", FOLDER | 0o755), Entry("a/b"), Entry("a")]),
        "a: a non-empty directory is in its place",
    ),
    "circle": (
        lambda: pack([Entry("a", LINK | 0o777, b"b"), Entry("b", LINK | 0o777, b"a"), Entry("a/file")]),
        "a/file: symbolic links above it form a loop",
    ),
}
