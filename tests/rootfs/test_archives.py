"""Archives as initial ramdisks: cpio and tar of every writer, plain and compressed, intact and damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.framework import TIMEOUT
from tests.rootfs.trees import MEMORY, Facts, extract, facts_of, make_folder, pack
from unishim.errors import BinaryError, BinaryNotFoundError, UsageError
from unishim.rootfs.cpio_writer import TRAILER
from unishim.rootfs.initrd import open_initrd
from unishim.rootfs.source import Packing

COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "zstd": lambda data: filtered(["zstd", "-c", "--long=27"], data),
}
TAR_FORMATS = ("v7", "oldgnu", "gnu", "ustar", "posix")


def filtered(command: list[str], data: bytes, folder: Path | None = None) -> bytes:
    return subprocess.run(command, input=data, check=True, capture_output=True, timeout=TIMEOUT, cwd=folder).stdout


def cpio_of(folder: Path, kind: str = "newc") -> bytes:
    return filtered(["sh", "-c", f"find . -depth -print0 | cpio -0 -o --quiet -H {kind}"], b"", folder)


def opened(data: bytes, tmp_path: Path, packing: Packing | None = None) -> bytes:
    """What the kernel gets for a file with these bytes."""
    path = tmp_path / "given"
    path.write_bytes(data)
    with ExitStack() as stack:
        return Path(open_initrd(path, packing or Packing(MEMORY), stack).path).read_bytes()


def refused(data: bytes, tmp_path: Path, packing: Packing | None = None) -> str:
    with pytest.raises(BinaryError) as caught:
        opened(data, tmp_path, packing)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/given: ")
    assert "\n" not in message
    assert len(message) < 700
    return message.removeprefix(f"{tmp_path}/given: ")


def unpacked(archive: bytes, tmp_path: Path) -> Facts:
    (tmp_path / "result").write_bytes(archive)
    return facts_of(extract(tmp_path / "result", tmp_path / "unpacked"))


@pytest.mark.parametrize("compression", [None, *COMPRESSIONS])
def test_cpio_is_given_as_it_is(tmp_path: Path, compression: str | None) -> None:
    archive = cpio_of(make_folder(tmp_path / "folder"))
    assert opened(COMPRESSIONS[compression](archive) if compression else archive, tmp_path) == archive


def test_cpio_of_bsd(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    archive = filtered(["bsdtar", "-c", "--format", "newc", "."], b"", folder)
    assert opened(archive, tmp_path) == archive
    assert pack(tmp_path / "given", tmp_path / "again")
    assert facts_of(extract(tmp_path / "again", tmp_path / "unpacked")) == facts_of(folder)


def test_cpio_with_checksums(tmp_path: Path) -> None:
    """The kernel does not support the format, so the archive is rewritten."""
    folder = make_folder(tmp_path / "folder")
    archive = cpio_of(folder, "crc")
    assert unpacked(opened(archive, tmp_path), tmp_path) == facts_of(folder)
    at = archive.index(b"odd name")
    assert "checksum is wrong" in refused(archive[:at] + b"O" + archive[at + 1 :], tmp_path)


def test_consecutive_archives(tmp_path: Path) -> None:
    """As Linux accepts them; inode numbers have no meaning across archives."""
    names = ("one", "other")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes(name.encode())
        os.link(tmp_path / name / name, tmp_path / name / f"{name}-linked")
        pack(tmp_path / name, tmp_path / f"{name}.cpio")
    both = b"".join((tmp_path / f"{name}.cpio").read_bytes() + bytes(512) for name in names)
    assert opened(both, tmp_path) == both
    (tmp_path / "both").write_bytes(both)
    pack(tmp_path / "both", tmp_path / "merged")
    facts = facts_of(extract(tmp_path / "merged", tmp_path / "unpacked"))
    assert {name: entry[1] for name, entry in facts.items()} == {
        ".": None,
        **{f"{name}{end}": name.encode() for name in names for end in ("", "-linked")},
    }


@pytest.mark.parametrize("kind", TAR_FORMATS)
def test_tar_of_gnu(tmp_path: Path, kind: str) -> None:
    folder = make_folder(tmp_path / "folder")
    if kind in ("v7", "ustar"):  # which cannot store these
        (folder / ("long" * 50)).rmdir()
        (folder / "dangling").unlink()
        for path in (folder / "a").glob("n" * 90 + "*"):
            path.unlink()
    if kind == "v7":
        for path in folder.iterdir():
            if not (path.is_file() or path.is_dir() or path.is_symlink()):
                path.unlink()
    sparse = ["-S"] if kind in ("oldgnu", "gnu", "posix") else []
    command = ["tar", "-c", "--format", kind, *sparse, "--exclude", "./disk", "."]
    (folder / "disk").unlink(missing_ok=True)  # its device number is too large for some formats
    archive = filtered(command, b"", folder)
    assert unpacked(opened(gzip.compress(archive), tmp_path), tmp_path) == facts_of(folder)


@pytest.mark.parametrize("version", ["0.0", "0.1", "1.0"])
def test_sparse_tar_of_posix(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with (folder / "sparse").open("wb") as file:
        for offset in (8192, 1 << 20, 3 << 20):
            file.seek(offset)
            file.write(b"piece" * 1000)
        file.truncate(5 << 20)
    archive = filtered(["tar", "-c", "-S", "--format=posix", f"--sparse-version={version}", "."], b"", folder)
    assert len(archive) < 1 << 20
    result = opened(archive, tmp_path)
    assert unpacked(result, tmp_path) == facts_of(folder)


def test_tar_of_bsd(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    archive = filtered(["bsdtar", "-c", "--format", "pax", "."], b"", folder)
    assert unpacked(opened(archive, tmp_path), tmp_path) == facts_of(folder)


def tar_with(*members: tuple[str, bytes, str], **extra: int) -> bytes:
    """A tar archive of (name, type, content or target)."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, text in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.mode = 0o755
            for field, value in extra.items():
                setattr(info, field, value)
            if kind == tarfile.REGTYPE:
                info.size = len(text)
            else:
                info.linkname = text
            tar.addfile(info, io.BytesIO(text.encode()))
    return output.getvalue()


