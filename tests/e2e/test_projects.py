"""Projects, from their templates to the program's output, with the commands and with make."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import ROOT, TIMEOUT, UNISHIM
from unishim.platforms.choice import choose_platform
from unishim.platforms.registry import PLATFORMS
from unishim.project.templates import find_template, make_project, templates

OUTPUTS = {
    "c-library": "The kernel says: your own library is at work\n",
    "dynamic-app": "Welcome, reader!\nThis file is in the root file system, in /etc.\n",
    "elfloader": "Hello, world!\n",
    "helloworld": "Hello, world!\n",
    "missing-syscall": "Here we are in the binary, calling getcpu\nGetcpu returned: -1\n",
    "python-handlers": "I run on a-unikernel, as user 1234.\n",
}


def call(*command: str | Path, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, check=False, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.returncode == status, done.stderr
    return done


def unishim(*arguments: str | Path, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    return call(*UNISHIM, *arguments, cwd=cwd, status=status)


def make(*words: str, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    return call("make", f"UNISHIM={shlex.join(map(str, UNISHIM))}", *words, cwd=cwd, status=status)


def new_project(folder: Path, template: str = "helloworld") -> Path:
    make_project(find_template(template), folder)
    return folder


def image(project: Path, folder: str = "build") -> Path:
    return project / folder / f"{project.name}_{choose_platform()[0].image_suffix}"


@pytest.mark.platforms("linux")
def test_all_templates_exist() -> None:
    assert set(OUTPUTS) == {template.name for template in templates()}


@pytest.mark.parametrize("template", OUTPUTS)
def test_up(tmp_path: Path, template: str) -> None:
    done = unishim("up", "-t", template, "-p", choose_platform()[0].name, "my-app", cwd=tmp_path)
    assert done.stdout == OUTPUTS[template]
    project = tmp_path / "my-app"
    assert image(project).is_file()
    # Again, from another directory, and with nothing to do.
    before = image(project).stat().st_mtime_ns
    assert unishim("run", "-q", "-C", "my-app", cwd=tmp_path).stdout == OUTPUTS[template]
    assert image(project).stat().st_mtime_ns == before


@pytest.mark.platforms("linux")
def test_make_does_what_the_commands_do(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app")
    assert make(cwd=project).stdout == f"{image(project)}\n"
    assert (project / "src" / "helloworld").is_file()
    assert make("run", cwd=project).stdout == OUTPUTS["helloworld"]
    assert make("-s", "savedefconfig", cwd=project).stdout == "defconfig\n"
    assert "CONFIG_UK_NAME" in (project / "defconfig").read_text()
    before = (project / ".config").read_text()
    make("olddefconfig", cwd=project)
    make("configure", cwd=project)
    assert (project / ".config").read_text() == before
    assert make("menuconfig", cwd=project, status=2).stderr.startswith("unishim: menuconfig needs a terminal")
    for target in ("run", "menuconfig", "clean", "properclean", "distclean", "savedefconfig", "olddefconfig"):
        assert f"make {target} " in make("help", cwd=project).stdout
    nowhere = call("make", "UNISHIM=/nowhere/unishim", cwd=project, status=2).stderr
    assert "/nowhere/unishim is not in PATH; activate its environment, or run: make UNISHIM=FILE" in nowhere
    kept = project / "build" / "mine"
    kept.touch()
    make("clean", cwd=project)
    assert not (project / "src" / "helloworld").exists()
    assert not image(project).exists()
    assert not list((project / "build").rglob("*.o"))
    assert kept.exists()
    make("properclean", cwd=project)
    assert not (project / "build").exists()
    assert (project / ".config").exists()
    make("distclean", cwd=project)
    (project / "defconfig").unlink()
    new_project(tmp_path / "other")
    assert _names(project) == _names(tmp_path / "other")


def _names(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


@pytest.mark.platforms("linux")
def test_run_builds_what_is_not_up_to_date(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app", "c-library")
    unishim("run", "-q", cwd=project)
    # The configuration, the library, the program.
    unishim("configure", "--set", "CONFIG_LIBKERNELLOG_MESSAGE=changed", cwd=project)
    assert unishim("run", "-q", cwd=project).stdout == "The kernel says: changed\n"
    source = project / "libraries" / "kernel-log" / "kernel_log.c"
    source.write_text(source.read_text().replace("= CONFIG_LIBKERNELLOG_MESSAGE", '= "in C"'))
    assert unishim("run", "-q", cwd=project).stdout == "The kernel says: in C\n"
    source = project / "src" / "read-log.c"
    source.write_text(source.read_text().replace("The kernel says", "It says"))
    assert unishim("run", "-q", cwd=project).stdout == "It says: in C\n"
    # The command exits with the program's status.
    unishim("configure", "--set", "CONFIG_LIBKERNELLOG=n", cwd=project)
    assert "Function not implemented" in unishim("run", "-q", cwd=project, status=1).stderr
    source.write_text("an error;\n")
    done = unishim("run", "-q", cwd=project, status=125)
    assert "read-log.c:1:" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("unishim: unishim.toml:9: build: `make -C src` failed with status 2")


@pytest.mark.platforms("linux")
def test_the_other_programs_and_commands(build_guest: Build, tmp_path: Path) -> None:
    """Another program on the project's kernel, the debug kernel, a trace; the configuration does not change."""
    project = new_project(tmp_path / "app", "missing-syscall")
    unishim("build", cwd=project)
    before = (project / ".config").read_text()
    done = unishim("run", "-q", build_guest("missing_syscall.c"), cwd=project)
    assert "Getcpu returned: -1" in done.stdout
    assert 'syscall "getcpu" is not available' in done.stderr
    unishim("configure", "--no-debug", cwd=project)
    assert "getcpu" not in unishim("run", "-q", cwd=project).stderr
    assert 'syscall "getcpu" is not available' in unishim("run", "-q", "--debug", cwd=project).stderr
    assert image(project, f"build/{choose_platform()[0].name}-debug").is_file()
    unishim("configure", "--debug", cwd=project)
    assert (project / ".config").read_text() == before
    assert "getcpu(" in unishim("trace", "-e", "getcpu", "--project", project, cwd=tmp_path).stderr


