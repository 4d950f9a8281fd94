"""unishim.toml: what is read, and that each error is one line with a place and a fix."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tests.framework import ROOT
from unishim.errors import ProjectError
from unishim.project.project_file import Project, read_project
from unishim.project.schema import KEYS, TABLES

START = '[project]\nname = "p"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "unishim.toml").write_text(text)
    return folder


def example(*, without: tuple[str, ...] = ()) -> str:
    """A file with the example of every key."""
    lines = []
    for table in TABLES:
        lines.append(f"[{table}]")
        lines += [f"{key.name} = {key.example}" for key in KEYS if key.table == table and key.name not in without]
    return "\n".join(lines)


def make_files(folder: Path) -> None:
    (folder / "config").touch()
    (folder / "handlers.py").touch()
    (folder / "libraries" / "getcpu").mkdir(parents=True)


def test_every_key_is_read(tmp_path: Path) -> None:
    make_files(tmp_path)
    for without in (("initrd",), ("share", "initrd")):
        leave = (*without, "add") if "share" not in without else without
        project = read_project(write(tmp_path, example(without=leave)))
        for key in KEYS:
            has_default = getattr(project, key.attribute) == getattr(Project(tmp_path, {}), key.attribute)
            assert has_default == (key.name in leave), key.name
    assert {field.name for field in fields(Project)} == {"folder", "lines", *(key.attribute for key in KEYS)}


def test_minimal_file() -> None:
    for template in (ROOT / "src/unishim/project/templates").iterdir():
        assert read_project(template).name == template.name


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, r'no name; write name = "NAME" in \[project\]'),
        ("\n\n[project]\n", 3, "has no name"),
        ("name = 3", 1, r"\[name\] is not a known table"),
        ('[projct]\nname = "x"', 1, r"\[projct\] is not a known table; did you mean project\?"),
        (START + "[zzz]", 3, r"\[zzz\] is not a known table; choose one of project, kernel"),
        (START + 'namee = "y"', 3, r"namee is not a key of \[project\]; did you mean name\?"),
        (START + "[run]\nqqq = 1", 4, r"choose one of memory, timeout"),
        (START + "run.memry = '1M'", 3, r"run is not a key of \[project\]"),
        ("project.name = 'x'\nrun.memry = '1M'", 2, r"memry is not a key of \[run\]; did you mean memory\?"),
        ("project = { name = 'x', nam = 1 }", 1, r"nam is not a key"),
        ("[[project]]\nname='x'", 1, r"project is a table; write \[project\]"),
        ("project = 3", 1, r"project is a table"),
        ("[project]\nname = 3", 2, 'name must be a string; write name = "hello"'),
        ('[project]\nname = "a/b"', 2, "cannot name files"),
        ('[project]\nname = ""', 2, "cannot name files"),
        (START + 'unishim = ">=99"', 3, "requires unishim >=99, but this is"),
        (START + 'unishim = "new"', 3, "not a version range"),
        (START + '[kernel]\nplatform = "xen"', 4, "'xen' is not a platform; choose one of linux, qemu"),
        (START + '[kernel]\nlibraries = "x"', 4, "libraries must be a list of strings"),
        (START + '[kernel]\nlibraries = [\n"x",\n]', 5, "x: no such file or directory"),
        (START + '[kernel]\nconfiguration = "no"', 4, "configuration: no: no such file or directory"),
        (START + "[program]\narguments = [1]", 4, "arguments must be a list of strings"),
        (START + "[program]\nenvironment = ['A']", 4, "environment must be a table of strings"),
        (START + "[program.environment]\nA = 'x'\n'B=' = 'y'", 5, "'B=' is not a variable name"),
        (START + "[root]\ninitrd='a'\nshare='b'", 5, "both name a root; remove one"),
        (START + "[root]\nshare='a'\nadd=['b:/b']", 5, "use mounts"),
        (START + "[root]\nadd=['b']", 4, "write HOST:/GUEST"),
        (START + "[root]\nmounts=[\n'b:/c:d']", 5, "write DIR:/PATH"),
        (START + "[root]\nwith_libs = 'yes'", 4, "must be true or false"),
        (START + "[run]\nmemory = '1X'", 4, "memory: 1X: not a size"),
        (START + "[run]\ntimeout = 0", 4, "seconds above 0"),
        (START + "[run]\ntimeout = true", 4, "must be a number"),
        (START + "[run]\nseed = -1", 4, "out of range"),
        (START + "[run]\nhandlers = ['no.py']", 4, "no.py: no such file"),
        (START + "[run]\nfail = [\n 'write:ENOSPC',\n 'write:ENOPE']", 6, "unknown error ENOPE"),
        (START + "[run]\ndelay = ['read:10']", 4, "not a time"),
        ("[project\n", 1, "column"),
        ("[project]\nname = \n", 2, "invalid value"),
        ('[project]\nname = "x', 2, "see docs/reference/project-file.md"),
        ("[project]\nname = 'x'\nname = 'y'", 3, "cannot overwrite a value"),
        ('[project]\nname = "\\q"', 2, "unescaped"),
        ("[project]\nname = 'x'\n[a\0]", 3, "column"),
    ],
)
def test_one_line_for_what_is_wrong(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ProjectError, match=words) as raised:
        read_project(write(tmp_path, text))
    assert str(raised.value).startswith(f"{tmp_path}/unishim.toml:{line}: ")
    assert "\n" not in str(raised.value)
    assert raised.value.status == 125


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="unishim init -t TEMPLATE NAME"):
        read_project(tmp_path)
    (tmp_path / "unishim.toml").write_bytes(b"[project]\r\nname = '\xff'\n")
    with pytest.raises(ProjectError, match=r"unishim.toml:2: not UTF-8"):
        read_project(tmp_path)
    (tmp_path / "unishim.toml").unlink()
    (tmp_path / "unishim.toml").mkdir()
    with pytest.raises(ProjectError, match="directory"):
        read_project(tmp_path)
