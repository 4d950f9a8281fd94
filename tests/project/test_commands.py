"""The commands of projects, as far as they build nothing."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pty
import select
import shlex
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.framework import TIMEOUT, UNISHIM
from unishim.project.templates import find_template, make_project, templates

TEMPLATES = ["c-library", "dynamic-app", "elfloader", "helloworld", "missing-syscall", "python-handlers"]


def unishim(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*UNISHIM, *arguments],
        check=False,
        cwd=cwd,
        env={**os.environ, "UNISHIM_PLATFORM": "linux", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def at_terminal(command: Sequence[str | Path], cwd: Path, script: Sequence[tuple[str, str]], **variables: str) -> str:
    """Runs a command in a terminal: waits for each text of the script, then types the reply; returns all output."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ.update({"TERM": "xterm", "UNISHIM_PLATFORM": "linux", "LINES": "40", "COLUMNS": "100"} | variables)
        os.execvp(command[0], [os.fspath(word) for word in command])
    output = ""
    steps = list(script)
    end = time.monotonic() + TIMEOUT
    position = 0
    try:
        while True:
            assert time.monotonic() < end, f"waiting for {steps[0][0] if steps else 'the end'}: {output}"
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                data = os.read(terminal, 65536)
            except OSError as error:  # Linux's result when the other end is closed
                assert error.errno == errno.EIO
                data = b""
            if not data:
                break
            output += data.decode(errors="replace")
            while steps and steps[0][0] in output[position:]:
                position = output.index(steps[0][0], position) + len(steps[0][0])
                os.write(terminal, steps.pop(0)[1].encode())
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    assert not steps, f"never seen: {steps[0][0]}: {output}"
    assert os.waitstatus_to_exitcode(status) == 0, output
    return output


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    make_project(find_template("helloworld"), folder)
    return folder


def test_list() -> None:
    facts = json.loads(unishim("list", "--json").stdout)
    assert [item["name"] for item in facts["templates"]] == TEMPLATES
    assert all(item["about"] and item["fix"] is None for item in facts["templates"])
    libraries = {item["name"]: item for item in facts["libraries"]}
    assert "CONFIG_LIBTRACE" in [option["name"] for option in libraries["trace"]["options"]]
    assert libraries["vfs"]["options"] == []
    assert [item["name"] for item in facts["platforms"]] == ["linux", "qemu"]
    assert [item["name"] for item in facts["architectures"]] == ["x86_64"]
    text = unishim("list", COLUMNS="200").stdout
    for item in (item for items in facts.values() for item in items):
        assert item["name"] in text


def test_list_reports_missing_tools(tmp_path: Path) -> None:
    facts = json.loads(unishim("list", "--json", PATH=os.fspath(tmp_path)).stdout)
    (fix,) = {item["fix"] for item in facts["templates"]}
    assert fix.startswith("needs make, gcc, ld")
    assert "apt-get install make gcc" in fix
    assert "qemu-system-x86" in facts["platforms"][1]["fix"]


