"""Host directories that the program accesses over 9P."""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, Run, run_guest, run_native
from unishim.build.image import ensure_image
from unishim.ninep import Share, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shared"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def words(build_guest: Build) -> Path:
    """A program that performs the actions in its arguments."""
    return build_guest("shared_words.c")


def _lines(run: Run) -> list[str]:
    assert run.status == 0, run.stderr
    return run.stdout.decode().splitlines()


def _same(left: Path, right: Path) -> bool:
    """Whether two directories contain the same names, types, modes and data."""

    def files(folder: Path) -> dict[Path, tuple[int, str]]:
        paths = (path for path in folder.rglob("*"))
        return {
            path.relative_to(folder): (path.lstat().st_mode, str(path.readlink()) if path.is_symlink() else "")
            for path in paths
        }

    names = files(left)
    data = [name for name in names if not (left / name).is_symlink() and (left / name).is_file()]
    return names == files(right) and not any(filecmp.cmpfiles(left, right, data, shallow=False)[1:])


@pytest.mark.parametrize("options", ["", "cache=none", "msize=8192", "cache=loose"])
def test_same_as_natively(build_guest: Build, words: Path, folder: Path, tmp_path: Path, options: str) -> None:
    program = build_guest("shared_folder.c")
    native = tmp_path / "native"
    native.mkdir()
    if not options:
        guest = run_guest([program, "/mnt"], "--mount", f"{folder}:/mnt")
    else:
        # The program mounts it itself, below the share that contains it.
        root = tmp_path / "root"
        root.mkdir()
        shutil.copy(program, root / "program")
        guest = run_guest(
            ["/program", "/mnt", options], "--share", str(root), "--mount", f"{folder}:/unused", "--memory", "64M"
        )
    assert guest == run_native([program, native])
    assert _same(native, folder)


def test_mappings(build_guest: Build, folder: Path, tmp_path: Path) -> None:
    program = build_guest("shared_mappings.c")
    native = tmp_path / "native"
    native.mkdir()
    assert run_guest([program, "/mnt"], "--mount", f"{folder}:/mnt") == run_native([program, native])
    assert _same(native, folder)


def test_mountpoints_of_a_shared_root(words: Path, folder: Path, tmp_path: Path) -> None:
    """They are not created on the host, which may be read-only; nor need /tmp be writable there."""
    shutil.copy(words, folder / "program")
    (folder / "tmp").mkdir()
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").write_text("data")
    mounts = ("--share", f"{folder}:ro", "--mount", f"{other}:/deep/er/m", "--mount", f"{other}:/m")
    asked = ["read:/deep/er/m/file", "read:/m/file", "write:/tmp/new", "read:/tmp/new", "write:/new", "size:/none"]
    ends = [line.rsplit(": ", 1)[1] for line in _lines(run_guest(["/program", *asked], *mounts))]
    assert ends == ["data", "data", "ok", "written", "errno 30", "errno 2"]
    assert sorted(path.name for path in folder.iterdir()) == ["program", "tmp"]


def test_program_of_the_host(tmp_path: Path, folder: Path) -> None:
    """A dynamic program, with its loader, libraries and data at the host's paths."""
    script = "import hashlib, json, os; print(json.dumps(sorted(os.listdir('/usr/share/perl5'))))"
    command: list[str | Path] = ["/usr/bin/python3", "-c", script]
    assert run_guest(command, "--share", "/:ro") == run_native(command)


def test_program_in_the_folder(words: Path, folder: Path) -> None:
    """No initial ramdisk at all; the directory gets no mount points."""
    shutil.copy(words, folder / "program")
    (folder / "file").write_text("data")
    (folder / "absolute").symlink_to("/program")
    (folder / "bin").mkdir()
    (folder / "bin" / "tool").symlink_to("../program")
    for name in ("/program", "./program", "/absolute", "tool"):
        done = run_guest([name, "read:/file", "write:/new", "size:/dev/null", "size:/tmp"], "--share", str(folder))
        assert _lines(done)[:3] == ["read:/file: data", "write:/new: ok", "size:/dev/null: 0"]
    assert sorted(path.name for path in folder.iterdir()) == ["absolute", "bin", "file", "new", "program"]


