"""What `unishim run` does around the program."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

import unishim
from tests.conftest import Build
from tests.framework import GUESTS, TIMEOUT, UNISHIM, compile_guest, run_guest, run_native

RUN: list[str | Path] = [*UNISHIM, "run", "--accel", "tcg"]


def test_banner_goes_to_stderr_unless_quiet(hello: Path) -> None:
    done = subprocess.run([*RUN, hello], check=False, capture_output=True, timeout=TIMEOUT)
    assert done.stdout == b"Hello world!\n"
    assert unishim.__version__.encode() in done.stderr
    assert run_guest([hello]).stderr == b""


def test_json(hello: Path) -> None:
    facts = json.loads(run_guest([hello], "--json").stderr)
    assert facts["status"] == 0
    assert facts["signal"] == 0
    assert facts["wall_s"] > 0
    assert facts["boot_ns"] > 0
    assert facts["peak_kib"] > 0


def test_python_api(build_guest: Build) -> None:
    result = unishim.run(
        [build_guest("arguments.c"), "x"],
        env={"A": "b"},
        stdin=b"input",
        capture_output=True,
        accelerator="tcg",
        timeout=30,
    )
    native = run_native([build_guest("arguments.c"), "x"], env={"A": "b"}, stdin=b"input")
    assert (result.status, result.stdout, result.stderr) == (native.status, native.stdout, native.stderr)
    assert (
        unishim.run([build_guest("faults.c"), "null"], capture_output=True, accelerator="tcg").signal == signal.SIGSEGV
    )


def test_by_hand(build_guest: Build) -> None:
    """The line of --dry-run is equivalent, but QEMU's own status is 2 * status + 1."""
    argv: list[str | Path] = [build_guest("arguments.c"), "it's", "$HOME"]
    line = subprocess.check_output([*RUN, "--quiet", "--dry-run", *argv], text=True, timeout=TIMEOUT)
    assert line.count("\n") == 1
    done = subprocess.run(line, shell=True, check=False, input=b"in", capture_output=True, timeout=TIMEOUT)
    native = run_native(argv, stdin=b"in")
    is_machine = "qemu-system" in line
    assert (done.returncode, done.stdout) == (2 * native.status + 1 if is_machine else native.status, native.stdout)


@pytest.mark.platforms("linux")
def test_image_by_hand(hello: Path, kernel: Path) -> None:
    """The image itself prints its options, runs a program, and rejects unknown options in one line."""

    def run(*arguments: str | Path) -> tuple[int, bytes, bytes]:
        done = subprocess.run([kernel, *arguments], check=False, capture_output=True, timeout=TIMEOUT)
        return done.returncode, done.stdout, done.stderr

    status, usage, _ = run("-h")
    assert status == 0
    assert usage.startswith(b"usage: ")
    status, output, banner = run("-i", hello)
    assert (status, output) == (0, b"Hello world!\n")
    assert unishim.__version__.encode() in banner
    for wrong in (["-z", "1"], ["-i"], ["-m", "x"], ["-m", "1"], ["-i", "/nowhere"]):
        status, output, message = run(*wrong)
        assert (status, output, message.count(b"\n")) == (127 if "/nowhere" in wrong else 125, b"", 1)


@pytest.mark.platforms("qemu")
def test_plain_qemu_without_our_devices(hello: Path, kernel: Path) -> None:
    """As Unikraft is started: kernel, raw initrd, a serial line."""
    done = subprocess.run(
        ["qemu-system-x86_64", "-M", "pc", "-nographic", "-no-reboot", "-kernel", kernel, "-initrd", hello],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT,
    )
    assert b"Hello world!" in done.stdout


def test_seed_repeats_addresses(build_guest: Build) -> None:
    def addresses(*options: str) -> list[bytes]:
        found = re.findall(rb"rip ([0-9a-f]{16})|rsp ([0-9a-f]{16})", run_guest(argv, *options).stderr)
        return [first or second for first, second in found]

    argv: list[str | Path] = [build_guest("faults.c"), "null"]
    assert addresses("--seed", "1") == addresses("--seed", "1") != []
    assert addresses("--seed", "1") != addresses("--seed", "2")
    assert addresses() != addresses()


def test_program_sees_the_unikernel(build_guest: Build) -> None:
    """The program does not see the host: process 1, root, alone, on one processor, with the memory it was given."""
    program = build_guest("identity.c")
    lines = run_guest([program], "--memory", "64M").stdout.decode().splitlines()
    assert lines[:6] == [
        "pid 1, parent 0, thread 1",
        "uid 0 0, gid 0 0",
        f"exe /{program.name}",
        "cwd /",
        "cpus 1",
        "Linux unishim x86_64",
    ]
    memory = int(lines[6].split()[1])
    assert 60 << 20 < memory < 64 << 20


@pytest.mark.parametrize("stack", ["execstack", "noexecstack"])
def test_executable_stack_is_respected(tmp_path: Path, stack: str) -> None:
    program = compile_guest(GUESTS / "stack_code.c", tmp_path / stack, "gcc", [f"-Wl,-z,{stack}"])
    native, guest = run_native([program]), run_guest([program])
    assert (guest.status, guest.stdout) == (native.status, native.stdout)
    assert guest.status == (0 if stack == "execstack" else 139)


