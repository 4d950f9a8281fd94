"""The libraries that are found, compared with the real loaders; and programs that run with nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.framework import TIMEOUT
from tests.rootfs.programs import libraries_of, loaded_by_loader, make_library, make_program, packed, run_packed
from unishim.errors import BinaryError, BinaryNotFoundError
from unishim.rootfs.ld_so_cache import read_cache

Scene = Callable[[Path], tuple[Path, Mapping[str, str]]]
OLD = "-Wl,--disable-new-dtags"
NEW = "-Wl,--enable-new-dtags"
LOADER = "/lib64/ld-linux-x86-64.so.2"
MUSL_LOADER = "/lib/ld-musl-x86_64.so.1"


def runpath(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "lib" / "libfirst.so")
    return make_program(top / "bin" / "program", NEW, "-Wl,-rpath,$ORIGIN/../lib", needs=[library]), {}


def rpath_is_inherited(top: Path) -> tuple[Path, Mapping[str, str]]:
    inner = make_library(top / "lib" / "libinner.so")
    outer = make_library(top / "lib" / "libouter.so", needs=[inner])
    return make_program(top / "program", OLD, f"-Wl,-rpath,{top}/none:{top}/lib", needs=[outer]), {}


def runpath_is_not_inherited(top: Path) -> tuple[Path, Mapping[str, str]]:
    inner = make_library(top / "lib" / "libinner.so")
    outer = make_library(top / "lib" / "libouter.so", needs=[inner])
    return make_program(top / "program", NEW, f"-Wl,-rpath,{top}/lib", needs=[outer]), {}


def rpath_ends_at_runpath(top: Path) -> tuple[Path, Mapping[str, str]]:
    """A library with a RUNPATH does not use those of the objects that loaded it."""
    inner = make_library(top / "lib" / "libinner.so")
    outer = make_library(top / "lib" / "libouter.so", NEW, "-Wl,-rpath,/none", needs=[inner])
    return make_program(top / "program", OLD, f"-Wl,-rpath,{top}/lib", needs=[outer]), {}


def rpath_before_library_path(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "one" / "libfirst.so")
    make_library(top / "other" / "libfirst.so")
    program = make_program(top / "program", OLD, f"-Wl,-rpath,{top}/one", needs=[library])
    return program, {"LD_LIBRARY_PATH": f"{top}/other"}


def library_path_before_runpath(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "one" / "libfirst.so")
    make_library(top / "other" / "libfirst.so")
    program = make_program(top / "program", NEW, f"-Wl,-rpath,{top}/one", needs=[library])
    return program, {"LD_LIBRARY_PATH": f"/none;:{top}/other"}


def library_path_of_origin(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "lib" / "libfirst.so")
    return make_program(top / "bin" / "program", needs=[library]), {"LD_LIBRARY_PATH": "${ORIGIN}/../lib"}


PLATFORMS = ("haswell", "xeon_phi", "x86_64")  # possible values of glibc's $PLATFORM


def platform_of_this_machine() -> str:
    """The value of $PLATFORM here, as the loader reports it; it depends on processor and glibc."""
    command = [LOADER, "--list-diagnostics"]
    found = re.search(
        r'^dl_platform="(\w+)"$', subprocess.check_output(command, text=True, timeout=TIMEOUT), re.MULTILINE
    )
    assert found
    return found[1]


def tokens(top: Path) -> tuple[Path, Mapping[str, str]]:
    lib = subprocess.check_output(["gcc", "-print-multiarch"], text=True, timeout=TIMEOUT).strip()
    library = make_library(top / "lib" / lib / "libfirst.so")
    other = [make_library(top / platform / "libsecond.so") for platform in PLATFORMS][-1]
    paths = "-Wl,-rpath,$ORIGIN/$LIB:$ORIGIN/${PLATFORM}:$ORIGINAL"
    return make_program(top / "program", NEW, paths, needs=[library, other]), {}


def origin_of_a_library(top: Path) -> tuple[Path, Mapping[str, str]]:
    """Where it was found, not the target of its symbolic link; for the program, its real location."""
    make_library(top / "real" / "deep" / "libinner.so")
    inner = make_library(top / "lib" / "deep" / "libinner.so")
    outer = make_library(top / "real" / "libouter.so", NEW, "-Wl,-rpath,$ORIGIN/deep", needs=[inner])
    (top / "lib" / "libouter.so").symlink_to(outer)
    program = make_program(top / "bin" / "program", NEW, "-Wl,-rpath,$ORIGIN/../lib", needs=[top / "lib" / outer.name])
    (top / "elsewhere").mkdir()
    (top / "elsewhere" / "name").symlink_to(program)
    return top / "elsewhere" / "name", {}


def name_with_a_slash(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "lib" / "libfirst.so", soname=f"{top}/lib/libfirst.so")
    return make_program(top / "program", needs=[library]), {}


def other_name_in_the_file(top: Path) -> tuple[Path, Mapping[str, str]]:
    """Needed by its DT_SONAME, which is a symbolic link to the file; and needed twice, by two objects."""
    inner = make_library(top / "lib" / "libinner.so.1.2", soname="libinner.so.1")
    (top / "lib" / "libinner.so.1").symlink_to("libinner.so.1.2")
    outer = make_library(top / "lib" / "libouter.so", needs=[inner])
    return make_program(top / "program", OLD, f"-Wl,-rpath,{top}/lib", needs=[outer, inner]), {}


def wrong_files_on_the_way(top: Path) -> tuple[Path, Mapping[str, str]]:
    """A library for 32-bit programs is skipped."""
    library = make_library(top / "lib" / "libfirst.so")
    data = bytearray(library.read_bytes())
    data[4], data[18] = 1, 3
    (top / "lib32").mkdir()
    (top / "lib32" / "libfirst.so").write_bytes(data)
    return make_program(top / "program", f"-Wl,-rpath,{top}/lib32:{top}/lib", needs=[library]), {}


def preloaded(top: Path) -> tuple[Path, Mapping[str, str]]:
    inner = make_library(top / "lib" / "libinner.so")
    library = make_library(top / "libpreloaded.so", f"-Wl,-rpath,{top}/lib", needs=[inner])
    return make_program(top / "program"), {"LD_PRELOAD": f"{library} libm.so.6"}


def no_default_folders(top: Path) -> tuple[Path, Mapping[str, str]]:
    return make_program(top / "program", "-Wl,-z,nodefaultlib", "-lm", "-Wl,--no-as-needed"), {}


def not_position_independent(top: Path) -> tuple[Path, Mapping[str, str]]:
    library = make_library(top / "lib" / "libfirst.so")
    return make_program(top / "program", "-no-pie", f"-Wl,-rpath,{top}/lib", needs=[library]), {}


SCENES: list[Scene] = [
    runpath,
    rpath_is_inherited,
    runpath_is_not_inherited,
    rpath_ends_at_runpath,
    rpath_before_library_path,
    library_path_before_runpath,
    library_path_of_origin,
    tokens,
    origin_of_a_library,
    name_with_a_slash,
    other_name_in_the_file,
    wrong_files_on_the_way,
    preloaded,
    no_default_folders,
    not_position_independent,
]
MISSING = {"runpath_is_not_inherited", "rpath_ends_at_runpath", "no_default_folders"}


@pytest.mark.parametrize("scene", SCENES, ids=[scene.__name__ for scene in SCENES])
def test_as_the_loader(tmp_path: Path, scene: Scene) -> None:
    program, environment = scene(tmp_path / "top")
    expected = loaded_by_loader(program, environment)
    assert (expected is None) == (scene.__name__ in MISSING)
    if expected is None:
        with pytest.raises(BinaryNotFoundError, match=r"needs lib\S+, which was not found; add it with --add FILE:/"):
            packed(program, environment)
        return
    entries = packed(program, environment)
    found = libraries_of(entries, program)
    if scene is tokens:  # the guest's processor may differ
        seconds = {platform: f"{tmp_path}/top/{platform}/libsecond.so" for platform in PLATFORMS}
        assert seconds.pop(platform_of_this_machine()) in expected
        assert found - expected == set(seconds.values())
        found = found & expected
    assert found == expected
    native = subprocess.check_output([program], env=dict(environment), text=True, cwd="/", timeout=TIMEOUT)
    assert run_packed(entries, tmp_path / "run", [os.fspath(program)], environment) == native


def test_programs_of_the_system() -> None:
    """Everything that ld.so lists, and nothing else, for installed programs."""
    seen = 0
    for path in sorted(Path("/usr/bin").iterdir()):
        if path.is_symlink() or not path.is_file() or seen == 120:
            continue
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        expected = loaded_by_loader(path, {}, ["/lib64/ld-linux-x86-64.so.2", "--list"])
        if expected is not None:
            assert libraries_of(packed(path, {}), path) == expected, path
            seen += 1
    assert seen > 50


def test_libraries_of_musl(tmp_path: Path) -> None:
    """Its own rules: RUNPATH is inherited, LD_LIBRARY_PATH precedes it, and there is no cache."""
    flags = ["-nostdlib", NEW]
    inner = make_library(tmp_path / "lib" / "libinner.so", "-nostdlib", "-U_FORTIFY_SOURCE")
    outer = make_library(tmp_path / "lib" / "libouter.so", *flags, needs=[inner])
    make_library(tmp_path / "other" / "libinner.so", "-nostdlib")
    program = make_program(
        tmp_path / "bin" / "program", NEW, "-Wl,-rpath,$ORIGIN/../lib", needs=[outer], compiler="musl-gcc"
    )
    for environment in ({}, {"LD_LIBRARY_PATH": f"/none:{tmp_path}/other"}):
        expected = loaded_by_loader(program, environment, [MUSL_LOADER, "--list"])
        assert expected
        entries = packed(program, environment)
        assert libraries_of(entries, program) == {*expected, os.path.realpath(MUSL_LOADER)}
        native = subprocess.check_output([program], env=environment, text=True, timeout=TIMEOUT)
        folder = tmp_path / f"run{len(environment)}"
        assert run_packed(entries, folder, [os.fspath(program)], environment) == native
        assert "/etc/ld.so.cache" not in {"/" + os.fsdecode(entry.name) for entry in entries}


def test_path_file_of_musl(tmp_path: Path) -> None:
    library = make_library(tmp_path / "hidden" / "libfirst.so", "-nostdlib")
    program = make_program(tmp_path / "program", needs=[library], compiler="musl-gcc")
    with pytest.raises(BinaryNotFoundError, match=r"needs libfirst\.so"):
        packed(program, {})
    (tmp_path / "paths").write_text(f"/lib\n{tmp_path}/hidden:/usr/lib\n")
    entries = packed(program, {}, [f"{tmp_path}/paths:/etc/ld-musl-x86_64.path"])
    assert run_packed(entries, tmp_path / "run", [os.fspath(program)], {}) == f"main\n{library}\n"


def test_only_in_the_cache(tmp_path: Path) -> None:
    """As in /etc/ld.so.conf.d: the cache is packed, and the loader in the guest uses it to find the library."""
    library = make_library(tmp_path / "hidden" / "libonly-in-cache.so.7")
    program = make_program(tmp_path / "program", needs=[library])
    with pytest.raises(BinaryNotFoundError, match=r"program: needs libonly-in-cache\.so\.7"):
        packed(program, {})
    for old in ("old", "new"):
        cache = tmp_path / f"cache-{old}"
        (tmp_path / "conf").write_text(f"{tmp_path}/hidden\n")
        kind = "compat" if old == "old" else "new"
        command: list[str | Path] = ["/sbin/ldconfig", "-c", kind, "-X", "-f", tmp_path / "conf", "-C", cache]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
        assert read_cache(cache.read_bytes())[library.name] == [os.fspath(library)]
        entries = packed(program, {}, [f"{cache}:/etc/ld.so.cache"])
        assert run_packed(entries, tmp_path / old, [os.fspath(program)], {}) == f"main\n{library}\n"


def test_cache_as_ldconfig_prints_it() -> None:
    text = subprocess.check_output(["/sbin/ldconfig", "-p"], text=True, timeout=TIMEOUT)
    lines = [line.split() for line in text.splitlines()[1:] if "=>" in line]
    expected: dict[str, list[str]] = {}
    for line in lines:
        if "(libc6,x86-64" in " ".join(line):
            expected.setdefault(line[0], []).append(line[-1])
    assert read_cache(Path("/etc/ld.so.cache").read_bytes()) == expected


def test_variants_for_processors(tmp_path: Path) -> None:
    """All of them, because the guest's processor may differ from this one; and the plain one, for every processor."""
    library = make_library(tmp_path / "lib" / "libfirst.so")
    make_library(tmp_path / "lib" / "glibc-hwcaps" / "x86-64-v2" / "libfirst.so")
    inner = make_library(tmp_path / "lib" / "libinner.so")
    make_library(tmp_path / "lib" / "glibc-hwcaps" / "x86-64-v4" / "libfirst.so", needs=[inner])
    make_library(tmp_path / "later" / "libfirst.so")
    program = make_program(tmp_path / "program", OLD, f"-Wl,-rpath,{tmp_path}/lib:{tmp_path}/later", needs=[library])
    found = {name for name in libraries_of(packed(program, {}), program) if name.startswith(os.fspath(tmp_path))}
    hwcaps = tmp_path / "lib" / "glibc-hwcaps"
    names = [library, inner, hwcaps / "x86-64-v2" / "libfirst.so", hwcaps / "x86-64-v4" / "libfirst.so"]
    assert found == {os.fspath(name) for name in names}


