"""`qemu-guest`, plain QEMU with the line that it prints, and `unishim run`: three equal ways to run one image."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, Run

pytestmark = pytest.mark.platforms("qemu")

SCRIPTS = Path(sys.executable).parent
QEMU_GUEST = SCRIPTS / "qemu-guest"


def call(command: Sequence[str | Path], cwd: Path, stdin: bytes = b"") -> Run:
    environment = {**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, check=False, input=stdin, capture_output=True, cwd=cwd, env=environment, timeout=TIMEOUT
    )
    return Run(done.returncode, done.stdout, without_times(done.stderr))


def without_times(console: bytes) -> bytes:
    return re.sub(rb"^\[ +\d+\.\d+\]", b"[]", console, flags=re.MULTILINE)


@pytest.fixture
def root(build_guest: Build, tmp_path: Path) -> Path:
    """A directory with a program in it."""
    folder = tmp_path / "root"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(build_guest("arguments.c"), folder / "bin" / "app")
    return folder


def make_archive(root: Path, name: str) -> Path:
    archive = root.parent / "root.cpio"
    subprocess.run([*UNISHIM, "pack", "-o", archive, root], check=True, timeout=TIMEOUT)
    if name.endswith(".gz"):
        (root.parent / name).write_bytes(gzip.compress(archive.read_bytes()))
    return root.parent / name


@pytest.mark.parametrize("kind", ["program", "root.cpio", "root.cpio.gz", "folder", "share"])
def test_three_ways(kernel: Path, root: Path, tmp_path: Path, kind: str) -> None:
    """Streams, the kernel's lines, and the status, which plain QEMU doubles."""
    words = ["/bin/app", "it's", "two words"]
    initrd = {"program": root / "bin" / "app", "folder": root}.get(kind) or (
        None if kind == "share" else make_archive(root, kind)
    )
    given: list[str | Path] = ["-e", root] if initrd is None else ["-i", initrd]
    guest = [QEMU_GUEST, "-k", kernel, *given, "-W", "-m", "64", "-a", f"env=A=b -- {shlex.join(words)}"]
    line = subprocess.check_output([*guest, "-D"], text=True, timeout=TIMEOUT, env={**os.environ, "PATH": f"{SCRIPTS}"})
    assert line.count("\n") == 1
    own = call(guest, tmp_path, b"input\n")
    plain = call(["sh", "-c", line], tmp_path, b"input\n")
    options: list[str | Path] = ["-k", kernel, *given, "--accel", "tcg", "-m", "64", "--env", "A=b"]
    run = call([*UNISHIM, "run", *options, *words], tmp_path, b"input\n")
    assert (own.stdout, own.stderr) == (plain.stdout, plain.stderr) == (run.stdout, run.stderr)
    assert own.status == run.status == 17
    assert plain.status == 2 * 17 + 1
    assert b"argument 2: two words\nvariable: A=b\n" in own.stdout


def test_no_image(kernel: Path, tmp_path: Path) -> None:
    done = call([QEMU_GUEST, "-k", kernel, "-W"], tmp_path)
    assert done.status == 127
    assert b"[appelfloader] No image found (initrd parameter missing?)\n" in done.stderr


@pytest.mark.parametrize("machine", ["x86pc", "x86q35"])
def test_unikraft_machine_names(kernel: Path, hello: Path, tmp_path: Path, machine: str) -> None:
    done = call([QEMU_GUEST, "-k", kernel, "-i", hello, "-W", "-t", machine], tmp_path)
    assert (done.status, done.stdout) == (0, b"Hello world!\n")


def test_more_processors(kernel: Path, hello: Path, tmp_path: Path) -> None:
    done = call([QEMU_GUEST, "-k", kernel, "-i", hello, "-W", "-c", "2"], tmp_path)
    assert (done.status, done.stdout) == (0, b"Hello world!\n")
    assert b"the kernel uses one processor; 1 of 2 stay idle\n" in done.stderr


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return int(listener.getsockname()[1])