def test_tar_in_any_order(tmp_path: Path) -> None:
    """Missing directories, directories after their contents, files below a link, a file twice, absolute names."""
    archive = tar_with(
        ("lib", tarfile.SYMTYPE, "usr/lib"),
        ("./lib/libx.so", tarfile.REGTYPE, "x"),
        ("/usr/bin/tool", tarfile.REGTYPE, "old"),
        ("usr/bin/tool", tarfile.REGTYPE, "new"),
        ("usr/bin/linked", tarfile.LNKTYPE, "usr/bin/tool"),
        ("lib", tarfile.DIRTYPE, ""),
        ("usr", tarfile.DIRTYPE, ""),
        uid=7,
        mtime=1234567890,
    )
    result = opened(archive, tmp_path)
    facts = unpacked(result, tmp_path)
    assert {name: facts[name][1] for name in facts} == {
        ".": None,
        "lib": "usr/lib",
        "usr": None,
        "usr/lib": None,
        "usr/lib/libx.so": b"x",
        "usr/bin": None,
        "usr/bin/tool": b"new",
        "usr/bin/linked": b"new",
    }
    assert facts["usr/bin/tool"][2] == ("usr/bin/linked", "usr/bin/tool")
    assert result.count(b"%08x" % 1234567890) == 5  # directories that are not in the archive have the fixed time
    if os.geteuid() == 0:
        assert (tmp_path / "unpacked" / "usr" / "bin" / "tool").stat().st_uid == 7


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("a/../../b", tarfile.REGTYPE, "x")], "the name a/../../b leads out of the archive"),
        ([("..", tarfile.DIRTYPE, "")], "leads out"),
        ([("a", tarfile.LNKTYPE, "b")], "a links to b, which does not come before it"),
        ([("a", tarfile.LNKTYPE, "../b")], "leads out"),
        ([("a", tarfile.SYMTYPE, "")], "invalid target"),
        (
            [("a", tarfile.REGTYPE, "x"), ("a/b", tarfile.REGTYPE, "x")],
            "/a: both a directory and a file are to go here",
        ),
        (
            [("a/b", tarfile.REGTYPE, "x"), ("a", tarfile.REGTYPE, "x")],
            "/a: both a directory and a file are to go here",
        ),
        ([("a", tarfile.SYMTYPE, "b"), ("b", tarfile.SYMTYPE, "a"), ("a/x", tarfile.REGTYPE, "x")], "symbolic links"),
    ],
)
def test_bad_members_of_tar(tmp_path: Path, members: list[tuple[str, bytes, str]], words: str) -> None:
    (tmp_path / "given").write_bytes(tar_with(*members))
    with pytest.raises(BinaryError) as caught, ExitStack() as stack:
        open_initrd(tmp_path / "given", Packing(MEMORY), stack)
    assert words in str(caught.value)