@pytest.mark.platforms("qemu")
@pytest.mark.parametrize("machine", ["q35", "pc"])
def test_on_pci(words: Path, folder: Path, machine: str) -> None:
    (folder / "file").write_text("data")
    other = folder / "other"
    other.mkdir()
    mounts = ("--mount", f"{folder}:/a", "--mount", f"{other}:/b")
    done = run_guest([words, "read:/a/file", "write:/b/new"], "--machine", machine, *mounts)
    assert _lines(done) == ["read:/a/file: data", "write:/b/new: ok"]
    assert (other / "new").read_text() == "written"


def test_several(words: Path, tmp_path: Path) -> None:
    mounts: list[str] = []
    for number in range(7):
        folder = tmp_path / f"folder, {number}"
        folder.mkdir()
        (folder / "file").write_text(str(number))
        mounts += ["--mount", f"{folder}:/deep/er/{number}"]
    done = run_guest([words, *(f"read:/deep/er/{number}/file" for number in range(7))], *mounts)
    assert _lines(done) == [f"read:/deep/er/{number}/file: {number}" for number in range(7)]


def test_read_only(words: Path, folder: Path) -> None:
    (folder / "file").write_text("data")
    asked = ["read:/m/file", "write:/m/file", "write:/m/new", "mkdir:/m/d", "unlink:/m/file", "chmod:/m/file"]
    done = run_guest([words, *asked], "--mount", f"{folder}:/m:ro")
    assert _lines(done) == [f"{asked[0]}: data", *(f"{word}: errno 30" for word in asked[1:])]
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_read_only_at_the_server_too(words: Path, folder: Path) -> None:
    """A program that remounts it without the flag."""
    (folder / "file").write_text("data")
    asked = ["umount:/m", "mount:fs0::/m", "read:/m/file", "write:/m/file", "write:/m/new"]
    done = run_guest([words, *asked], "--mount", f"{folder}:/m:ro")
    results = _lines(done)
    assert results[:3] == ["umount:/m: ok", "mount: ok", "read:/m/file: data"]
    assert all(line.endswith("errno 30") for line in results[3:])


def test_read_only_leaves_no_trace(words: Path, folder: Path) -> None:
    """Neither times of access nor locks of the host change."""
    path = folder / "file"
    path.write_text("data")
    os.utime(path, ns=(1, 10**18))  # relatime would update the time of access
    before = path.stat().st_atime_ns
    assert _lines(run_guest([words, "read:/m/file"], "--mount", f"{folder}:/m:ro")) == ["read:/m/file: data"]
    assert path.stat().st_atime_ns == before
    with path.open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        done = run_guest([words, "lock:/m/file"], "--mount", f"{folder}:/m:ro")
        assert _lines(done) == ["lock:/m/file: ok"]


def test_unlinked_sparse_file(build_guest: Build, folder: Path, tmp_path: Path) -> None:
    program = build_guest("unlinked_sparse.c")
    native = run_native([program, tmp_path / "file"])
    assert run_guest([program, "/m/file"], "--mount", f"{folder}:/m") == native
    assert native.status == 0


def test_links_stay_in_the_guest(words: Path, folder: Path) -> None:
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("../../../../../../../../etc/passwd")
    (folder / "file").write_text("data")
    (folder / "good").symlink_to("/m/file")
    done = run_guest([words, "read:/m/passwd", "read:/m/up", "read:/m/good"], "--mount", f"{folder}:/m")
    assert _lines(done) == ["read:/m/passwd: errno 2", "read:/m/up: errno 2", "read:/m/good: data"]


