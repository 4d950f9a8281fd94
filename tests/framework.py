"""Builds guest programs, and runs them natively and on the unikernel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import run_linux
from unishim.platforms.outcome import Outcome
from unishim.platforms.qemu.machine import run_machine
from unishim.platforms.qemu.plan import plan_machine
from unishim.platforms.qemu.streams import open_streams
from unishim.platforms.registry import PLATFORMS
from unishim.running.options import Options


def build_kernel(folder: Path, options: Mapping[str, str], libraries: Sequence[Path] = ()) -> Path:
    """Builds an image for the platform of the test."""
    from unishim.build.image import build

    platform = os.environ.get("UNISHIM_PLATFORM", "qemu")
    return build(folder, {PLATFORMS[platform].symbol: "y", **options}, libraries)


ROOT = Path(__file__).parent.parent
GUESTS = ROOT / "tests" / "guest"
TIMEOUT = 180  # seconds for each program that a test starts, on a machine that does much else
TOOLCHAINS = ("gcc", "clang", "musl")
MUSL = Path("/usr/lib/x86_64-linux-musl")
UNISHIM: list[str | Path] = [sys.executable, "-m", "unishim.cli"]


@dataclass(frozen=True)
class Run:
    """The result of a program."""

    status: int
    stdout: bytes
    stderr: bytes


def compile_guest(source: Path, output: Path, toolchain: str, flags: Sequence[str] = ()) -> Path:
    """Builds a static-PIE; the file name decides between C and C++."""
    compilers = {"gcc": "g++", "clang": "clang++"} if source.suffix == ".cpp" else {"musl": "musl-gcc"}
    compiler = compilers.get(toolchain, toolchain)
    common = ["-O2", "-g", "-fpie", "-Wall", *flags]
    if toolchain != "musl":
        _call([compiler, *common, "-static-pie", os.fspath(source), "-o", os.fspath(output)])
        return output
    # Debian's wrapper does not support -static-pie: link by hand, with the start file that relocates.
    object_file = output.with_suffix(".o")
    _call([compiler, *common, "-c", os.fspath(source), "-o", os.fspath(object_file)])
    begin, end, runtime = (
        _call(["gcc", f"-print-file-name={name}"]).stdout.decode().strip()
        for name in ("crtbeginS.o", "crtendS.o", "libgcc.a")
    )
    start = [os.fspath(MUSL / name) for name in ("rcrt1.o", "crti.o")]
    command = ["gcc", "-nostdlib", "-static-pie", "-o", os.fspath(output), *start, begin, os.fspath(object_file)]
    _call([*command, f"-L{MUSL}", "-lc", runtime, end, os.fspath(MUSL / "crtn.o")])
    return output


def _call(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.decode()}"
    return done


def run_native(
    argv: Sequence[str | Path], *, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Run:
    """Runs a program on the host; the status is as in a shell."""
    done = subprocess.run(argv, check=False, input=stdin, env=env or {}, cwd=cwd, capture_output=True, timeout=TIMEOUT)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Run(status, done.stdout, done.stderr)


def used_files(argv: Sequence[str | Path], *folders: str, cwd: Path | None = None) -> list[str]:
    """The regular files in `folders` that a native run accesses; all files there may be too many to pack."""
    with tempfile.NamedTemporaryFile("r") as log:
        run_native(["strace", "-f", "-qq", "-e", "trace=%file", "-s", "4096", "-o", log.name, *argv], cwd=cwd)
        names = set(re.findall(r'"(/[^"]*)".* = \d', log.read()))
    found = (name for name in names if any(name.startswith(f"{folder}/") for folder in folders))
    return sorted(name for name in found if Path(name).is_file())


def add_options(files: Sequence[str]) -> list[str]:
    """Options that pack files."""
    return [word for name in files for word in ("--add", name)]


def run_guest(
    argv: Sequence[str | Path],
    *options: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> Run:
    """Runs a program with the command `unishim run`."""
    variables = [word for name, value in (env or {}).items() for word in ("--env", f"{name}={value}")]
    command: list[str | Path] = [
        *UNISHIM,
        "run",
        "--quiet",
        "--accel",
        "tcg",
        "--timeout",
        str(TIMEOUT / 2),
        *variables,
        *options,
    ]
    done = subprocess.run([*command, *argv], check=False, input=stdin, capture_output=True, timeout=TIMEOUT)
    return Run(done.returncode, done.stdout, done.stderr)


def boot_raw(good: Path, initrd: Path | None, append: str | None = None, **options: object) -> tuple[Outcome, bytes]:
    """Boots a file that the host would refuse; returns the outcome and the kernel's console output.

    `good` is any program that the host accepts; `initrd` is what runs (None: no initrd at all).
    """
    known = Options(accelerator="tcg").replace(**options)
    argv = [os.fspath(good)]
    file = None if initrd is None else os.fspath(initrd)
    console = os.memfd_create("console")
    devnull = os.open(os.devnull, os.O_RDWR)
    try:
        if os.environ.get("UNISHIM_PLATFORM") == "linux":
            process = plan_linux(known.replace(platform="linux"), argv, terminals=0).replace(initrd=file)
            if append is not None:
                process = process.replace(parameters=append, argv=())
            outcome = run_linux(process, (devnull, devnull, console), TIMEOUT / 2)
        else:
            machine = replace(plan_machine(known, argv, terminals=0), initrd=file)
            if append is not None:
                machine = replace(machine, append=append)
            with open_streams(devnull, devnull, console) as streams:
                outcome = run_machine(machine, streams, TIMEOUT / 2)
        os.lseek(console, 0, os.SEEK_SET)
        return outcome, os.read(console, 1 << 20)
    finally:
        os.close(console)
        os.close(devnull)
