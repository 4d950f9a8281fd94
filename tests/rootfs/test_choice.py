"""What a run passes to the kernel, and `unishim pack`."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.framework import TIMEOUT, UNISHIM
from tests.rootfs.programs import make_library, make_program
from tests.rootfs.trees import extract, facts_of, make_folder, pack
from unishim.platforms.command_line import split
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.qemu.plan import plan_machine
from unishim.rootfs import choice
from unishim.running.dry_run import dry_run
from unishim.running.options import Options


def planned(options: Options, argv: list[str], tmp_path: Path) -> tuple[Path, list[str]]:
    """A copy of the kernel's initrd, and the words of its command line; the same for both platforms."""
    plans = []
    for platform in ("linux", "qemu"):
        given = options.replace(platform=platform, kernel=sys.executable, accelerator="tcg")
        with ExitStack() as stack:
            if platform == "linux":
                process = plan_linux(given, argv, 0, stack)
                initrd, line = process.initrd, [*split(process.parameters), "--", *process.argv]
            else:
                machine = plan_machine(given, argv, 0, stack, clock=False)
                initrd, line = machine.initrd, split(machine.append)
            assert initrd is not None
            plans.append((Path(initrd).read_bytes(), [word for word in line if not word.startswith("virtio_mmio")]))
        assert choice.is_packed(initrd) != Path(initrd).exists()
    assert plans[0] == plans[1]
    output = tmp_path / "initrd"
    output.write_bytes(plans[0][0])
    return output, plans[0][1]


def test_dynamic_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its own path, which the kernel gets; argv is as typed."""
    library = make_library(tmp_path / "lib" / "libfirst.so")
    make_program(tmp_path / "bin" / "my program", needs=[library])
    monkeypatch.chdir(tmp_path / "bin")
    options = Options(env={"LD_LIBRARY_PATH": os.fspath(library.parent)})
    initrd, words = planned(options, ["./my program", "argument"], tmp_path)
    assert words == [
        "quiet",
        f"exe={tmp_path}/bin/my program",
        f"env=LD_LIBRARY_PATH={library.parent}",
        "--",
        "./my program",
        "argument",
    ]
    root = extract(initrd, tmp_path / "root")
    inside = root / str(tmp_path).lstrip("/")
    assert (inside / "bin" / "my program").read_bytes() == Path("my program").read_bytes()
    assert (inside / "lib" / "libfirst.so").read_bytes() == library.read_bytes()


def test_static_program_is_given_as_it_is(tmp_path: Path, hello: Path) -> None:
    for options, argv in ((Options(), [os.fspath(hello), "x"]), (Options(initrd=hello), ["name", "x"])):
        initrd, words = planned(options, argv, tmp_path)
        assert initrd.read_bytes() == hello.read_bytes()
        assert words == ["quiet", "--", *argv]


def test_static_program_with_additions(tmp_path: Path, hello: Path) -> None:
    initrd, words = planned(Options(add=["/etc/passwd:/x"]), [os.fspath(hello)], tmp_path)
    assert words[1] == f"exe={hello}"
    assert (extract(initrd, tmp_path / "root") / "x").read_bytes() == Path("/etc/passwd").read_bytes()


@pytest.mark.parametrize("kind", ["folder", "cpio", "tar.gz"])
def test_archives(tmp_path: Path, kind: str) -> None:
    """The guest looks up the program's name."""
    folder = make_folder(tmp_path / "folder")
    source = tmp_path / "source"
    if kind == "cpio":
        pack(folder, source)
    elif kind == "folder":
        source = folder
    else:
        (folder / "disk").unlink(missing_ok=True)
        tar = subprocess.run(["tar", "-c", "."], cwd=folder, check=True, capture_output=True, timeout=TIMEOUT).stdout
        source.write_bytes(gzip.compress(tar))
    initrd, words = planned(Options(initrd=source), ["bin/app", "args"], tmp_path)
    assert words == ["quiet", "--", "bin/app", "args"]
    assert facts_of(extract(initrd, tmp_path / "root")) == facts_of(folder)


def test_without_libraries(tmp_path: Path) -> None:
    """Only the program's file, unchanged; with additions, an archive of the program and these."""
    program = make_program(tmp_path / "program")
    initrd, words = planned(Options(with_libs=False), [os.fspath(program)], tmp_path)
    assert initrd.read_bytes() == program.read_bytes()
    assert words == ["quiet", "--", os.fspath(program)]
    initrd, _ = planned(Options(with_libs=False, add=["/etc/passwd:/x"]), [os.fspath(program)], tmp_path)
    files = {path.name for path in extract(initrd, tmp_path / "root").rglob("*") if path.is_file()}
    assert files == {"program", "x"}