@contextmanager
def _running(command: Sequence[str | Path]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go on\n")
    process.stdin.flush()


def _next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().removesuffix("\n")


def test_changes_of_the_host(words: Path, folder: Path) -> None:
    """A new file and new contents are visible at once, because of open(2); sizes and removed names a second later."""
    (folder / "file").write_text("old")
    (folder / "gone").write_text("")
    (folder / "replaced").write_text("old")
    asked = ["read:/m/file", "size:/m/gone", "read:/m/new", "read:/m/replaced", "wait"]
    asked += ["read:/m/file", "read:/m/new", "read:/m/replaced", "again", "size:/m/file", "size:/m/gone"]
    command = [
        *UNISHIM,
        "run",
        "-q",
        "--accel",
        "tcg",
        "--timeout",
        str(TIMEOUT / 2),
        "--mount",
        f"{folder}:/m",
        words,
        *asked,
    ]
    with _running(command) as process:
        assert [_next_line(process) for _ in range(5)] == [
            "read:/m/file: old",
            "size:/m/gone: 0",
            "read:/m/new: errno 2",
            "read:/m/replaced: old",
            "wait",
        ]
        (folder / "file").write_text("new contents")
        (folder / "gone").unlink()
        (folder / "new").write_text("made")
        time.sleep(1.1)
        (folder / "other").write_text("other")
        (folder / "other").rename(folder / "replaced")
        _go_on(process)
        assert [_next_line(process) for _ in range(4)] == [
            "read:/m/file: new contents",
            "read:/m/new: made",
            "read:/m/replaced: other",
            "again",
        ]
        _go_on(process)
        assert [_next_line(process) for _ in range(2)] == ["size:/m/file: 12", "size:/m/gone: errno 2"]
        assert process.wait(TIMEOUT) == 0


def _relay(guest: socket.socket, server: socket.socket, requests: int) -> None:
    """Passes messages on; receives the request after the last one without answering, and closes the connection."""
    with guest:
        for _ in range(requests):
            server.sendall(guest.recv(1 << 16))
            answer = server.recv(4, socket.MSG_WAITALL)
            size = int.from_bytes(answer, "little")
            guest.sendall(answer + server.recv(size - 4, socket.MSG_WAITALL))
        guest.recv(1 << 16)
        time.sleep(0.3)


@pytest.mark.platforms("linux")
@pytest.mark.parametrize("requests", range(3, 16))
def test_server_goes_away(words: Path, folder: Path, requests: int) -> None:
    """In the middle of a request: EIO for it and for all later ones, and no hang."""
    (folder / "file").write_text("data")
    image = ensure_image("linux")
    asked = [f"{word}:/m/file" for word in ("size", "read", "write", "read", "chmod", "unlink")]
    asked += ["mkdir:/m/d", "umount:/m", "mount:fs0::/m"]
    ours, guest = socket.socketpair()
    with serving(Share(folder)) as server, guest:
        relay = threading.Thread(target=_relay, args=(ours, server, requests))
        relay.start()
        command: list[str | Path] = [image, "-s", f"fs0={guest.fileno()}", "-p", "quiet vfs.fstab=fs0:/m:9p:::mkmp"]
        done = subprocess.run(
            [*command, "-i", words, "--", "words", *asked],
            check=False,
            capture_output=True,
            text=True,
            pass_fds=[guest.fileno()],
            timeout=TIMEOUT / 2,
        )
        guest.close()
        relay.join(TIMEOUT / 2)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(asked)
    failed = next(number for number, line in enumerate(lines) if line.endswith("errno 5"))
    ends = [line.rsplit(": ", 1)[1] for line in lines]
    assert "errno 5" not in ends[:failed]
    assert set(ends[failed:-2]) == {"errno 5"}
    assert ends[-2:] == ["ok", "errno 5"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mount", "{folder}/none:/m"], "is not a host directory"),
        (["--mount", "{folder}"], "write DIR:/PATH"),
        (["--mount", "{folder}:/a:b"], "write DIR:/PATH"),
        (["--mount", "{folder}:/"], "use --share"),
        (["--share", "{folder}/none"], "is not a host directory"),
        (["--share", "{folder}", "--initrd", "x"], "the initial ramdisk is the root"),
    ],
)
def test_refused_options(words: Path, folder: Path, options: list[str], message: str) -> None:
    done = run_guest([words], *(word.format(folder=folder) for word in options))
    assert done.status != 0
    assert done.stderr.count(b"\n") == 1
    assert message in done.stderr.decode()


def test_no_such_program(folder: Path) -> None:
    done = run_guest(["/none"], "--share", str(folder))
    assert done.status == 127
    assert b"/none: no such file in the root file system" in done.stderr


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("fs9:/m:9p:::mkmp", "no shared directory has this tag"),
        ("fs0:/m:ext4:::mkmp", "this kernel does not have that file system type"),
        ("fs0:/none:9p", "the target is not a directory"),
        ("fs0:/m", "write SOURCE:TARGET:TYPE"),
        ("fs0:/m:9p:x", "the flags are not a number"),
        ("fs0:/m:9p::msize=1:mkmp", "wrong options"),
        ("fs0:/m:9p:::::", "too many fields"),
    ],
)
def test_refused_entries(words: Path, folder: Path, entry: str, message: str) -> None:
    """The kernel's one line, and its status."""
    from tests.framework import boot_raw

    outcome, console = boot_raw(words, words, append=f"quiet vfs.fstab={entry} -- words")
    assert outcome.status == 125
    assert console.count(b"\n") == 1
    assert message in console.decode()