def test_the_other_platform(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app")
    unishim("configure", cwd=project)
    other = next(platform for platform in PLATFORMS if platform != choose_platform()[0].name)
    assert unishim("run", "-q", "--platform", other, cwd=project).stdout == OUTPUTS["helloworld"]
    assert (project / "build" / other / f"app_{PLATFORMS[other].image_suffix}").is_file()
    assert not image(project).exists()


@pytest.mark.platforms("linux")
def test_a_platform_other_than_the_first_configuration(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app", "elfloader")
    (project / "config").write_text("CONFIG_PLAT_QEMU=y\n")
    assert unishim("run", "-q", "--platform", "linux", cwd=project).stdout == OUTPUTS["elfloader"]
    assert "CONFIG_PLAT_QEMU=y" in (project / ".config").read_text()


@pytest.mark.platforms("qemu")
def test_the_exercise(tmp_path: Path) -> None:
    """Does what README.md of missing-syscall asks for."""
    project = new_project(tmp_path / "app", "missing-syscall")
    toml = project / "unishim.toml"
    toml.write_text(toml.read_text().replace("libraries = []", 'libraries = ["libraries/getcpu"]'))
    library = project / "libraries" / "getcpu"
    answer = (ROOT / "examples" / "getcpu" / "getcpu.c").read_text()
    with (library / "getcpu.c").open("a") as file:
        file.write(answer.partition("#include <uk/uaccess.h>\n")[2])
    with (library / "Makefile.uk").open("a") as file:
        file.write("UK_PROVIDED_SYSCALLS-$(CONFIG_LIBGETCPU) += getcpu-3\n")
    # Not needed; projects that were made by an earlier version have it.
    (library / "exportsyms.uk").write_text("uk_syscall_r_getcpu\nuk_syscall_e_getcpu\ngetcpu\n")
    done = unishim("run", "-q", cwd=project)
    assert done.stdout.endswith("Getcpu returned: 0\n")
    assert "[libgetcpu] This is getcpu" in done.stderr


@pytest.mark.platforms("qemu")
def test_ready_configurations(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app", "elfloader")
    for name, is_told in (("config", False), ("config_debug", True)):
        (project / ".config").write_text((project / name).read_text())
        done = unishim("run", "-q", cwd=project)
        assert done.stdout == OUTPUTS["elfloader"]
        assert ("Jump to program entry point" in done.stderr) == is_told


@pytest.mark.platforms("linux")
def test_two_builds_at_once(tmp_path: Path) -> None:
    project = new_project(tmp_path / "app")
    both = [
        subprocess.Popen([*UNISHIM, "build"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        stdout, stderr = process.communicate(timeout=TIMEOUT)
        assert (process.returncode, stdout) == (0, f"{image(project)}\n"), stderr
    assert os.access(image(project), os.R_OK)
