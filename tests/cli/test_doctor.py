"""`unishim doctor`: its results are true, and it names a fix for what is missing."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.commands import SCRIPTS, call
from tests.framework import TIMEOUT
from unishim.build.image import ensure_image
from unishim.cli.doctor import command
from unishim.host import kernel_features


def test_this_machine() -> None:
    """Everything that the tests need exists here."""
    ensure_image("linux")
    ensure_image("qemu")
    done = call(["unishim", "doctor", "--json"])
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["platforms"] == ["linux", "qemu"]
    checks = {check["name"]: check for check in facts["checks"]}
    for name in ("Linux", "Syscall User Dispatch", "seccomp filter", "memory file", "a run", "qemu-system-x86_64"):
        assert checks[name]["state"] == "ok", checks[name]
    for name in ("make", "gcc", "clang", "musl-gcc", "gdb", "strace", "9P server", "QEMU's 9P device"):
        assert checks[name]["state"] == "ok", checks[name]
    assert "QEMU emulator version" in checks["qemu-system-x86_64"]["detail"]
    # Found out by running a guest, not by looking at the file.
    assert checks["KVM"]["state"] in ("ok", "limited")
    assert all((check["fix"] is None) == (check["state"] == "ok") for check in facts["checks"])


def test_missing_tools(tmp_path: Path) -> None:
    done = call(["unishim", "doctor"], env={"PATH": os.fspath(tmp_path)})
    assert done.returncode == 0
    assert "platforms that work: linux\n" in done.stdout
    assert "missing  qemu-system-x86_64      for the platform qemu; apt-get install qemu-system-x86\n" in done.stdout
    assert "missing  musl-gcc                for building small programs; apt-get install musl-tools\n" in done.stdout


def test_nothing_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr(kernel_features, "try_dispatch", lambda: "Invalid argument")
    done = CliRunner().invoke(command)
    assert done.exit_code == 1
    assert "failed   Syscall User Dispatch   Invalid argument; " in done.stdout
    assert "platforms that work: none\n" in done.stdout


def test_checks_build_nothing(tmp_path: Path) -> None:
    done = call(["unishim", "doctor", "--json"], env={"UNISHIM_BUILD_DIR": os.fspath(tmp_path / "build")})
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["a run"]["state"] == checks["KVM"]["state"] == "untried"
    assert checks["a run"]["fix"] == "unishim build --platform linux"
    assert done.returncode == 0
    assert not (tmp_path / "build").exists()


def test_forbidden_by_the_host() -> None:
    """In a namespace that does not permit further ones, the cage has fewer barriers, and says so."""
    limit = "echo 0 > /proc/sys/user/max_user_namespaces"
    script = f"{limit} && exec '{SCRIPTS / 'unishim'}' doctor"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert "limited  user namespaces         No space left on device: the cage has its filter" in done.stdout
    assert done.returncode == 0


def on_terminal(*words: str, **variables: str) -> str:
    """The output of a command on a terminal."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"TERM": "xterm", "COLUMNS": "120", **variables}
    with subprocess.Popen([SCRIPTS / words[0], *words[1:]], stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        output = b""
        try:
            while part := os.read(ours, 65536):
                output += part
        except OSError:  # EIO: the other end is closed
            pass
        assert process.wait(TIMEOUT) == 0
    os.close(ours)
    return output.decode()


@pytest.mark.parametrize("words", [("unishim", "doctor"), ("unishim", "list")])
def test_colours(words: tuple[str, ...]) -> None:
    """Coloured on a terminal, unless NO_COLOR is set; plain in a file."""
    assert "\x1b[" in on_terminal(*words)
    plain = on_terminal(*words, NO_COLOR="1")
    for colour in range(30, 48):
        assert f"[{colour}m" not in plain
    assert "\x1b" not in call(words, env={"TERM": "xterm"}).stdout


def test_help_has_no_colours() -> None:
    assert "\x1b" not in on_terminal("unishim", "--help")
