"""Objects by content: what is found again, what is not, and the effects of damage."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.framework import TIMEOUT
from unishim.build.archive import FolderArchive
from unishim.build.objects import Compilation, Objects, compilations, compiler_identity

SOURCE = """#include "value.h"
#include <uk/bits/config.h>
int value(void)
{
#ifdef CONFIG_DOUBLE
	return 2 * VALUE;
#else
	return VALUE;
#endif
}
"""
COMPILER = "some compiler"


class Project:
    """A source, a header and a configuration in a directory, compiled with gcc as the kernel's Makefile does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.build = folder / "build"
        self.config = self.build / "include" / "uk" / "bits" / "config.h"
        self.config.parent.mkdir(parents=True)
        (folder / "src").mkdir()
        self.source, self.header = folder / "src" / "value.c", folder / "src" / "value.h"
        self.source.write_text(SOURCE)
        self.header.write_text("#define VALUE 7\n")
        self.config.write_text("#define CONFIG_OTHER 1\n")
        made = self.build / "value.c.o"
        self.command = (
            f"gcc -O2 -g -I{self.build}/include -ffile-prefix-map={folder}/src=kernel -MMD -MP -MT {made} "
            f"-MF {self.build}/value.c.d.new -c {self.source} -o {made}.new"
        )
        (self.compilation,) = compilations(f"mkdir -p x\n{self.command}\nmv a b\n")

    @property
    def objects(self) -> Objects:
        """The state in which a new build starts."""
        return Objects({"kernel": self.folder / "src", "build": self.build})

    def compile(self) -> None:
        subprocess.run(self.command.split(), check=True, cwd=self.folder / "src", timeout=TIMEOUT)
        for name in ("value.c.o", "value.c.d"):
            (self.build / f"{name}.new").replace(self.build / name)

    def build_with(self, archive: FolderArchive, compiler: str = COMPILER) -> bool:
        """Whether it had to be compiled."""
        objects = self.objects
        missing = objects.place([self.compilation], archive, compiler)
        if missing:
            self.compile()
            objects.keep(missing, archive, compiler)
        return bool(missing)


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[tuple[Project, Project]]:
    """Two directories with the same files."""
    folders = tmp_path / "first", tmp_path / "second" / "deeper"
    for folder in folders:
        folder.mkdir(parents=True)
    first, second = (Project(folder) for folder in folders)
    yield first, second


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return FolderArchive(tmp_path / "objects", 1 << 30)


def test_another_directory_finds_it(projects: tuple[Project, Project], archive: FolderArchive) -> None:
    first, second = projects
    assert first.build_with(archive)
    assert not second.build_with(archive)
    assert second.compilation.object.read_bytes() == first.compilation.object.read_bytes()
    # The dependency file that make reads refers to this directory, in gcc's format.
    rule = second.compilation.dependencies.read_text().split()
    second.compile()
    assert rule == [word for word in second.compilation.dependencies.read_text().split() if word != "\\"]


def test_reused_objects_are_newer_than_their_inputs(projects: tuple[Project, Project], archive: FolderArchive) -> None:
    first, second = projects
    first.build_with(archive)
    second.header.touch()
    second.build_with(archive)
    assert second.compilation.object.stat().st_mtime_ns >= second.header.stat().st_mtime_ns


@pytest.mark.parametrize(
    ("file", "text", "is_compiled"),
    [
        ("source", SOURCE + "\n", True),
        ("header", "#define VALUE 8\n", True),
        ("config", "#define CONFIG_OTHER 1\n#define CONFIG_DOUBLE 1\n", True),
        ("config", "", False),  # the source does not mention CONFIG_OTHER
        ("config", "#define CONFIG_OTHER 1\n#define CONFIG_DOUBLE_MORE 1\n", False),
    ],
)
def test_what_determines_an_object(
    projects: tuple[Project, Project], archive: FolderArchive, file: str, text: str, is_compiled: bool
) -> None:
    first, second = projects
    first.build_with(archive)
    getattr(second, file).write_text(text)
    assert second.build_with(archive) == is_compiled
    # Both are kept.
    assert not first.build_with(archive)
    assert not second.build_with(archive)


