"""What a run takes from a project, and what from the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.framework import TIMEOUT, UNISHIM
from unishim.errors import BuildError, ProjectError
from unishim.project.running import project_run
from unishim.running.options import Options

PROJECT = """
[project]
name = "p"
[program]
path = "src/tool"
arguments = ["--all"]
environment = { A = "1", B = "2" }
[root]
add = ["data:/data"]
mounts = ["shared:/mnt:ro"]
workdir = "/data"
with_libs = false
[run]
memory = "32M"
timeout = 9
seed = 0
handlers = ["calls.py"]
fail = ["write:ENOSPC"]
delay = ["read:1ms"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("src", "data", "shared", "rootfs"):
        (tmp_path / name).mkdir()
    for name in ("src/tool", "calls.py"):
        (tmp_path / name).touch()
    (tmp_path / "unishim.toml").write_text(PROJECT)
    return tmp_path


def run(
    folder: Path, binary: str | None = None, arguments: tuple[str, ...] = (), **said: Any
) -> tuple[Options, list[str]]:
    """With a named kernel, so that none is built."""
    said.setdefault("kernel", "kernel")
    options, argv = project_run(folder, Options(**said), said, binary, arguments)
    return options, [os.path.relpath(word, folder) if word.startswith("/") else word for word in argv]


def edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "unishim.toml").read_text()
    assert old in text
    (folder / "unishim.toml").write_text(text.replace(old, new))


def test_all_settings_of_a_project(folder: Path) -> None:
    options, argv = run(folder)
    assert argv == ["src/tool", "--all"]
    assert options == Options(
        kernel="kernel",
        env={"A": "1", "B": "2"},
        add=[f"{folder}/data:/data"],
        mounts=[f"{folder}/shared:/mnt:ro"],
        workdir="/data",
        with_libs=False,
        memory="32M",
        timeout=9,
        seed=0,
        handlers=[f"{folder}/calls.py"],
        fail=["write:ENOSPC"],
        delay=["read:1ms"],
    )


def test_the_command_line_overrides(folder: Path) -> None:
    said: dict[str, Any] = {
        "memory": "1G",
        "timeout": 1.0,
        "fail": ("read:EIO",),
        "workdir": "/",
        "with_libs": True,
        "mounts": (),
    }
    options, _ = run(folder, env={"B": "3", "C": "4"}, **said)
    assert options.env == {"A": "1", "B": "3", "C": "4"}
    for name, value in said.items():
        assert getattr(options, name) == value
    assert options.delay == ["read:1ms"]


def test_another_program_has_the_project_root(folder: Path) -> None:
    options, argv = run(folder, "/bin/ls", ("-l",))
    assert argv[1:] == ["-l"]
    assert options.env is None
    assert options.add == [f"{folder}/data:/data"]


@pytest.mark.parametrize(
    ("root", "said", "initrd", "share"),
    [
        ("initrd = 'rootfs'", {}, "rootfs", None),
        ("share = 'rootfs:ro'", {}, None, "rootfs:ro"),
        ("share = 'rootfs'", {"initrd": "other"}, "other", None),
        ("initrd = 'rootfs'", {"share": "other"}, None, "other"),
    ],
)
def test_roots(folder: Path, root: str, said: dict[str, str], initrd: str | None, share: str | None) -> None:
    edit(folder, 'add = ["data:/data"]', root)
    edit(folder, '"src/tool"', '"/bin/tool"')
    options, argv = project_run(folder, Options(kernel="kernel", **said), {"kernel", *said}, None, ())  # type: ignore[arg-type]
    assert argv == ["/bin/tool", "--all"]
    paths = [
        None if path is None else os.fspath(path).removeprefix(f"{folder}/") for path in (options.initrd, options.share)
    ]
    assert paths == [initrd, share]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('path = "src/tool"\n', "", 4, "no program to run"),
        ('"src/tool"', '"src/none"', 5, "path: src/none: no such file or directory"),
        ("data:/data", "dta:/data", 9, "add: dta: no such file or directory"),
        ("shared:/mnt", "none:/mnt", 10, "mounts: none: no such file or directory"),
        ("[root]\nadd = [", "[root]\ninitrd = 'no'\nadd = [", 9, "initrd: no: no such file or directory"),
    ],
)
def test_what_is_missing(folder: Path, old: str, new: str, line: int, words: str) -> None:
    edit(folder, old, new)
    with pytest.raises(ProjectError, match=f"unishim.toml:{line}: {words}"):
        run(folder)


def test_the_program_is_built_first(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit(folder, 'path = "src/tool"', 'path = "src/new"\nbuild = "echo made; touch src/new"')
    assert run(folder)[1][0] == "src/new"
    assert capfd.readouterr() == ("", "")


def test_a_build_that_fails(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit(folder, 'path = "src/tool"', 'path = "src/new"\nbuild = "echo what is wrong; exit 3"')
    with pytest.raises(BuildError, match=r"unishim.toml:6: build: `echo what is wrong; exit 3` failed with status 3"):
        run(folder)
    assert capfd.readouterr() == ("", "what is wrong\n")


def test_an_interrupted_build_leaves_no_process(folder: Path) -> None:
    edit(folder, 'path = "src/tool"', 'path = "src/tool"\nbuild = "sleep 600 & echo $! > pid; mv pid child; wait"')
    command = [*UNISHIM, "run", "--kernel", "/nowhere", "-C", folder]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    child = folder / "child"
    while not child.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT) == 130
    assert process.stderr is not None
    process.stderr.close()
    state = Path(f"/proc/{child.read_text().strip()}/stat")
    while state.exists() and " Z " not in state.read_text():  # a zombie may wait for its parent
        time.sleep(0.01)
