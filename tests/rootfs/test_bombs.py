"""Small archives that describe too much: one line, in bounded memory."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.framework import TIMEOUT
from tests.rootfs.test_archives import COMPRESSIONS

ADDRESS_SPACE = 512 << 20  # bytes for the reader, whose interpreter takes a part of it
GUEST = 64 << 20
READ = f"""
import sys
from contextlib import ExitStack
from unishim.errors import BinaryError
from unishim.rootfs.initrd import open_initrd
from unishim.rootfs.source import Packing
with ExitStack() as stack:
    try:
        open_initrd(sys.argv[1], Packing({GUEST}), stack)
    except BinaryError as error:
        print(error)
    else:
        print("accepted")
"""


def read(path: Path, address_space: int = ADDRESS_SPACE) -> str:
    """What an address space of this size says to the archive."""
    command = ["prlimit", f"--as={address_space}", sys.executable, "-c", READ, os.fspath(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.stdout.count("\n") == 1, done.stderr[-2000:]
    assert done.stdout.strip().isprintable()
    return done.stdout


class Tar:
    """Writes members, of which tarfile would refuse some."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(
        self,
        name: str,
        kind: bytes = tarfile.REGTYPE,
        target: str = "",
        data: bytes = b"",
        pax: dict[str, str] | None = None,
    ) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname, member.size, member.pax_headers = kind, target, len(data), pax or {}
        self._tar.addfile(member, io.BytesIO(data))

    def header(self, name: str, kind: bytes, size: int) -> None:
        """A header without the data that it announces."""
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, size
        self._buffer.write(member.tobuf(tarfile.GNU_FORMAT))

    def bytes(self) -> bytes:
        self._tar.close()
        return self._buffer.getvalue()


def components(tar: Tar) -> None:
    tar.add("a/" * 80_000 + "f")


def long_component(tar: Tar) -> None:
    tar.add("x" * 256)


def deep_folders(tar: Tar) -> None:
    """Each name makes 2 000 directories of its own."""
    for number in range(200):
        tar.add(f"{number}/" + "a/" * 2000 + "f")


def long_target(tar: Tar) -> None:
    tar.add("link", tarfile.SYMTYPE, "t" * 4096)


def long_hard_link(tar: Tar) -> None:
    tar.add("link", tarfile.LNKTYPE, "a/" * 80_000)


def links_through_links(tar: Tar) -> None:
    """A name of 6 bytes stands for 40 links with 2 000 components each."""
    tar.add("l0", tarfile.SYMTYPE, "./" * 2000)
    for number in range(1, 38):
        tar.add(f"l{number}", tarfile.SYMTYPE, "./" * 2000 + f"l{number - 1}")
    for number in range(2000):
        tar.add(f"l37/{number}")


def long_extended_header(tar: Tar) -> None:
    tar.add("file", pax={"comment": "c" * (9 << 20)})


def extended_header_of_gigabytes(tar: Tar) -> None:
    tar.header("x", tarfile.XHDTYPE, 7 << 30)


def long_name_of_gigabytes(tar: Tar) -> None:
    tar.header("x", tarfile.GNUTYPE_LONGNAME, 7 << 30)


def many_members(tar: Tar) -> None:
    for number in range(150_000):
        tar.add(f"{number}")


def map_of_holes(tar: Tar) -> None:
    data = b"4000000\n" + b"1\n1\n" * 4_000_000
    sparse = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "f", "GNU.sparse.realsize": "9"}
    tar.add("f", data=data, pax=sparse)


def sparse_size(tar: Tar) -> None:
    sparse = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "f",
        "GNU.sparse.realsize": str(3 << 30),
    }
    tar.add("f", data=b"1\n0\n1\n".ljust(512, b"\0") + b"x", pax=sparse)


TARS: list[Callable[[Tar], None]] = [
    components,
    long_component,
    deep_folders,
    long_target,
    long_hard_link,
    links_through_links,
    long_extended_header,
    extended_header_of_gigabytes,
    long_name_of_gigabytes,
    many_members,
    map_of_holes,
    sparse_size,
]