def header(name: bytes = b"x\0", data: bytes = b"", **fields: int) -> bytes:
    values = {
        "ino": 1,
        "mode": stat.S_IFREG | 0o644,
        "uid": 0,
        "gid": 0,
        "nlink": 1,
        "mtime": 0,
        "filesize": len(data),
        "major": 0,
        "minor": 0,
        "rmajor": 0,
        "rminor": 0,
        "namesize": len(name),
        "check": 0,
        **fields,
    }
    record = b"070701" + b"".join(b"%08x" % value for value in values.values()) + name
    record += bytes(-len(record) % 4) + data
    return record + bytes(-len(record) % 4)


END = header(TRAILER + b"\0", mode=0)


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (header(b"../x\0") + END, "the name ../x leads out"),
        (header(b"a/../x\0") + END, "leads out"),
        (header(b"\0") + END, "the name at byte 0 has 1 bytes"),
        (header(namesize=0) + END, "the name at byte 0 has 0 bytes"),
        (header(namesize=4097) + bytes(8192) + END, "the name at byte 0 has 4097 bytes"),
        (header(namesize=0xFFFFFFFF) + END, "the name at byte 0 has 4294967295 bytes"),
        (header(b"xy") + END, "the name at byte 0 is not terminated"),
        (header(b"\0\0") + END, "invalid name ''"),
        (header(filesize=0xFFFFFFFF) + END, "ends within the member at byte 0"),
        (header(mode=0o644) + END, "x has an unknown file type (mode 644)"),
        (header(mode=0o170644) + END, "unknown file type"),
        (header(mode=stat.S_IFLNK) + END, "the symbolic link x has an invalid target"),
        (header(mode=stat.S_IFLNK, data=b"x" * 4096) + END, "invalid target"),
        (header(mode=stat.S_IFLNK, data=b"a\0b") + END, "invalid target"),
        (header(), "ends without the trailer"),
        (header()[:60] + b"g" + header()[61:] + END, "no hexadecimal numbers in the header at byte 0"),
        (header()[:60] + b" " + header()[61:] + END, "no hexadecimal numbers in the header at byte 0"),
        (header()[:60] + b"_" + header()[61:] + END, "no hexadecimal numbers in the header at byte 0"),
        (header()[:90], "ends within the header at byte 0"),
        (header() + b"rubbish" * 20, "no header at byte 112"),
        (header() + END + bytes(512) + b"rubbish", "no header at byte"),
        (b"070707" + header()[6:] + END, "in the old character format; create it with: cpio -o -H newc"),
        (b"\xc7\x71" + header()[2:] + END, "the old binary format"),
    ],
)
def test_bad_cpio(tmp_path: Path, archive: bytes, words: str) -> None:
    assert words in refused(archive, tmp_path)