def test_changes_of_what_is_mapped(words: Path, folder: Path) -> None:
    """A private mapping keeps what the program wrote to it; its other pages are the file's."""
    (folder / "file").write_bytes(b"a" * 4096 + b"b" * 4096)
    asked = ["map:/m/file", "wait", "size:/m/file", "mapped:"]
    command = [
        *UNISHIM,
        "run",
        "-q",
        "--accel",
        "tcg",
        "--timeout",
        str(TIMEOUT / 2),
        "--mount",
        f"{folder}:/m",
        words,
        *asked,
    ]
    with _running(command) as process:
        assert [_next_line(process) for _ in range(3)] == ["map:/m/file: ok", "Xa, b", "wait"]
        (folder / "file").write_bytes(b"c" * 8192)
        time.sleep(1.1)
        _go_on(process)
        assert [_next_line(process) for _ in range(2)] == ["size:/m/file: 8192", "Xa, c"]
        assert process.wait(TIMEOUT) == 0


def test_little_memory(build_guest: Build, folder: Path) -> None:
    """Pages of files are freed when memory is short, including mapped ones."""
    (folder / "file").write_bytes(bytes(64 << 20))
    done = run_guest([build_guest("shared_words.c"), "touch:/m/file"], "-m", "16M", "--mount", f"{folder}:/m")
    assert _lines(done) == ["touch:/m/file: 0"]


@pytest.mark.platforms("linux")
def test_few_descriptors(build_guest: Build, folder: Path) -> None:
    """The server may have fewer descriptors than the program has file names: unused ones are released."""
    for number in range(1000):
        (folder / str(number)).write_text("data")
    names = [f"read:/m/{number}" for number in range(1000)]
    command = [
        *UNISHIM,
        "run",
        "-q",
        "--timeout",
        str(TIMEOUT / 2),
        "--mount",
        f"{folder}:/m",
        build_guest("shared_words.c"),
    ]
    done = run_native(["sh", "-c", 'ulimit -n 200; exec "$@"', "sh", *command, *names], env=dict(os.environ))
    assert _lines(done) == [f"{name}: data" for name in names]


def test_by_hand(words: Path, folder: Path, _platform: None) -> None:
    """The command of --dry-run works, except for the socket, which a shell cannot create."""
    (folder / "file").write_text("data")
    shutil.copy(words, folder / "program")
    done = run_guest(["/program", "read:/file"], "--dry-run", "--share", str(folder))
    assert done.status == 0
    if os.environ["UNISHIM_PLATFORM"] == "qemu":
        assert b"read:/file: data\n" in run_native(["sh", "-c", done.stdout.decode()], env=dict(os.environ)).stdout
    else:
        note, command = done.stdout.decode().splitlines()
        assert note.startswith("# FD: ")
        assert " -s fs0=FD " in command


@pytest.mark.platforms("linux")
def test_locks_hold_against_the_host(build_guest: Build, folder: Path) -> None:
    """Record locks: the guest sees and waits for the host's, and the host sees the guest's."""
    path = folder / "file"
    path.write_text("data")
    program = build_guest("shared_locks.c")
    command = [*UNISHIM, "run", "-q", "--timeout", str(TIMEOUT / 2), "--mount", f"{folder}:/m", program, "/m/file"]
    with path.open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX, 10, 0)
        with _running(command) as process:
            assert [_next_line(process) for _ in range(4)] == [
                "set: errno 11",
                "get: type 1, start 0, length 10",
                "elsewhere: 0",
                "waiting",
            ]
            time.sleep(0.1)
            fcntl.lockf(file, fcntl.LOCK_UN, 10, 0)
            assert _next_line(process) == "got it"
            with pytest.raises(BlockingIOError):
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 0)
            _go_on(process)
            assert _next_line(process) == "closed"
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _go_on(process)
            assert process.wait(TIMEOUT) == 0
