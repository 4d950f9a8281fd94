"""The wheel, installed into an empty virtual environment, where neither the checkout nor the tools are visible."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.framework import GUESTS, ROOT, TIMEOUT

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
COMPILERS = ("gcc", "cc", "g++", "clang", "make", "as", "ld", "objcopy")
QEMU = ("qemu-system-x86_64",)
# Hides the checkout with an empty directory, and programs with something that cannot be executed.
HIDE = 'mount -t tmpfs none "$1"; while shift; test "$1" != --; do mount --bind /dev/null "$1"; done; shift; exec "$@"'


@dataclass(frozen=True)
class Installed:
    """Runs commands of the wheel; `home` is their home and working directory."""

    python: Path
    home: Path

    def run(
        self, *words: str | Path, hidden: tuple[str, ...] = COMPILERS + QEMU, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs `unishim WORDS...` without the hidden programs."""
        found = {os.path.realpath(path) for name in hidden if (path := shutil.which(name))}
        command: list[str | Path] = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-ec",
            HIDE,
            "sh",
            ROOT,
            *sorted(found),
        ]
        return subprocess.run(
            [*command, "--", self.python.parent / "unishim", *words],
            cwd=self.home,
            env={"HOME": os.fspath(self.home), "PATH": os.defpath, **(env or {})},
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )


def call(command: list[str | Path]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=2 * TIMEOUT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as by `make wheel`."""
    folder = tmp_path_factory.mktemp("dist")
    call([*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT])
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of the virtual environment."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    call([*PIP, "--python", python, "install", wheel])
    return python


@pytest.fixture
def installed(environment: Path, tmp_path: Path) -> Installed:
    return Installed(environment, tmp_path)


def test_what_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for image in ("linux/elfloader_linux-x86_64", "qemu/elfloader_kvm-x86_64"):
        for folder in (image, image.replace("/", "-debug/")):
            assert {f"unishim/_images/{folder}", f"unishim/_images/{folder}.dbg"} <= names
    sources = {f"unishim/_{path.relative_to(ROOT)}" for path in (ROOT / "kernel").rglob("Makefile*")}
    assert {name for name in sources if "/tests/" not in name} <= names
    assert {page.rpartition("/")[2] for page in names if "/share/man/man1/" in page} >= {"unishim.1", "unishim-run.1"}
    assert not [name for name in names if "/tests/" in name or name.endswith(".pyc")]
    assert not [name for name in names if not name.startswith(("unishim/", "unishim-"))]


def test_the_commands_import_nothing_else(installed: Installed) -> None:
    """What an installer generates for an entry point imports re, which takes longer than a run."""
    for name, module in (("unishim", "unishim.cli"), ("qemu-guest", "unishim.cli.qemu_guest")):
        lines = (installed.python.parent / name).read_text().splitlines()
        assert lines[0] == f"#!{installed.python}"
        assert [line for line in lines if line and not line.startswith("#")] == [f"from {module} import main", "main()"]


def test_it_is_another_installation(installed: Installed) -> None:
    (installed.home / "where.py").write_text("import unishim; print(unishim.__file__)")
    place = subprocess.run(
        [installed.python, "where.py"], cwd=installed.home, check=True, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert Path(place.stdout.strip()).is_relative_to(installed.python.parent.parent)
    # The checkout is not readable. (The path is not a handler file either: the run ends there.)
    (installed.home / "handlers.py").write_text(f"import os\nprint(os.listdir({os.fspath(ROOT)!r}))\n")
    done = installed.run("run", "--quiet", "--handlers", "handlers.py", "/bin/true")
    assert (done.returncode, done.stdout) == (125, "[]\n")


def test_standalone_file(installed: Installed, hello: Path) -> None:
    """Program and shipped kernel as one file, without a compiler."""
    done = installed.run("build", "--standalone", "-o", "tool", hello)
    assert (done.returncode, done.stdout, done.stderr) == (0, "tool\n", "")
    tool = installed.home / "tool"
    assert subprocess.check_output([tool], env={}, text=True, timeout=TIMEOUT) == "Hello world!\n"
    tool.unlink()


@pytest.mark.parametrize("option", ["--quiet", "--debug"])
def test_static_program(installed: Installed, hello: Path, option: str) -> None:
    done = installed.run("run", option, hello)
    assert done.returncode == 0
    assert done.stdout == "Hello world!\n"
    assert (option == "--debug") == ("dbg:" in done.stderr)
    # Nothing was built or kept.
    assert list(installed.home.iterdir()) == []


def test_dynamic_program(installed: Installed, tmp_path: Path) -> None:
    program = tmp_path / "dynamic"
    call(["gcc", GUESTS / "hello.c", "-o", program])
    done = installed.run("run", "--quiet", program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello world!\n", "")


def test_trace(installed: Installed, hello: Path) -> None:
    done = installed.run("trace", "--json", "-o", installed.home / "trace", hello)
    assert done.returncode == 0
    events = [json.loads(line) for line in (installed.home / "trace").read_text().splitlines()]
    assert "write" in {event.get("name") for event in events}


def test_calls_are_listed(installed: Installed) -> None:
    done = installed.run("syscalls", "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) > 200


def test_what_a_build_needs(installed: Installed) -> None:
    done = installed.run("build")
    assert done.returncode == 125
    assert re.fullmatch(r"unishim: make, .*: not installed.* apt-get install make gcc binutils\n", done.stderr)


def test_image_of_a_user_configuration(installed: Installed, hello: Path) -> None:
    """Only sources that mention the option are compiled; the other objects are in the wheel."""
    options = ("--platform", "linux", "--set", "CONFIG_LIBTRACE=n", "-o", "own")
    done = installed.run("build", "-v", *options, hidden=QEMU)
    assert done.returncode == 0, done.stderr
    assert 1 <= done.stdout.count(" -MMD ") <= 10
    image = installed.home / "own" / "elfloader_linux-x86_64"
    assert done.stdout.endswith(f"{image}\n")
    run = installed.run("run", "--quiet", "--kernel", image, hello)
    assert (run.returncode, run.stdout) == (0, "Hello world!\n")
    again = installed.run("build", *options, hidden=QEMU)
    assert (again.returncode, again.stdout, again.stderr) == (0, f"{image}\n", "")


@pytest.mark.parametrize("platform", ["linux", "qemu"])
def test_another_compiler_links_existing_objects(installed: Installed, platform: str) -> None:
    compiler = installed.home / "bin" / "gcc"
    compiler.parent.mkdir()
    compiler.write_text(f'#!/bin/sh\ntest "$1" != -v || echo another one\nexec {shutil.which("gcc")} "$@"\n')
    compiler.chmod(0o755)
    path = {"PATH": f"{compiler.parent}:{os.defpath}"}
    done = installed.run("build", "-v", "--platform", platform, "-o", "own", hidden=QEMU, env=path)
    assert done.returncode == 0, done.stderr
    # This one is always compiled: it embeds a file.
    assert re.findall(r" -c \S+/(\S+) -o ", done.stdout) == ["image.S"]