def test_dry_run_packs_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = make_program(tmp_path / "program")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    options = Options(
        platform="linux", kernel=sys.executable, add=["/etc/passwd:/a b"], env={"LD_LIBRARY_PATH": "/x"}, memory="64M"
    )
    line = dry_run(options, [os.fspath(program), "argument"])
    packing, _, running = line.partition(" && ")
    assert running.startswith(f"{sys.executable} -k 65536 -i initrd.cpio -p ")
    subprocess.run(packing, shell=True, check=True, timeout=TIMEOUT)
    initrd, _ = planned(options, [os.fspath(program), "argument"], tmp_path / "..")
    assert (tmp_path / "initrd.cpio").read_bytes() == initrd.read_bytes()
    folder = make_folder(tmp_path / "folder")
    line = dry_run(Options(platform="qemu", kernel=sys.executable, initrd=folder, keep_times=True), ["/bin/x"])
    assert line.startswith(f"unishim pack -o initrd.cpio --keep-times -- {folder} && qemu-system-x86_64 ")
    assert "-initrd initrd.cpio" in line


def test_static_programs_import_nothing_of_it(hello: Path) -> None:
    """Start-up time matters."""
    code = (
        "import sys; from contextlib import ExitStack; from unishim.rootfs import choice;"
        "from unishim.platforms.linux import plan; from unishim.running import options;"
        "chosen = options.Options(platform='linux', kernel=sys.executable);"
        f"plan.plan_linux(chosen, [{os.fspath(hello)!r}], 0, ExitStack());"
        "print([name for name in sys.modules if name.startswith(('unishim.rootfs.', 'elftools', 'tarfile'))])"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=TIMEOUT)
    assert output == "['unishim.rootfs.choice']\n"


def run_pack(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*UNISHIM, "pack", *words], check=False, capture_output=True, timeout=TIMEOUT, cwd=cwd)


def test_pack_command(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    output = tmp_path / "archive"
    done = run_pack(folder, "-o", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert facts_of(extract(output, tmp_path / "root")) == facts_of(folder)
    umask = os.umask(0)
    os.umask(umask)
    assert output.stat().st_mode & 0o777 == 0o666 & ~umask
    assert run_pack(folder, "-o", "-").stdout == output.read_bytes()
    assert run_pack(output, "-o", tmp_path / "again").returncode == 0
    assert (tmp_path / "again").read_bytes() == output.read_bytes()


def test_pack_to_other_targets_than_files(tmp_path: Path) -> None:
    """A FIFO or a device is written to directly; a symbolic link determines the file that is written."""
    folder = make_folder(tmp_path / "folder")
    expected = run_pack(folder, "-o", "-").stdout
    (tmp_path / "link").symlink_to("file")
    assert run_pack(folder, "-o", tmp_path / "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == expected
    os.mkfifo(tmp_path / "fifo")
    with (tmp_path / "read").open("wb") as file, subprocess.Popen(["cat", tmp_path / "fifo"], stdout=file) as reader:
        assert run_pack(folder, "-o", tmp_path / "fifo").returncode == 0
        assert reader.wait(timeout=TIMEOUT) == 0
    assert (tmp_path / "read").read_bytes() == expected
    assert (tmp_path / "fifo").is_fifo()
    done = run_pack(folder, "-o", "/dev/full")
    assert done.stderr == b"unishim: -o /dev/full: No space left on device\n"
    assert Path("/dev/full").is_char_device()


def test_pack_lists(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"x" * 5000)
    (folder / "link").symlink_to("file")
    for path, mode in ((folder, 0o755), (folder / "file", 0o640)):
        path.chmod(mode)
    done = run_pack("--list", folder)
    lines = ["drwxr-xr-x          0 .", "-rw-r-----       5000 file", "lrwxrwxrwx          4 link -> file"]
    assert done.stdout.decode().splitlines() == lines


def test_pack_program(tmp_path: Path) -> None:
    done = run_pack("--list", "/bin/ls", "--env", "LD_LIBRARY_PATH=/none")
    assert b"libc.so.6" in done.stdout
    assert run_pack("--list", "--without-libs", "/bin/ls").stdout.count(b"\n-") == 1


def test_pack_fails_in_one_line(tmp_path: Path, hello: Path) -> None:
    (tmp_path / "text").write_text("text")
    (tmp_path / "program.gz").write_bytes(gzip.compress(hello.read_bytes()))
    (tmp_path / "old").write_text("old")
    for words, status, text in (
        (["/no/such", "-o", "x"], 127, "/no/such: no such file"),
        ([tmp_path / "text", "-o", "x"], 126, "neither a program"),
        ([tmp_path / "text", "-o", tmp_path / "old"], 126, "neither a program"),
        ([hello], 125, "nothing to do"),
        ([hello, "-o", "/no/such/folder/x"], 125, "-o /no/such/folder/x: No such file or directory"),
        ([tmp_path / "program.gz", "-o", "x"], 125, "a compressed program"),
        ([hello, "--add", "/no/such", "-o", "x"], 127, "--add /no/such: no such file or directory"),
    ):
        done = run_pack(*words, cwd=tmp_path)
        assert (done.returncode, done.stderr.count(b"\n")) == (status, 1), words
        assert done.stderr.startswith(b"unishim: ")
        assert text in done.stderr.decode()
    assert {path.name for path in tmp_path.iterdir()} == {"text", "program.gz", "old"}
    assert (tmp_path / "old").read_text() == "old"