def test_variants_in_the_cache(tmp_path: Path) -> None:
    library = make_library(tmp_path / "lib" / "libfirst.so")
    variant = make_library(tmp_path / "lib" / "glibc-hwcaps" / "x86-64-v3" / "libfirst.so")
    program = make_program(tmp_path / "program", needs=[library])
    (tmp_path / "conf").write_text(f"{tmp_path}/lib\n")
    command: list[str | Path] = ["/sbin/ldconfig", "-X", "-f", tmp_path / "conf", "-C", tmp_path / "cache"]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    found = libraries_of(packed(program, {}, [f"{tmp_path}/cache:/etc/ld.so.cache"]), program)
    assert {os.fspath(library), os.fspath(variant)} <= found


def test_added_library(tmp_path: Path) -> None:
    """Files from --add are found when libraries are searched, at their paths in the guest."""
    inner = make_library(tmp_path / "build" / "libinner.so")
    outer = make_library(tmp_path / "build" / "libouter.so", needs=[inner])
    program = make_program(tmp_path / "program", needs=[outer])
    additions = [f"{tmp_path}/build:/opt/libraries"]
    environment = {"LD_LIBRARY_PATH": "/opt/libraries"}
    entries = packed(program, environment, additions)
    assert run_packed(entries, tmp_path / "run", [os.fspath(program)], environment) == f"main\n{outer}\n{inner}\n"
    outer.unlink()
    with pytest.raises(BinaryNotFoundError) as caught:
        packed(program, environment, additions)
    fix = "add it with --add FILE:/usr/lib/libouter.so"
    assert str(caught.value) == f"{program}: needs libouter.so, which was not found; {fix}"
    entries = packed(program, {}, [f"{make_library(outer)}:/usr/lib/libouter.so", f"{inner}:/usr/lib/libinner.so"])
    assert run_packed(entries, tmp_path / "again", [os.fspath(program)], {}) == f"main\n{outer}\n"