@pytest.mark.parametrize("make", TARS, ids=lambda make: make.__name__)
def test_tar(tmp_path: Path, make: Callable[[Tar], None]) -> None:
    tar = Tar()
    make(tar)
    archive = tmp_path / "archive.tar.gz"
    archive.write_bytes(gzip.compress(tar.bytes(), 1))
    answer = read(archive)
    assert answer.startswith(f"{archive}: ")
    assert "emory error" not in answer


def test_sparse_tar_on_disk(tmp_path: Path) -> None:
    """The data of an extended header may be a hole of the archive's file."""
    tar = Tar()
    tar.header("x", tarfile.XHDTYPE, 6 << 30)
    archive = tmp_path / "archive.tar"
    archive.write_bytes(tar.bytes()[:512])
    os.truncate(archive, 7 << 30)
    assert "more than 8 MiB of headers" in read(archive)


def cpio_member(name: bytes, mode: int = 0o100644, size: int = 0, magic: bytes = b"070701") -> bytes:
    fields = (1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, len(name) + 1, 0)
    header = magic + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return header + bytes(-len(header) % 4)


CPIOS = {
    "many members": b"".join(cpio_member(b"%d" % number) for number in range(150_000)) + cpio_member(b"TRAILER!!!"),
    "one name": cpio_member(b"f") * 200_000 + cpio_member(b"TRAILER!!!"),
    "many archives": cpio_member(b"TRAILER!!!") * 200_000 + cpio_member(b"x" * 256) + cpio_member(b"TRAILER!!!"),
    "long component": cpio_member(b"x" * 256) + cpio_member(b"TRAILER!!!"),
}


@pytest.mark.parametrize("kind", CPIOS)
def test_cpio(tmp_path: Path, kind: str) -> None:
    archive = tmp_path / "archive.cpio.gz"
    archive.write_bytes(gzip.compress(CPIOS[kind], 1))
    assert read(archive).startswith(f"{archive}: ")


@pytest.mark.parametrize(("magic", "mode"), [(b"070702", 0o100644), (b"070701", 0o120777)])
def test_sparse_cpio_on_disk(tmp_path: Path, magic: bytes, mode: int) -> None:
    """A checksum of much data, and the target of a link, are not read in one piece."""
    member = cpio_member(b"file", mode, 300 << 20, magic)
    archive = tmp_path / "archive.cpio"
    archive.write_bytes(member)
    os.truncate(archive, len(member) + (300 << 20))
    with archive.open("ab") as file:
        file.write(cpio_member(b"TRAILER!!!"))
    assert read(archive, 700 << 20).startswith(f"{archive}: ")


@pytest.mark.parametrize("compression", ["gzip", "xz", "bzip2", "zstd"])
def test_decompressed_size(tmp_path: Path, compression: str) -> None:
    """A file of some MiB that becomes many is given up at the guest's memory."""
    if compression == "zstd":
        command = "head -c 4G /dev/zero | zstd -1 -c"
        data = subprocess.run(["sh", "-c", command], check=True, capture_output=True, timeout=TIMEOUT).stdout
    else:
        data = COMPRESSIONS[compression](bytes(64 << 20)) * 20
    archive = tmp_path / "archive"
    archive.write_bytes(data)
    assert "unpacked, it is larger than the guest's memory" in read(archive, 900 << 20)


def test_what_is_usual_is_accepted(tmp_path: Path) -> None:
    tar = Tar()
    tar.add("/".join(["d" * 255] * 15) + "/f")
    for number in range(10_000):
        tar.add(f"folder/{number}")
    archive = tmp_path / "archive.tar"
    data = tar.bytes()
    for content in (data, *(COMPRESSIONS[name](data) for name in COMPRESSIONS)):
        archive.write_bytes(content)
        assert read(archive, 1 << 30) == "accepted\n"
