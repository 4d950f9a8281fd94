"""`unishim build` from the user's view: what it compiles, how it waits, how it ends, and its messages."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.framework import ROOT, TIMEOUT, UNISHIM
from unishim.build.image import ensure_image
from unishim.build.minimal import minimal_configuration
from unishim.paths import object_store

IMAGE = "elfloader_linux-x86_64"
GETCPU: list[str | Path] = ["--set", "CONFIG_LIBPOSIX_GETCPU=n", "--library", ROOT / "examples" / "getcpu"]
# As few objects as possible, for builds that compile all of them.
SMALL = [
    word
    for name, value in minimal_configuration([], with_trace=False).options.items()
    for word in ("--set", f"CONFIG_{name}={value}")
]


def build(folder: Path, *options: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*UNISHIM, "build", "--platform", "linux", "-o", folder, *options],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def compiled(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The sources that the compiler was called for, according to `-v`."""
    assert done.returncode == 0, done.stderr
    return set(re.findall(r" -MF \S+ -c \S+/(\S+/\S+) -o ", done.stdout))


def test_folders_share_objects(tmp_path: Path) -> None:
    """The one object that is always compiled embeds a file, with `.incbin`."""
    first = build(tmp_path / "first", *GETCPU)
    assert first.returncode == 0
    # The library is a copy in another project.
    shutil.copytree(ROOT / "examples" / "getcpu", tmp_path / "copied")
    second = build(tmp_path / "second", "-v", *GETCPU[:-1], tmp_path / "copied")
    assert compiled(second) == {"vdso/image.S"}
    images = [(tmp_path / name / f"{IMAGE}.dbg").read_bytes() for name in ("first", "second")]
    assert images[0] == images[1]
    assert os.fsencode(tmp_path) not in images[0]
    # A second build there does nothing at all.
    assert build(tmp_path / "second", "-v").stdout == f"{tmp_path / 'second' / IMAGE}\n"


def test_the_second_build_waits_for_the_first(tmp_path: Path) -> None:
    lock = os.open(tmp_path / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, str(os.getpid()).encode())
    command = [*UNISHIM, "build", "--platform", "linux", "-o", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr and waiting.stdout
        line = waiting.stderr.readline()
        was_configured = (tmp_path / ".config").exists()
        os.close(lock)
        assert re.match(rf"unishim: {tmp_path}: waiting for process {os.getpid()} \(.*python.*\), which", line)
        assert not was_configured
        assert waiting.stdout.readline() == f"{tmp_path / IMAGE}\n"
        assert waiting.wait(TIMEOUT) == 0


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of three concurrent builds, two in `one` and one in `other`, with a `cache` that was empty."""
    folder = tmp_path_factory.mktemp("at-once")
    env = {**os.environ, "XDG_CACHE_HOME": os.fspath(folder / "cache")}
    command = [*UNISHIM, "build", "--platform", "linux", *SMALL, "-o"]
    builds = [
        subprocess.Popen([*command, folder / name], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("one", "one", "other")
    ]
    outputs = [process.communicate(timeout=2 * TIMEOUT) for process in builds]
    assert [process.returncode for process in builds] == [0, 0, 0]
    assert sum("waiting for" in stderr for _, stderr in outputs) == 1
    return folder


def test_builds_at_once(at_once: Path) -> None:
    assert (at_once / "one" / IMAGE).read_bytes() == (at_once / "other" / IMAGE).read_bytes()
    assert compiled(build(at_once / "third", "-v", *SMALL, env={"XDG_CACHE_HOME": f"{at_once}/cache"})) == set()


def test_an_option_recompiles_what_mentions_it(tmp_path: Path, at_once: Path) -> None:
    # The store contains one configuration; now add one option.
    options = [*SMALL, "--set", "CONFIG_LIBVDSO=y"]
    second = compiled(build(tmp_path / "second", "-v", *options, env={"XDG_CACHE_HOME": f"{at_once}/cache"}))
    mentioned = ("CONFIG_LIBVDSO", "uk/vdso.h")
    mentions = {
        f"{path.parent.name}/{path.name}"
        for path in (ROOT / "kernel").rglob("*.[cS]")
        if any(word in path.read_text() for word in mentioned)
    }
    assert {"vdso/vdso.c"} <= second <= mentions | {"vdso/image.S"}
    # Reused and compiled objects form one image.
    build(tmp_path / "third", *options)
    assert (tmp_path / "third" / IMAGE).read_bytes() == (tmp_path / "second" / IMAGE).read_bytes()


def processes_of(folder: Path) -> list[int]:
    """Those that name a directory on their command lines."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_an_interrupted_build_leaves_nothing_and_resumes(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    env = {**os.environ, "XDG_CACHE_HOME": os.fspath(tmp_path / "cache")}
    command = [*UNISHIM, "build", "--platform", "linux", "-j", "1", *SMALL, "-o", folder]
    before = 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            deadline = time.monotonic() + TIMEOUT
            while len(list(folder.rglob("*.c.o"))) <= before + 3:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.02)
            process.send_signal(number)
            assert process.wait(TIMEOUT) == 130
            assert process.stderr and b"Traceback" not in process.stderr.read()
        assert processes_of(folder) == []
        assert not list(folder.glob("elfloader*"))
        before = len(list(folder.rglob("*.c.o")))
        for made in folder.rglob("*.c.o"):
            assert subprocess.run(["nm", made], check=False, capture_output=True, timeout=TIMEOUT).returncode == 0
    assert build(folder, *SMALL).returncode == 0
    assert build(tmp_path / "whole", *SMALL).returncode == 0
    assert (folder / IMAGE).read_bytes() == (tmp_path / "whole" / IMAGE).read_bytes()