def test_interpreter(tmp_path: Path) -> None:
    program = make_program(tmp_path / "program", "-Wl,--dynamic-linker,/no/ld.so")
    with pytest.raises(BinaryNotFoundError) as caught:
        packed(program, {})
    words = "its interpreter /no/ld.so: no such file; add it with --add FILE:/no/ld.so"
    assert str(caught.value) == f"{program}: {words}"
    entries = packed(program, {}, ["/lib64/ld-linux-x86-64.so.2:/no/ld.so"])
    assert run_packed(entries, tmp_path / "run", [os.fspath(program)], {}) == "main\n"
    folder = tmp_path / "folder"
    folder.mkdir()
    program = make_program(tmp_path / "program", f"-Wl,--dynamic-linker,{folder}")
    with pytest.raises(BinaryError, match="is a directory"):
        packed(program, {})


def test_damaged_library(tmp_path: Path) -> None:
    library = make_library(tmp_path / "lib" / "libfirst.so")
    program = make_program(tmp_path / "program", f"-Wl,-rpath,{tmp_path}/lib", needs=[library])
    data = library.read_bytes()
    for length in (20, 63, 100, 400, len(data) // 2):
        library.write_bytes(data[:length])
        try:
            packed(program, {})
        except BinaryError as error:
            assert str(library) in str(error)
            assert "\n" not in str(error)


def test_in_a_folder_with_odd_names(tmp_path: Path) -> None:
    top = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff odd"))
    top.mkdir()
    shutil.copy("/bin/true", top / "program")
    names = {entry.name for entry in packed(top / "program", {})}
    assert os.fsencode(top / "program")[1:] in names
