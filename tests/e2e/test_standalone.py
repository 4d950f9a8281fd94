"""`unishim build --standalone`: one file, which behaves like the program in it and needs nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, Run, add_options, run_native, used_files
from unishim.elf.standalone import PAYLOAD

pytestmark = pytest.mark.platforms("linux")


def build(folder: Path, *words: str | Path) -> Path:
    """Builds a file, and moves it into an otherwise empty directory."""
    made = folder / "made"
    subprocess.run([*UNISHIM, "build", "--standalone", "-o", made, *words], check=True, timeout=TIMEOUT)
    place = folder / "alone"
    place.mkdir()
    return Path(shutil.move(made, place / "tool"))


def run_alone(file: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Run:
    """As its user does: in its directory, by its name. Nothing in the environment leads to a Python."""
    done = subprocess.run(
        [f"./{file.name}", *arguments],
        check=False,
        input=stdin,
        env=dict(env or {}),
        cwd=file.parent,
        capture_output=True,
        timeout=TIMEOUT,
    )
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Run(status, done.stdout, done.stderr)


def test_as_the_program_itself(build_guest: Build, tmp_path: Path) -> None:
    """Streams, arguments, environment, status; arguments of the build come first, its variables replace others."""
    program = build_guest("arguments.c")
    file = build(tmp_path, "--env", "B=built", program, "first", "it's")
    assert file.stat().st_mode & 0o777 == 0o755
    for stdin in (b"", b"some\0input\n" * 10000):
        given = {"A": "a b", "B": "replaced", "C": "'\\\""}
        native = run_native(
            [program, "first", "it's", "", "last"], stdin=stdin, env={"B": "built", "A": "a b", "C": "'\\\""}
        )
        assert run_alone(file, "", "last", stdin=stdin, env=given) == native


@pytest.mark.parametrize("fault", ["null", "abort"])
def test_status_of_a_signal(build_guest: Build, tmp_path: Path, fault: str) -> None:
    file = build(tmp_path, build_guest("faults.c"))
    assert run_alone(file, fault).status == run_native([build_guest("faults.c"), fault]).status > 128


def test_dynamic_program(tmp_path: Path) -> None:
    """Python in one file: its interpreter, its libraries, its modules."""
    modules = next(Path("/usr/lib").glob("python3.*/encodings")).parent
    script = "import json, sys; print(json.dumps(sys.argv[1:]), input()); sys.exit(7)"
    used = used_files(["/usr/bin/python3", "-c", script], str(modules))
    file = build(tmp_path, *add_options(used), "/usr/bin/python3")
    done = run_alone(file, "-c", script, "a", stdin=b"line\n")
    assert done == run_native(["/usr/bin/python3", "-c", script, "a"], stdin=b"line\n")
    assert done.status == 7


def test_root_file_system(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin")
    (root / "data").write_text("of the root\n")
    file = build(tmp_path, "--initrd", root, "--workdir", "/bin", "/bin/busybox", "cat")
    assert run_alone(file, "../data") == Run(0, b"of the root\n", b"")


def test_unread_input_stays(hello: Path, tmp_path: Path) -> None:
    file = build(tmp_path, hello)
    done = subprocess.run(f"{{ '{file}'; cat; }}", shell=True, input=b"kept\n", capture_output=True, timeout=TIMEOUT)
    assert done.stdout == b"Hello world!\nkept\n"


def on_terminal(*command: str | Path) -> bytes:
    """The output of a command on a terminal of 33 rows and 77 columns, on which a line was typed."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 33, 77, 0, 0))
        os.write(ours, b"typed\n")
        # The host echoes it some time later: it must not do so in the middle of the output.
        output = os.read(ours, 65536)
        subprocess.run(command, check=False, stdin=theirs, stdout=theirs, stderr=theirs, env={}, timeout=TIMEOUT)
        os.close(theirs)
        with contextlib.suppress(OSError):  # the end of a terminal is an error
            while part := os.read(ours, 65536):
                output += part
        return output
    finally:
        os.close(ours)


def test_terminal(build_guest: Build, tmp_path: Path) -> None:
    program = build_guest("terminal.c")
    output = on_terminal(build(tmp_path, program))
    assert output == on_terminal(program)
    assert b"tty 1 1 1" in output


def test_size_of_the_terminal(tmp_path: Path) -> None:
    output = on_terminal(build(tmp_path, "/bin/busybox"), "stty", "size")
    assert output == on_terminal("/bin/busybox", "stty", "size")
    assert b"33 77" in output