FULL_DISK = """
set -e
mount -t tmpfs -o size=3m none "$1"
shift
status=0
"$@" || status=$?
test $status = 125
test -z "$(find "$MOUNTED" -name 'elfloader*')"
mount -o remount,size=64m "$MOUNTED"
exec "$@"
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """One line; the same command continues once there is space."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = [*UNISHIM, "build", "--platform", "linux", "-o", folder / "out"]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh", folder, *command],
        env={**os.environ, "MOUNTED": os.fspath(folder)},
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        f"unishim: {folder / 'out'}: No space left on device; free some space and build again: "
        "finished objects are kept"
    ]
    assert done.stdout == f"{folder / 'out' / IMAGE}\n"


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ([], "make, gcc, as, ld, objcopy: not installed, but needed to build; apt-get install make gcc binutils"),
        (["make", "as", "ld", "objcopy"], "gcc: not installed, but needed to build; apt-get install gcc"),
        (["make", "gcc", "as"], "ld, objcopy: not installed, but needed to build; apt-get install binutils"),
    ],
)
def test_missing_tools(tmp_path: Path, there: Sequence[str], words: str) -> None:
    (tmp_path / "bin").mkdir()
    for name in there:
        found = shutil.which(name)
        assert found
        (tmp_path / "bin" / name).symlink_to(found)
    done = build(tmp_path / "out", env={"PATH": os.fspath(tmp_path / "bin")})
    assert (done.returncode, done.stderr) == (125, f"unishim: {words}\n")


def test_a_source_that_does_not_compile(tmp_path: Path) -> None:
    library = tmp_path / "getcpu"
    shutil.copytree(ROOT / "examples" / "getcpu", library)
    source = library / "getcpu.c"
    good = source.read_text()
    source.write_text(f"{good}int broken = ;\n")
    options = [*GETCPU[:-1], library]
    done = build(tmp_path / "out", *options)
    line = good.count("\n") + 1
    assert done.returncode == 125
    assert done.stderr.startswith(f"unishim: {source}:{line}:") and "error: expected expression" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list((tmp_path / "out").glob("elfloader*"))
    source.write_text(good)
    assert build(tmp_path / "out", *options).returncode == 0


@pytest.mark.parametrize("name", ["a b", "a:b", "a$b", "a#b", "a'b"])
def test_paths_that_make_cannot_take(tmp_path: Path, name: str) -> None:
    environment = {"XDG_CACHE_HOME": os.fspath(tmp_path / "cache")}
    folder, library = tmp_path / name, tmp_path / f"{name} library"
    shutil.copytree(ROOT / "examples" / "getcpu", library)
    shutil.copytree(object_store(), tmp_path / "cache" / "unishim" / "objects")
    options = [*GETCPU[:-1], library]
    assert build(folder, *options, env=environment).stdout == f"{folder / IMAGE}\n"
    # With the same names again, nothing is rebuilt.
    made = (folder / "libgetcpu.o").stat().st_mtime_ns
    again = build(folder, "-v", *options, env=environment)
    assert compiled(again) == set()
    assert (folder / "libgetcpu.o").stat().st_mtime_ns == made
    (library / "getcpu.c").write_text("int nothing;\n")
    done = build(folder, *options, env=environment)
    assert (done.returncode, done.stderr.count("\n")) == (125, 1)
    assert done.stderr.startswith(f"unishim: {library}/Makefile.uk:5: getcpu is registered")


def test_a_cache_that_make_cannot_take(tmp_path: Path) -> None:
    done = build(tmp_path / "a b", env={"XDG_CACHE_HOME": os.fspath(tmp_path / "c d")})
    assert (done.returncode, done.stderr.count("\n")) == (125, 1)
    assert "make does not support ' ' in a path" in done.stderr


def test_a_library_that_exports_nothing() -> None:
    library = ensure_image("linux").with_name("lib9p.o")
    symbols = subprocess.check_output(["nm", "--defined-only", library], text=True, timeout=TIMEOUT)
    assert re.search(r" [td] ninep_\w+$", symbols, re.MULTILINE)
    assert not re.search(r" [A-Z] ", symbols)


def test_invalid_directories(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = build(tmp_path / "file" / "out")
    assert (done.returncode, done.stderr.count("\n")) == (125, 1)
    assert "Not a directory" in done.stderr


def test_progress_on_a_terminal(tmp_path: Path) -> None:
    build(tmp_path, *SMALL)
    shown = on_a_terminal(tmp_path, {"TERM": "xterm"})
    assert b"Building the kernel" in shown and re.search(rb"\d+/\d+", shown)
    assert b"\x1b[3" in shown
    assert b"\x1b[3" not in on_a_terminal(tmp_path, {"TERM": "xterm", "NO_COLOR": "1"})
    assert b"\x1b[" not in on_a_terminal(tmp_path, {"TERM": "dumb"})


def on_a_terminal(folder: Path, variables: dict[str, str]) -> bytes:
    """The terminal output of a build that compiles one object."""
    made = folder / "librandom"
    shutil.rmtree(made)
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    env |= {"XDG_CACHE_HOME": os.fspath(folder / "cache"), **variables}
    ours, theirs = pty.openpty()
    with subprocess.Popen([*UNISHIM, "build", "-o", folder], env=env, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # EIO: the other side is closed
                break
        assert process.stdout and process.stdout.read() == os.fsencode(f"{folder / IMAGE}\n")
    os.close(ours)
    assert process.returncode == 0
    shutil.rmtree(folder / "cache")
    return shown


def test_no_progress_without_a_terminal(tmp_path: Path) -> None:
    done = build(tmp_path)
    assert (done.stdout, done.stderr) == (f"{tmp_path / IMAGE}\n", "")