def test_flags_and_compilers_count(projects: tuple[Project, Project], archive: FolderArchive) -> None:
    first, second = projects
    first.build_with(archive)
    assert second.build_with(archive, "another compiler")
    second.compilation = Compilation(second.command.replace("-O2", "-Os"), second.source, second.compilation.object)
    assert second.build_with(archive)
    assert compiler_identity("gcc") == compiler_identity("gcc") != compiler_identity("clang")


def test_sources_that_change_during_compilation_are_not_kept(
    projects: tuple[Project, Project], archive: FolderArchive
) -> None:
    first, second = projects
    objects = first.objects
    (missing,) = objects.place([first.compilation], archive, COMPILER)
    first.compile()
    os.utime(first.header, ns=(time.time_ns() + 10**9,) * 2)
    objects.keep([missing], archive, COMPILER)
    assert second.build_with(archive)


def test_objects_that_make_did_not_reach_are_not_kept(
    projects: tuple[Project, Project], archive: FolderArchive
) -> None:
    """The build fails before it gets there: the old object still exists, with the new header."""
    first, second = projects
    first.build_with(archive)
    for project in projects:
        project.header.write_text("#define VALUE 8\n")
    objects = first.objects
    missing = objects.place([first.compilation], archive, COMPILER)
    assert missing
    objects.keep(missing, archive, COMPILER)
    assert second.build_with(archive)


def test_objects_with_whole_files_in_them_are_not_kept(
    projects: tuple[Project, Project], archive: FolderArchive
) -> None:
    for project in projects:
        project.source.write_text(f'{SOURCE}asm(".incbin \\"{project.header}\\"");\n')
        assert project.build_with(archive)
    assert projects[1].build_with(archive)


@pytest.mark.parametrize("damage", [b"", b"[[", b'[["x"]]', b"{}", b"3", b"\xff\xfe", b'[[1, [["a", "b"]]]]'])
@pytest.mark.parametrize("suffix", [".o", ".json"])
def test_damaged_files_count_as_missing(
    projects: tuple[Project, Project], archive: FolderArchive, tmp_path: Path, suffix: str, damage: bytes
) -> None:
    first, second = projects
    first.build_with(archive)
    (path,) = (tmp_path / "objects").rglob(f"*{suffix}")
    path.write_bytes(damage)
    assert second.build_with(archive)
    assert not first.build_with(archive)


def test_cut_off_object(projects: tuple[Project, Project], archive: FolderArchive, tmp_path: Path) -> None:
    first, second = projects
    first.build_with(archive)
    (path,) = (tmp_path / "objects").rglob("*.o")
    path.write_bytes(path.read_bytes()[:-1])
    assert second.build_with(archive)


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path, 1000)
    for age, name in enumerate(("newest", "middle", "oldest")):
        assert archive.write(name, bytes(400))
        then = time.time_ns() - age * 10**9 - 10**9
        os.utime(next(tmp_path.rglob(name)), ns=(then, then))
    archive.shrink()
    assert [archive.read(name) is not None for name in ("newest", "middle", "oldest")] == [True, True, False]
    # Reading counts as use.
    then = time.time_ns() - 10**10
    os.utime(next(tmp_path.rglob("newest")), ns=(then, then))
    os.utime(next(tmp_path.rglob("middle")), ns=(then + 1, then + 1))
    assert archive.read("newest")
    archive.write("another", bytes(400))
    archive.shrink()
    assert archive.read("newest") and archive.read("another") and archive.read("middle") is None


def test_an_unwritable_store_is_ignored(projects: tuple[Project, Project], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    archive = FolderArchive(tmp_path / "file" / "objects", 1000)
    for project in projects:
        assert project.build_with(archive)
    archive.shrink()
