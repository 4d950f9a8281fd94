"""Programs, scripts and additional files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.framework import TIMEOUT
from tests.rootfs.programs import make_program, packed, run_packed
from tests.rootfs.trees import MEMORY, pack
from unishim.errors import BinaryError, BinaryNotFoundError, UsageError
from unishim.rootfs.source import Packing, read_program


def names_of(program: Path | str, *additions: str) -> dict[str, bytes]:
    """The packed files, and the targets of symbolic links."""
    return {os.fsdecode(entry.name): entry.target for entry in packed(program, {}, additions)}


def make_script(path: Path, first_line: str, text: str = "echo script\n") -> Path:
    path.write_text(f"{first_line}\n{text}")
    path.chmod(0o755)
    return path


def test_symbolic_links_stay(tmp_path: Path) -> None:
    """Symbolic links to the program, its directories and its interpreter: each path works in the guest, too."""
    program = make_program(tmp_path / "real" / "program")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "name").symlink_to(f"{tmp_path}/folder/../folder/program")
    names = names_of(tmp_path / "name")
    inside = os.fspath(tmp_path).lstrip("/")
    assert names[f"{inside}/name"] == os.fsencode(f"{tmp_path}/folder/../folder/program")
    assert names[f"{inside}/folder"] == b"real"
    assert f"{inside}/real/program" in names
    assert [name for name in names if name.endswith("ld-linux-x86-64.so.2")]
    entries = packed(tmp_path / "name", {})
    assert run_packed(entries, tmp_path / "run", [f"{tmp_path}/name"], {}) == "main\n"
    assert names_of(program).keys() < names.keys()


def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_program(tmp_path / "folder" / "program")
    monkeypatch.chdir(tmp_path / "folder")
    source = read_program("../folder/./program", Packing(MEMORY))
    assert source.program == f"{tmp_path}/folder/program"


def test_above_a_linked_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`link/..` is the parent of the link's target, not of the link."""
    program = make_program(tmp_path / "one" / "program")
    (tmp_path / "one" / "deep").mkdir()
    (tmp_path / "link").symlink_to("one/deep")
    monkeypatch.chdir(tmp_path)
    source = read_program("link/../program", Packing(MEMORY))
    assert source.entries is not None
    assert source.program is not None
    assert run_packed(source.entries, tmp_path / "run", [source.program], {}) == "main\n"
    assert os.fsencode(program)[1:] in [entry.name for entry in source.entries]


def test_static_program(tmp_path: Path, hello: Path) -> None:
    names = names_of(hello)
    assert [name for name in names if (Path("/") / name).is_file()] == [os.fspath(hello).lstrip("/")]


def test_scripts(tmp_path: Path) -> None:
    inner = make_script(tmp_path / "inner", "#!/bin/sh")
    for number, line in enumerate((f"#!{inner}", "#! /bin/sh -e ", "#!/usr/bin/env sh", "#!/usr/bin/env -S A=1 sh -e")):
        script = make_script(tmp_path / f"script{number}", line)
        native = subprocess.check_output([script], text=True, timeout=TIMEOUT)
        entries = packed(script, {})
        assert run_packed(entries, tmp_path / f"run{number}", [os.fspath(script)], {}) == native
        assert native == "script\n"


def test_script_by_path(tmp_path: Path) -> None:
    """The program that env(1) starts is searched in the program's PATH, in the guest as on the host."""
    folder = tmp_path / "bin"
    folder.mkdir()
    shutil.copy("/bin/sh", folder / "my-shell")
    script = make_script(tmp_path / "script", "#!/usr/bin/env my-shell")
    with pytest.raises(BinaryNotFoundError, match=r"its interpreter my-shell was not found; add it with --add FILE:/"):
        packed(script, {})
    environment = {"PATH": f"/none:{folder}"}
    assert run_packed(packed(script, environment), tmp_path / "run", [os.fspath(script)], environment) == "script\n"
    entries = packed(script, {}, ["/bin/sh:/usr/bin/my-shell"])
    assert run_packed(entries, tmp_path / "again", [os.fspath(script)], {}) == "script\n"