def test_stripped_and_renamed(hello: Path, tmp_path: Path) -> None:
    file = build(tmp_path, hello)
    subprocess.run(["strip", file], check=True, timeout=TIMEOUT)
    assert run_alone(file.rename(file.with_name("other"))) == run_native([hello])


def test_without_proc(hello: Path, tmp_path: Path) -> None:
    file = build(tmp_path, hello)
    script = f"mount -t tmpfs none /proc && exec '{file}'"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"Hello world!\n", b"")


def payload_start(data: bytes | bytearray) -> int:
    """The place of the payload according to the last program header."""
    return int(struct.unpack_from("<Q", data, 64 + 4 * 56 + 8)[0])


def test_forged_payload(hello: Path, tmp_path: Path) -> None:
    """Refused in one line, or accepted if the number is as good as the right one."""
    file = build(tmp_path, hello)
    right = file.read_bytes()
    refused = set()
    for field in PAYLOAD.fields:
        for value in (0, 1, 0x1001, (1 << 64) - 1):
            data = bytearray(right)
            place = payload_start(data) + field.offset
            data[place : place + field.size] = (value & (1 << 8 * field.size) - 1).to_bytes(field.size, "little")
            file.write_bytes(data)
            done = run_alone(file)
            if done.status not in (0, 126):
                assert done.status == 125
                assert done.stdout == b""
                assert done.stderr.startswith(b"unishim: the standalone file ")
                refused.add(field.name)
            assert done.stderr.count(b"\n") == (0 if done.status == 0 else 1)
    assert refused == {field.name for field in PAYLOAD.fields} - {"reserved"}


def test_cut_off(hello: Path, tmp_path: Path) -> None:
    """At any position in the part that was added to the image."""
    file = build(tmp_path, hello)
    data = file.read_bytes()
    start = payload_start(data)
    for length in (start, start + 1, start + PAYLOAD.size, start + 4096, start + 10000, len(data) - 1):
        file.write_bytes(data[:length])
        assert run_alone(file) == Run(125, b"", b"unishim: the standalone file is truncated; copy or build it again\n")


def test_no_payload(hello: Path, tmp_path: Path) -> None:
    """A fifth segment of another kind: the plain image runs."""
    data = bytearray(build(tmp_path, hello).read_bytes())
    file = tmp_path / "alone" / "tool"
    struct.pack_into("<Q", data, 64 + 4 * 56 + 16, 0x7D4080000000)
    file.write_bytes(data)
    assert b"usage: " in run_alone(file, "-h").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no program given; name its file"),
        (["/nowhere"], "/nowhere: "),
        (["-p", "qemu", "/bin/true"], "--platform qemu: "),
        (["--set", "CONFIG_X=y", "/bin/true"], "--set and --library: "),
        (["-m", "1M", "/bin/true"], "--memory 1M: too small"),
        (["-k", "/etc/passwd", "/bin/true"], "the kernel is not an ELF file"),
        (["-o", "/dev/null", "/bin/true"], "/dev/null: is a directory or a device; name a file"),
        (["-o", "/nowhere/file", "/bin/true"], "/nowhere/file: No such file or directory; create the directory first"),
    ],
)
def test_refused(tmp_path: Path, words: list[str], message: str) -> None:
    """One line, and nothing is left behind."""
    command = [*UNISHIM, "build", "--standalone", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, timeout=TIMEOUT)
    assert done.returncode in (125, 127)
    assert done.stderr.startswith(f"unishim: {message}")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_full_disk(hello: Path, tmp_path: Path) -> None:
    """One line, and no partial file."""
    script = 'mount -t tmpfs -o size=64k none "$1" && cd "$1" && shift && { "$@"; status=$?; ls -A; exit $status; }'
    hidden = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", os.fspath(tmp_path)]
    done = subprocess.run(
        [*hidden, *UNISHIM, "build", "--standalone", "-o", "tool", hello],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    line = "unishim: tool: No space left on device; free some space on that disk, or name a file on another disk\n"
    assert (done.returncode, done.stdout, done.stderr) == (125, "", line)


def test_options_of_a_program_without_standalone() -> None:
    for words in (["./hello"], ["--env", "A=b"]):
        done = subprocess.run([*UNISHIM, "build", *words], check=False, capture_output=True, text=True, timeout=TIMEOUT)
        assert done.returncode == 125
        assert "--standalone" in done.stderr