def test_cpio_cut_off(tmp_path: Path) -> None:
    """Anywhere: refused, except truncation after the trailer's name."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"x" * 300)
    (folder / "link").symlink_to("file")
    pack(folder, tmp_path / "archive")
    archive = (tmp_path / "archive").read_bytes()
    whole = archive.index(TRAILER) + len(TRAILER) + 1
    for length in range(1, len(archive)):
        if length < whole:
            refused(archive[:length], tmp_path)
        else:
            assert opened(archive[:length], tmp_path)


def test_tar_cut_off(tmp_path: Path) -> None:
    archive = tar_with(
        ("file", tarfile.REGTYPE, "x" * 700), ("n" * 150, tarfile.REGTYPE, "y" * 600), ("z", tarfile.DIRTYPE, "")
    )
    end = 512 * (1 + 2) + 512 * (2 + 1 + 2) + 512
    for length in [*range(1, end, 37), *range(512, end, 512), end + 100, end + 511]:
        refused(archive[:length], tmp_path)
    assert opened(archive[: end + 512], tmp_path)


def test_damaged_tar(tmp_path: Path) -> None:
    archive = tar_with(("one", tarfile.REGTYPE, "x"), ("other", tarfile.REGTYPE, "y"))
    assert "damaged, at byte 1024" in refused(archive[:1024] + b"X" + archive[1025:], tmp_path)


def test_negative_sizes_of_tar(tmp_path: Path) -> None:
    """They lead back to what was already read; tarfile would loop for ever."""
    info = tarfile.TarInfo("loop")
    first = info.tobuf(tarfile.GNU_FORMAT)
    size = b"\xff" * 10 + (-1024).to_bytes(2, "big", signed=True)  # base-256
    block = first[:124] + size + first[136:148] + b" " * 8 + first[156:]
    block = block[:148] + b"%06o\0 " % sum(block) + block[156:]
    assert "damaged tar archive" in refused(first + block + bytes(1024), tmp_path)


def test_long_names_of_tar_without_end(tmp_path: Path) -> None:
    """Each header of a long name makes tarfile read the next one, which is another."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 4
    assert "damaged tar archive" in refused(
        (info.tobuf(tarfile.GNU_FORMAT) + b"abc".ljust(512, b"\0")) * 2000, tmp_path
    )


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressed_data_damaged(tmp_path: Path, compression: str) -> None:
    data = COMPRESSIONS[compression](cpio_of(make_folder(tmp_path / "folder")))
    for length in (20, len(data) // 2, len(data) - 1):
        assert "truncated?" in refused(data[:length], tmp_path)
    middle = len(data) // 2
    refused(data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 64]) + data[middle + 64 :], tmp_path)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_bombs(tmp_path: Path, compression: str) -> None:
    """Data that does not fit into the guest's memory is not unpacked to its end."""
    message = refused(COMPRESSIONS[compression](bytes(40 << 20)), tmp_path, Packing(8 << 20))
    assert "larger than the guest's memory (8 MiB); set a larger --memory" in message


def test_too_large(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file").write_bytes(bytes(5 << 20))
    os.link(folder / "file", folder / "linked")  # counts once
    with ExitStack() as stack:
        open_initrd(folder, Packing(8 << 20), stack)
    (folder / "linked").unlink()
    (folder / "file").write_bytes(bytes(9 << 20))
    with pytest.raises(BinaryError, match=r"9 MiB do not fit into the guest's memory \(8 MiB\)"), ExitStack() as stack:
        open_initrd(folder, Packing(8 << 20), stack)
    archive = cpio_of(folder)
    tar = filtered(["tar", "-c", "-S", "."], b"", folder)
    (folder / "file").unlink()
    folder.rmdir()
    assert "10 MiB do not fit" in refused(archive, tmp_path, Packing(8 << 20))
    assert "9 MiB do not fit" in refused(tar, tmp_path, Packing(8 << 20))


def test_programs(tmp_path: Path, hello: Path) -> None:
    """A raw ELF file is passed on unchanged, also from a compressed file, and is checked."""
    program = hello.read_bytes()
    assert opened(program, tmp_path) == program
    assert opened(gzip.compress(program), tmp_path) == program
    assert "the program headers are beyond the end" in refused(program[:100], tmp_path)
    with pytest.raises(UsageError, match="is a program, not an archive"):
        opened(program, tmp_path, Packing(MEMORY, ["/etc/passwd"]))


def test_other_files(tmp_path: Path) -> None:
    for data in (b"", b"x", b"#!/bin/sh\n", bytes(10240), gzip.compress(b""), gzip.compress(gzip.compress(b"x"))):
        assert refused(data, tmp_path).startswith("neither a program (ELF), nor an archive")
    with pytest.raises(BinaryNotFoundError, match="no such file"), ExitStack() as stack:
        open_initrd(tmp_path / "missing", Packing(MEMORY), stack)
    with pytest.raises(BinaryNotFoundError, match="not a directory"), ExitStack() as stack:
        open_initrd("/etc/passwd/x", Packing(MEMORY), stack)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(BinaryError, match="not a regular file"), ExitStack() as stack:
        open_initrd(tmp_path / "fifo", Packing(MEMORY), stack)