def test_bad_scripts(tmp_path: Path) -> None:
    script = tmp_path / "script"
    for line, words in (
        ("#!", "its first line names no interpreter"),
        ("#! \t", "its first line names no interpreter"),
        ("#!/no/such -x", "its interpreter /no/such: no such file; add it with --add FILE:/no/such"),
        (f"#!{script}", "scripts are nested too deeply"),
        ("#!/etc", "is a directory"),
        ("#!/bin/sh\r", "its interpreter /bin/sh\\r: no such file"),
        ("#!/bin/\0sh", "NUL byte"),
    ):
        make_script(script, line)
        with pytest.raises(BinaryError) as caught:
            packed(script, {})
        assert words in str(caught.value)
        assert str(caught.value).startswith(f"{script}: ")
        assert len(str(caught.value)) < 600


def test_bad_programs(tmp_path: Path) -> None:
    with pytest.raises(BinaryNotFoundError, match=r"missing: no such file$"):
        packed(tmp_path / "missing", {})
    with pytest.raises(BinaryError, match="is a directory; name a program in it"):
        packed(tmp_path, {})
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(BinaryError, match="not a regular file"):
        packed(tmp_path / "fifo", {})
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BinaryError, match="Too many levels of symbolic links"):
        packed(tmp_path / "loop", {})


def test_additions(tmp_path: Path, hello: Path) -> None:
    """Files and directories, with and without a target path, over existing files, in the given order."""
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "file").write_text("from the folder")
    (folder / "deep" / "link").symlink_to("../file")
    (tmp_path / "other:name").write_text("other")
    inside = os.fspath(tmp_path).lstrip("/")
    names = names_of(
        hello, f"{folder}:/srv/data", f"{tmp_path}/other:name", f"{tmp_path}/other:name:/srv/data/file", f"{folder}:/"
    )
    assert "etc/file" in names_of(hello, f"{folder}/file:etc/file")
    assert names["srv/data/deep/link"] == b"../file"
    assert names["deep/link"] == b"../file"
    assert f"{inside}/other:name" in names
    entries = packed(hello, {}, [f"{folder}:/srv", f"{tmp_path}/other:name:/srv/file"])
    assert {entry.name: entry.size for entry in entries}[b"srv/file"] == len("other")


def test_additions_keep_their_times(tmp_path: Path, hello: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled Python files, for example, contain the time of their source."""
    file = tmp_path / "file"
    file.write_text("x")
    os.utime(file, (1_600_000_000.5, 1_600_000_000.5))
    assert {entry.name: entry.mtime for entry in packed(hello, {}, [f"{file}:/x"])}[b"x"] == 1_600_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "7")
    assert {entry.mtime for entry in packed(hello, {}, [f"{file}:/x"])} == {7}


@pytest.mark.parametrize("kind", ["folder", "cpio", "tar"])
def test_additions_to_an_archive(tmp_path: Path, kind: str) -> None:
    """They follow the archive's own symbolic links."""
    folder = tmp_path / "folder"
    (folder / "usr" / "lib").mkdir(parents=True)
    (folder / "lib").symlink_to("usr/lib")
    (folder / "usr" / "lib" / "old").write_text("old")
    os.link(folder / "usr" / "lib" / "old", folder / "linked")
    source = folder
    if kind == "cpio":
        source = tmp_path / "archive.cpio"
        pack(folder, source)
    if kind == "tar":
        source = tmp_path / "archive.tar"
        subprocess.run(["tar", "-c", "-f", source, "."], check=True, cwd=folder, timeout=TIMEOUT)
    (tmp_path / "new").write_text("new")
    entries = pack(source, tmp_path / "output", Packing(MEMORY, [f"{tmp_path}/new:/lib/libnew.so"]))
    names = [entry.name for entry in entries]
    assert names == [b".", b"lib", b"linked", b"usr", b"usr/lib", b"usr/lib/libnew.so", b"usr/lib/old"]


def test_bad_additions(tmp_path: Path, hello: Path) -> None:
    for addition, kind, words in (
        ("/no/such/file", BinaryNotFoundError, "no such file or directory"),
        ("/no/such:/file", BinaryNotFoundError, "no such file or directory"),
        (":/x", UsageError, "does not name a file"),
        ("/etc/passwd:/a/../../b", BinaryError, "leads out"),
        ("/etc/passwd:/", UsageError, "a file cannot be the root"),
        (f"{hello}:{hello}/x", BinaryError, "both a directory and a file are to go here"),
    ):
        with pytest.raises(kind) as caught:
            packed(hello, {}, [f"{hello}", addition])
        assert words in str(caught.value), addition
        assert "\n" not in str(caught.value)