def test_init(tmp_path: Path) -> None:
    assert [template.name for template in templates()] == TEMPLATES
    for name in TEMPLATES:
        done = unishim("init", "-t", name, f"my-{name}", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        folder = tmp_path / f"my-{name}"
        assert f'name = "my-{name}"' in (folder / "unishim.toml").read_text()
        assert {"Makefile", "README.md", ".gitignore"} <= {path.name for path in folder.iterdir()}
        assert folder.stat().st_mode & 0o777 == 0o777 & ~_mask()
    assert {path.name for path in tmp_path.iterdir()} == {f"my-{name}" for name in TEMPLATES}


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("command", ["init", "up"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["-t", "hello", "x"],
            "--template hello: unknown; choose one of c-library, dynamic-app, elfloader, helloworld",
        ),
        (["-t", "helloworld", "full"], "full: already exists and is not empty; choose another name"),
        (["-t", "helloworld", "file"], "file: already exists"),
        (["-t", "helloworld", "-x"], "No such option"),
        (["-t", "helloworld", "a b"], "'a b' cannot name files"),
        (["-t", "helloworld", "sub/.."], "'..' cannot name files"),
        (["-t", "helloworld", ""], "cannot name files"),
        (["-t", "helloworld", "file/x"], "file/x: "),
    ],
)
def test_invalid_projects(tmp_path: Path, command: str, arguments: list[str], words: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    done = unishim(command, *arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "x"]


def test_an_empty_folder_becomes_the_project(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    make_project(find_template("helloworld"), tmp_path / "x")
    assert (tmp_path / "x" / "unishim.toml").is_file()


def test_an_interrupted_init_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("unishim.project.templates._set_name", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make_project(find_template("helloworld"), tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_configure(project: Path) -> None:
    done = unishim("configure", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ".config: platform linux, architecture x86_64; next: unishim build\n"
    assert 'CONFIG_UK_NAME="hello"\n' in (project / ".config").read_text()
    unishim("configure", "-p", "qemu", "-m", "x86-64", "--debug", "--set", "CONFIG_OPTIMIZE_SIZE=y", "-C", project)
    lines = (project / ".config").read_text().splitlines()
    assert {"CONFIG_PLAT_QEMU=y", "CONFIG_LIBUKDEBUG_PRINTD=y", "CONFIG_OPTIMIZE_SIZE=y"} <= set(lines)
    # Existing settings stay, unless they are changed.
    facts = json.loads(unishim("configure", "--no-debug", "--json", cwd=project).stdout)
    assert facts["platform"] == "qemu"
    lines = (project / ".config").read_text().splitlines()
    assert {"CONFIG_PLAT_QEMU=y", "CONFIG_OPTIMIZE_SIZE=y"} <= set(lines)
    assert "CONFIG_LIBUKDEBUG_PRINTD=y" not in lines


def test_configure_for_a_program(project: Path, hello: Path) -> None:
    unishim("configure", "-p", "qemu", "--debug", cwd=project)
    facts = json.loads(unishim("configure", "--for", hello, "--json", cwd=project).stdout)
    assert facts["platform"] == "qemu"
    assert "posix-getcpu" in facts["left_out"]
    lines = (project / ".config").read_text().splitlines()
    assert {"CONFIG_PLAT_QEMU=y", "# CONFIG_LIBPOSIX_GETCPU is not set"} <= set(lines)
    assert "CONFIG_LIBUKDEBUG_PRINTD=y" not in lines


def test_a_project_chooses_its_platform(project: Path) -> None:
    with (project / "unishim.toml").open("a") as file:
        file.write('[kernel]\nplatform = "qemu"\nconfiguration = "mine"\n')
    (project / "mine").write_text("CONFIG_OPTIMIZE_SIZE=y\n")
    unishim("configure", cwd=project)
    assert {"CONFIG_PLAT_QEMU=y", "CONFIG_OPTIMIZE_SIZE=y"} <= set((project / ".config").read_text().splitlines())
    unishim("configure", "-p", "linux", cwd=project)
    assert "CONFIG_PLAT_LINUX=y" in (project / ".config").read_text()


def test_configure_asks_at_a_terminal(project: Path) -> None:
    (project / "config_small").write_text("CONFIG_OPTIMIZE_SIZE=y\n")
    script = [("Platform", "qemu\r"), ("Architecture", "arm\r"), ("Architecture", "\r"), ("Configuration", "debug\r")]
    at_terminal([*UNISHIM, "configure"], project, script)
    assert {"CONFIG_PLAT_QEMU=y", "CONFIG_LIBUKDEBUG_PRINTD=y"} <= set((project / ".config").read_text().splitlines())
    script = [("Platform", "\r"), ("Architecture", "\r"), ("config_small", "config_small\r")]
    at_terminal([*UNISHIM, "configure"], project, script)
    lines = (project / ".config").read_text().splitlines()
    assert {"CONFIG_PLAT_QEMU=y", "CONFIG_OPTIMIZE_SIZE=y"} <= set(lines)
    assert "CONFIG_LIBUKDEBUG_PRINTD=y" not in lines


def menu_script(title: str) -> list[tuple[str, str]]:
    """Finds an option, toggles it, quits and saves, with kconfiglib's keys."""
    return [
        ("unishim configuration", "/"),
        ("Jump to", f"{title}\r"),
        ("Build options", " q"),
        ("Save configuration?", "y"),
    ]


MAKE = ["make", f"UNISHIM={shlex.join(map(str, UNISHIM))}"]


@pytest.mark.parametrize("command", [UNISHIM, MAKE], ids=["unishim", "make"])
def test_menuconfig(project: Path, command: list[str | Path]) -> None:
    unishim("configure", cwd=project)
    assert "# CONFIG_OPTIMIZE_SIZE is not set" in (project / ".config").read_text()
    at_terminal([*command, "menuconfig"], project, menu_script("OPTIMIZE_SIZE"))
    assert "CONFIG_OPTIMIZE_SIZE=y" in (project / ".config").read_text()


def test_menuconfig_outside_a_project(tmp_path: Path) -> None:
    at_terminal([*UNISHIM, "menuconfig", "-o", "kernel"], tmp_path, menu_script("OPTIMIZE_SIZE"))
    assert "CONFIG_OPTIMIZE_SIZE=y" in (tmp_path / "kernel" / ".config").read_text()


def test_menuconfig_without_a_terminal(project: Path) -> None:
    done = unishim("menuconfig", cwd=project)
    assert done.returncode == 125
    assert done.stderr == (
        "unishim: menuconfig needs a terminal; without one, use: unishim configure --set CONFIG_X=VALUE\n"
    )


def test_savedefconfig_and_olddefconfig(project: Path) -> None:
    unishim("configure", "-p", "qemu", "--set", "CONFIG_OPTIMIZE_SIZE=y", cwd=project)
    before = (project / ".config").read_text()
    assert unishim("savedefconfig", cwd=project).stdout == "defconfig\n"
    lines = (project / "defconfig").read_text().splitlines()
    assert lines[1:] == ['CONFIG_UK_NAME="hello"', "CONFIG_OPTIMIZE_SIZE=y"]
    (project / "defconfig").replace(project / ".config")
    with (project / "unishim.toml").open("a") as file:
        file.write('[kernel]\nplatform = "qemu"\n')
    done = unishim("olddefconfig", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (project / ".config").read_text() == before


def test_an_older_configuration_is_reported_once(project: Path) -> None:
    unishim("configure", cwd=project)
    path = project / ".config"
    path.write_text(path.read_text().replace("# unishim ", "# unishim 0.0.", 1) + "CONFIG_LIBGONE=y\n")
    done = unishim("olddefconfig", cwd=project)
    line = path.read_text().count("\n") + 1
    assert done.stderr == f"unishim: .config:{line}: CONFIG_LIBGONE is dropped: it no longer exists\n"
    assert unishim("olddefconfig", cwd=project).stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["configure", "-p", "xen"], "--platform xen: unknown; choose one of linux, qemu"),
        (["configure", "-m", "arm64"], "--architecture arm64: unknown; choose one of x86_64"),
        (["configure", "--set", "CONFIG_NO=y"], "CONFIG_NO: no such option"),
        (["configure", "--library", "x"], "--library: name a project's libraries in unishim.toml"),
        (["configure", "-C", "nowhere"], "nowhere/unishim.toml: no such file; create a project with: unishim init"),
        (["build", "--set", "CONFIG_LIBVDSO=n"], "--set, --library: a project is built as configured"),
        (["configure", "-C", ".", "-o", "x"], "--project and --output exclude each other"),
        (["build", "-C", ".", "-o", "x"], "--project and --output exclude each other"),
        (["menuconfig", "-C", ".", "-o", "x"], "--project and --output exclude each other"),
        (["build", "-p", "xen"], "--platform xen: unknown"),
        (["run", "-C", "nowhere"], "nowhere/unishim.toml: no such file"),
        (["trace", "--project", "nowhere"], "nowhere/unishim.toml: no such file"),
        (["clean", "-C", "nowhere"], "nowhere/unishim.toml: no such file"),
        (["menuconfig", "-C", "nowhere"], "needs a terminal"),
    ],
)
def test_invalid_commands(project: Path, arguments: list[str], words: str) -> None:
    done = unishim(*arguments, cwd=project)
    assert done.returncode == 125
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["run", "trace"])
def test_no_program_and_no_project(tmp_path: Path, command: str) -> None:
    done = unishim(command, cwd=tmp_path)
    assert done.returncode == 125
    assert done.stderr == (
        "unishim: no program given; name its file, or change to a project's directory (`unishim init` creates one)\n"
    )


def test_commands_wait_for_one_another(project: Path) -> None:
    (project / "build").mkdir()
    with (project / "build" / ".project.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen([*UNISHIM, "configure"], cwd=project, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert second.stderr.readline() == "unishim: .: waiting for another command of this project\n"
        assert not (project / ".config").exists()
    assert second.wait(TIMEOUT) == 0
    second.stderr.close()
    assert (project / ".config").is_file()


def test_a_lock_in_a_removed_directory_is_ignored(project: Path) -> None:
    """A command that waits for `clean --proper` and gets the lock of a removed file takes the new file's lock."""
    build = project / "build"
    build.mkdir()
    with (build / ".project.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen([*UNISHIM, "configure"], cwd=project, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        second.stderr.readline()
        (build / ".project.lock").unlink()
        build.rmdir()
    assert second.wait(TIMEOUT) == 0
    second.stderr.close()
    assert (build / ".project.lock").is_file()
