"""Programs and libraries, linked in all ways, and what the real loaders report about them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.framework import TIMEOUT
from tests.rootfs.trees import MEMORY, extract, write_to
from unishim.rootfs.entry import Entry
from unishim.rootfs.source import Packing, read_program

_LINE = re.compile(r"(?:\S+ => |^\s*)(/\S+) \(0x", re.MULTILINE)


def make_library(path: Path, *flags: str | Path, needs: Sequence[Path] = (), soname: str | None = None) -> Path:
    """A library whose function `<stem>` returns its own path and those of its dependencies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = _function(path)
    calls = "".join(f" {_function(need)}();" for need in needs)
    declarations = "".join(f"void {_function(need)}(void);" for need in needs)
    source = f'#include <stdio.h>\n{declarations}void {name}(void) {{ puts("{path}");{calls} }}'
    _link(["-shared", "-fPIC", f"-Wl,-soname,{soname or path.name}"], source, path, needs, flags)
    return path


def make_program(path: Path, *flags: str | Path, needs: Sequence[Path] = (), compiler: str = "gcc") -> Path:
    """A program that calls the functions of its dependencies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    calls = "".join(f" {_function(need)}();" for need in needs)
    declarations = "".join(f"void {_function(need)}(void);" for need in needs)
    source = f'#include <stdio.h>\n{declarations}int main(void) {{ puts("main");{calls} return 0; }}'
    _link([], source, path, needs, flags, compiler)
    return path


def _function(path: Path) -> str:
    return re.sub(r"\W", "_", path.name.partition(".")[0])


def _link(
    kind: Sequence[str],
    source: str,
    output: Path,
    needs: Sequence[Path],
    flags: Sequence[str | Path],
    compiler: str = "gcc",
) -> None:
    command: list[str | Path] = [compiler, *kind, "-x", "c", "-", "-x", "none", "-o", output, "-Wl,--no-as-needed"]
    command += [*needs, "-Wl,--allow-shlib-undefined", *flags]
    done = subprocess.run(command, input=source, text=True, check=False, capture_output=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr


def loaded_by_loader(program: Path, environment: Mapping[str, str], loader: Sequence[str] = ()) -> set[str] | None:
    """The files that the real loader loads, including itself; None if one is missing."""
    command = [*loader, os.fspath(program)]
    variables = {"LD_TRACE_LOADED_OBJECTS": "1", **environment}
    done = subprocess.run(command, env=variables, cwd="/", check=False, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode or "not found" in done.stdout:
        return None
    return {os.path.realpath(path) for path in _LINE.findall(done.stdout)}


def packed(program: Path | str, environment: Mapping[str, str], additions: Sequence[str] = ()) -> list[Entry]:
    """The files packed for a program."""
    packing = Packing(MEMORY, additions, environment=environment)
    entries = read_program(os.fspath(program), packing).entries
    assert entries is not None
    return entries


def libraries_of(entries: Sequence[Entry], program: Path) -> set[str]:
    """The regular files except the program and the loader's configuration."""
    files = {"/" + os.fsdecode(entry.name) for entry in entries if entry.is_regular}
    return files - {os.path.realpath(program), "/etc/ld.so.cache", "/etc/ld-musl-x86_64.path"}


def run_packed(entries: Sequence[Entry], folder: Path, argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """The output of a program in a root file system with only the archive's files."""
    folder.mkdir()
    root = extract(write_to(folder / "archive", entries), folder / "root")
    (root / "proc").mkdir()  # $ORIGIN comes from /proc/self/exe
    script = '/bin/mount --rbind /proc "$0/proc" && exec /usr/sbin/chroot "$0" "$@"'
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    command: list[str | Path] = ["/usr/bin/unshare", "--mount", *user, "/bin/sh", "-c", script, root, *argv]
    done = subprocess.run(command, env=dict(environment), check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