def test_paused_for_gdb(kernel: Path, hello: Path) -> None:
    """It waits for gdb, which stops at its first instruction and continues it."""
    port = free_port()
    command: list[str | Path] = [QEMU_GUEST, "-k", kernel, "-i", hello, "-W", "-g", f"tcp:{port}", "-P"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as guest:
        try:
            script = [f"target remote localhost:{port}", "hbreak ukplat_syscall_handler", "continue", "backtrace 1"]
            words = [word for line in [*script, "delete", "continue"] for word in ("-ex", line)]
            gdb = subprocess.run(
                ["gdb", "-q", "-batch", "-nx", "-ex", "set tcp auto-retry on", *words, f"{kernel}.dbg"],
                check=False,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
            )
            output, _ = guest.communicate(timeout=TIMEOUT)
        finally:
            guest.kill()
    assert "#0  ukplat_syscall_handler" in gdb.stdout
    assert (guest.returncode, output) == (0, b"Hello world!\n")


def test_gdb_in_the_background(kernel: Path, hello: Path, tmp_path: Path) -> None:
    """QEMU owns the socket, and this user alone can reach it; a port is refused, because nothing would filter it."""
    command: list[str | Path] = [QEMU_GUEST, "-k", kernel, "-i", hello, "-W", "-P", "-x"]
    refused = call([*command, "-g", "tcp:1"], tmp_path)
    assert (refused.status, refused.stderr.count(b"\n")) == (125, 1)
    started = call([*command, "-g"], tmp_path)
    process = int(re.findall(rb"process (\d+)", started.stdout)[0])
    try:
        place = Path(re.findall(r"target remote (\S+)", started.stderr.decode())[0])
        assert (place.parent.stat().st_mode & 0o777, place.stat().st_mode & 0o777) == (0o700, 0o600)
        words = ["-ex", f"target remote {place}", "-ex", "print $pc", "-ex", "kill"]
        gdb = subprocess.run(["gdb", "-q", "-batch", "-nx", *words], capture_output=True, text=True, timeout=TIMEOUT)
        assert "$1 = " in gdb.stdout, gdb.stderr
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(place.parent)


def test_in_the_background(kernel: Path, root: Path) -> None:
    """The command exits at once; QEMU exits when the guest does, which reads input from the socket."""
    command: list[str | Path] = [QEMU_GUEST, "-k", kernel, "-i", root / "bin" / "app", "-W", "-x"]
    started = subprocess.check_output(command, text=True, timeout=TIMEOUT)
    facts = dict(line.split(" ", 1) for line in started.splitlines())
    output, process = Path(facts["output"]), int(facts["process"])
    ending = os.pidfd_open(process)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(facts["input"])
            connection.sendall(b"over the socket\n")
            while b"over the socket\n" not in output.read_bytes():
                assert not select.select([ending], [], [], 0.05)[0]
        assert select.select([ending], [], [], TIMEOUT)[0]
    finally:
        signal.pidfd_send_signal(ending, signal.SIGKILL)
        os.close(ending)
        shutil.rmtree(output.parent)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 125, "Missing option '-k' / '--kernel'"),
        (["-k", "/nowhere"], 125, "--kernel /nowhere: no such file"),
        (["-k", "x_linux-x86_64"], 125, "--kernel x_linux-x86_64: an image for the platform linux"),
        (["-k", "{kernel}", "-i", "/nowhere"], 127, "/nowhere: "),
        (["-k", "{kernel}", "-e", "/nowhere"], 125, "--share /nowhere: "),
        (["-k", "{kernel}", "-e", "/", "-i", "/bin/true"], 125, "--share /: "),
        (["-k", "{kernel}", "-P"], 125, "--paused: only gdb could continue the guest; add --gdb"),
        (["-k", "{kernel}", "-c", "0"], 125, "Invalid value for '-c' / '--cpus'"),
        (["-k", "{kernel}", "-m", "1"], 125, "--memory 1: too small"),
        (["-k", "{kernel}", "-t", "arm64v"], 125, "--type arm64v: unknown"),
        (["-k", "{kernel}", "--inird", "x"], 125, "No such option '--inird'"),
        (["-k", "{kernel}", "-W", "--", "-nonsense"], 125, "QEMU ended without a report"),
    ],
)
def test_refused(kernel: Path, tmp_path: Path, words: list[str], status: int, message: str) -> None:
    done = call([QEMU_GUEST, *(word.format(kernel=kernel) for word in words)], tmp_path)
    assert done.status == status
    assert done.stderr.decode().startswith(f"qemu-guest: {message}")
    assert done.stderr.count(b"\n") == 1