@pytest.mark.platforms("qemu")
def test_kvm_is_chosen_by_trying(hello: Path, tmp_path: Path) -> None:
    """Whatever this machine supports: hello runs, and the result is cached."""
    environment = {**os.environ, "XDG_CACHE_HOME": os.fspath(tmp_path)}
    for _ in range(2):
        done = subprocess.run(
            [*UNISHIM, "run", "--json", hello], check=False, capture_output=True, env=environment, timeout=TIMEOUT
        )
        assert (done.returncode, done.stdout) == (0, b"Hello world!\n")
        facts = json.loads(done.stderr.splitlines()[-1])
        assert facts["accelerator"] == "kvm" or b"KVM cannot be used here: " in done.stderr
    assert (tmp_path / "unishim" / "kvm.json").exists() == Path("/dev/kvm").exists()


def test_order_of_streams_and_shared_offset(build_guest: Build, tmp_path: Path) -> None:
    """Both streams to one file, between output of a shell: as in a native run."""
    output = tmp_path / "output"
    program = build_guest("arguments.c")
    script = f'(echo first; "$@" "{program}" </dev/null; echo last) >"{output}" 2>&1'
    subprocess.run(["sh", "-c", script, "sh", *RUN, "--quiet"], check=True, timeout=TIMEOUT)
    text = output.read_text()
    assert text.startswith("first\nargv ends")
    assert text.endswith("\nlast\n")


def test_unread_input_stays(tmp_path: Path, build_guest: Build) -> None:
    """`{ unishim run hello; cat; } < file`: hello reads nothing, so cat gets it all."""
    data = tmp_path / "data"
    data.write_text("kept\n")
    script = f'{{ "$@" "{build_guest("hello.c")}"; cat; }} <"{data}"'
    done = subprocess.run(["sh", "-c", script, "sh", *RUN, "-q"], check=True, capture_output=True, timeout=TIMEOUT)
    assert done.stdout == b"Hello world!\nkept\n"


def test_sockets_as_streams(build_guest: Build) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [*RUN, "-q", build_guest("arguments.c")], stdin=theirs.fileno(), stdout=theirs.fileno()
        )
        theirs.close()
        ours.sendall(b"ping\n")
        ours.shutdown(socket.SHUT_WR)
        assert process.wait(TIMEOUT) == 17
        received = b""
        while part := ours.recv(4096):
            received += part
    assert received.endswith(b"ping\nread 5 bytes, then 0\n")


def test_closed_streams(hello: Path) -> None:
    script = '"$@" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", script, "sh", *RUN, "-q", hello], check=False, timeout=TIMEOUT).returncode == 0


def test_reader_goes_away(build_guest: Build) -> None:
    script = f'"$@" "{build_guest("endless_output.c")}" | head -n 1'
    done = subprocess.run(["sh", "-c", script, "sh", *RUN, "-q"], check=True, capture_output=True, timeout=TIMEOUT)
    assert done.stdout == b"line\n"


def test_terminal(build_guest: Build) -> None:
    """On a terminal the program sees a terminal with its size; the terminal keeps its mode."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [*RUN, "-q", build_guest("terminal.c")], stdin=secondary, stdout=secondary, stderr=secondary
    )
    os.write(primary, b"typed\n")
    output = b""
    while b"done" not in output:
        output += os.read(primary, 4096)
    assert process.wait(TIMEOUT) == 0
    os.close(primary)
    os.close(secondary)
    assert b"tty 1 1 1" in output
    assert b"got typed" in output


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _wait_for_child(process: subprocess.Popen[bytes]) -> int:
    """The pid of QEMU or of the image, once it runs."""
    for _ in range(TIMEOUT * 20):
        for child in _children(process.pid):
            name = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0]
            if b"qemu" in name or b"_linux-" in name:
                return child
        time.sleep(0.05)
    raise AssertionError("nothing was started")


def _is_gone(pid: int) -> bool:
    for _ in range(TIMEOUT * 20):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_nothing_is_left_running(build_guest: Build, number: signal.Signals, status: int) -> None:
    process = subprocess.Popen([*RUN, "-q", build_guest("endless_loop.c")])
    child = _wait_for_child(process)
    process.send_signal(number)
    assert process.wait(TIMEOUT) == status
    assert _is_gone(child)


def test_timeout(build_guest: Build) -> None:
    done = subprocess.run([*RUN, "--timeout", "1", build_guest("endless_loop.c")], check=False, timeout=TIMEOUT)
    assert done.returncode == 124


def test_idle_guest_sleeps(build_guest: Build) -> None:
    """A guest that waits for input takes no processor time."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen([*RUN, "-q", build_guest("arguments.c")], stdin=read_end, stdout=subprocess.DEVNULL)
    os.close(read_end)
    child = _wait_for_child(process)

    def ticks() -> int:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    for _ in range(TIMEOUT):  # it boots first
        before = ticks()
        time.sleep(1)
        if ticks() - before < os.sysconf("SC_CLK_TCK") // 4:
            break
    else:
        raise AssertionError("it never sleeps")
    os.close(write_end)
    assert process.wait(TIMEOUT) == 17
