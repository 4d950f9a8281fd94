"""Every kind of ELF executable, and scripts: the same as natively."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.framework import GUESTS, TIMEOUT, Run, run_guest, run_native

Compile = Callable[..., Path]
ENVIRONMENT = {"NAME": "value"}
KINDS = {
    "pie": ["-fpie", "-pie"],
    "non-pie": ["-fno-pie", "-no-pie"],
    "static": ["-fno-pie", "-static"],
    "static-pie": ["-fpie", "-static-pie"],
}


@pytest.fixture(scope="module")
def compile_program(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """`compile_program("executable.c", "gcc", "-pie")`: the path of the program, built once."""
    folder = tmp_path_factory.mktemp("executables")
    built: dict[tuple[str, ...], Path] = {}

    def build(source: str, compiler: str, *flags: str) -> Path:
        key = source, compiler, *flags
        if key not in built:
            built[key] = folder / f"program-{len(built)}"
            call([compiler, "-O2", "-Wall", GUESTS / source, "-o", built[key], *flags])
        return built[key]

    return build


def call(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr


def executed(argv: Sequence[str | Path]) -> Run:
    """Like run_native(), but a program that cannot be executed has the status that a shell reports."""
    try:
        return run_native(argv, env=ENVIRONMENT)
    except FileNotFoundError:
        return Run(127, b"", b"")
    except OSError:
        return Run(126, b"", b"")


def packed(argv: Sequence[str | Path], *options: str) -> Run:
    """Runs a program at its own path, even if it is the only file."""
    return run_guest(argv, "--add", "/etc/hostname", *options, env=ENVIRONMENT)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_kinds(compile_program: Compile, compiler: str, kind: str) -> None:
    argv: list[str | Path] = [compile_program("executable.c", compiler, *KINDS[kind]), "argument", ""]
    native = run_native(argv, env=ENVIRONMENT)
    assert native.status == 43
    assert packed(argv) == native


@pytest.mark.parametrize("flags", [["-pie", "-fpie"], ["-no-pie", "-fno-pie"], ["-static", "-fno-pie"]])
def test_musl(compile_program: Compile, flags: list[str]) -> None:
    argv: list[str | Path] = [compile_program("executable.c", "musl-gcc", *flags), "argument"]
    assert packed(argv) == run_native(argv, env=ENVIRONMENT)


@pytest.mark.parametrize("flags", [[], ["-C", "target-feature=+crt-static"], ["-C", "relocation-model=static"]])
def test_rust(tmp_path: Path, flags: list[str]) -> None:
    source, program = GUESTS / "hello.rs", tmp_path / "program"
    call(["rustc", "-O", *flags, source, "-o", program])
    argv: list[str | Path] = [program, "argument"]
    native = run_native(argv)
    assert native.status == 7
    assert run_guest(argv) == native


def test_alone(compile_program: Compile) -> None:
    """A program that is the whole initrd appears in the root."""
    program = compile_program("executable.c", "gcc", *KINDS["static"])
    native, guest = run_native([program]), run_guest([program])
    assert guest.status == native.status
    assert guest.stdout == native.stdout.replace(f" {program}\n".encode(), f" /{program.name}\n".encode()).replace(
        f"argv[0] /{program.name}".encode(), f"argv[0] {program}".encode()
    )


def test_loader_as_program(compile_program: Compile) -> None:
    program = compile_program("executable.c", "gcc", *KINDS["pie"])
    argv: list[str | Path] = ["/lib64/ld-linux-x86-64.so.2", program, "argument"]
    libc = "/usr/lib/x86_64-linux-gnu/libc.so.6"
    native = run_native(argv, env=ENVIRONMENT)
    assert run_guest(argv, "--add", str(program), "--add", libc, env=ENVIRONMENT) == native


class TestLibraries:
    """Compares the result with the real dynamic loader's."""

    @pytest.fixture(scope="class")
    @staticmethod
    def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("libraries")
        sources = GUESTS / "libraries"
        for place in ("lib", "other"):
            (folder / place).mkdir()
        shared: list[str | Path] = ["gcc", "-O2", "-shared", "-fPIC"]
        call([*shared, sources / "greeting.c", "-o", folder / "lib" / "libgreeting.so"])
        call([*shared, sources / "other_greeting.c", "-o", folder / "other" / "libother.so"])
        linked: list[str | Path] = ["gcc", "-O2", "-DLINKED", sources / "greeted.c", f"-L{folder}/lib", "-lgreeting"]
        call([*linked, "-o", folder / "plain"])
        call([*linked, "-Wl,-rpath,$ORIGIN/lib", "-o", folder / "runpath"])
        call([*linked, "-Wl,-rpath,$ORIGIN/lib,--disable-new-dtags", "-o", folder / "rpath"])
        call(["gcc", "-O2", sources / "greeted.c", "-o", folder / "loads"])
        static: list[str | Path] = [
            "gcc",
            "-O2",
            "-DLINKED",
            "-static",
            "-fno-pie",
            sources / "greeted.c",
            sources / "greeting.c",
        ]
        call([*static, "-o", folder / "static"])
        return folder

    @pytest.mark.parametrize("program", ["runpath", "rpath"])
    def test_path_in_program(self, folder: Path, program: str) -> None:
        native = run_native([folder / program])
        assert native.status == 0
        assert run_guest([folder / program]) == native

    def test_library_path(self, folder: Path) -> None:
        environment = {"LD_LIBRARY_PATH": f"/nowhere:{folder}/lib"}
        native = run_native([folder / "plain"], env=environment)
        assert native.status == 0
        assert run_guest([folder / "plain"], env=environment) == native

    def test_preload(self, folder: Path) -> None:
        environment = {"LD_PRELOAD": f"{folder}/other/libother.so"}
        native = run_native([folder / "runpath"], env=environment)
        assert native.stdout.startswith(b"preloaded\n")
        assert run_guest([folder / "runpath"], env=environment) == native

    def test_not_found(self, folder: Path) -> None:
        """The loader reports it itself, and exits with 127."""
        guest = run_guest([folder / "plain"], "--without-libs", "--add", "/lib64/ld-linux-x86-64.so.2")
        assert guest.status == run_native([folder / "plain"]).status == 127
        assert b"libgreeting.so: cannot open shared object file" in guest.stderr

    def test_loaded_later(self, folder: Path) -> None:
        library = folder / "lib" / "libgreeting.so"
        argv: list[str | Path] = [folder / "loads", library]
        native = run_native(argv)
        assert native.status == 0
        assert run_guest(argv, "--add", str(library)) == native

    @pytest.mark.parametrize("program", ["loads", "runpath", "static"])
    @pytest.mark.platforms("linux")
    def test_patched(self, folder: Path, program: str) -> None:
        """A system call in a library, a thousand times: a call instead of a trap after two traps."""
        library = folder / "lib" / "libgreeting.so"
        guest = run_guest([folder / program, library], "--json", "--add", str(library))
        patches = json.loads(guest.stderr.splitlines()[-1])["patches"]
        assert patches["traps"] < 500
        assert patches["mov"] + patches["post"] + patches["pre"] + patches["pad"] > 0

    @pytest.mark.parametrize("program", ["loads", "runpath"])
    def test_crash(self, folder: Path, program: str) -> None:
        """The report names the library, and the function in it."""
        library = folder / "lib" / "libgreeting.so"
        argv: list[str | Path] = [folder / program, library, "crash"]
        guest, native = run_guest(argv, "--add", str(library)), run_native(argv)
        assert (guest.status, guest.stdout) == (native.status, native.stdout)
        place = rb"  at 0x[0-9a-f]+ greeting_crash\+0x[0-9a-f]+ \(" + re.escape(bytes(library)) + rb"\+0x[0-9a-f]+\)\n"
        assert re.search(place, guest.stderr)
        assert re.search(rb" main\+0x[0-9a-f]+ \?\n", guest.stderr)

    def test_file_is_unchanged(self, folder: Path) -> None:
        """Patched text is private to the process: the file's contents do not change."""
        library = folder / "lib" / "libgreeting.so"
        source = folder / "reads.c"
        source.write_text(
            "#include <stdio.h>\n"
            "long greeting_system_calls(int);\n"
            "int main(int argc, char **argv)\n"
            "{\n"
            "    greeting_system_calls(100);\n"
            '    FILE *file = fopen(argv[1], "r");\n'
            "    for (int byte; (byte = getc(file)) != EOF;)\n"
            "        putchar(byte);\n"
            "    return 0;\n"
            "}\n"
        )
        call(["gcc", source, f"-L{folder}/lib", "-lgreeting", "-Wl,-rpath,$ORIGIN/lib", "-o", folder / "reads"])
        guest = run_guest([folder / "reads", library])
        assert guest == Run(0, library.read_bytes(), b"")


class TestScripts:
    """execve(2) of `#!`."""

    @pytest.fixture
    def program(self, compile_program: Compile) -> Path:
        return compile_program("executable.c", "gcc", *KINDS["pie"])

    @pytest.mark.parametrize(
        "line",
        ["#!{}", "#! \t{} ", "#!{}\tone argument, with  spaces \t", "#!{} -x\0y", "#!{} " + "x" * 300, "#!{}\r"],
    )
    def test_line(self, program: Path, tmp_path: Path, line: str) -> None:
        script = executable(tmp_path / "script", line.format(program) + "\nnot a command\n")
        argv: list[str | Path] = [script, "a", "b c"]
        assert self.with_files(argv, program).status == executed(argv).status
        assert self.with_files(argv, program).stdout == executed(argv).stdout

    @pytest.mark.parametrize(
        "text", ["#!", "#!\n", "#! \n", f"#!/{'x' * 300}", "#!/no/such/file\n", "#!/lib64\n", "plain\n"]
    )
    def test_malformed(self, tmp_path: Path, text: str) -> None:
        script = executable(tmp_path / "script", text)
        guest = self.with_files([script])
        assert guest.status == executed([script]).status
        assert len(guest.stderr.splitlines()) == 1

    @pytest.mark.parametrize("depth", range(1, 8))
    def test_nested(self, program: Path, tmp_path: Path, depth: int) -> None:
        scripts = [program]
        for number in range(depth):
            scripts.append(executable(tmp_path / f"script-{number}", f"#!{scripts[-1]}\n"))
        guest, native = self.with_files([scripts[-1], "argument"], *scripts), executed([scripts[-1], "argument"])
        assert (guest.status, guest.stdout) == (native.status, native.stdout)

    def with_files(self, argv: Sequence[str | Path], *files: Path) -> Run:
        loader = ["--add", "/lib64/ld-linux-x86-64.so.2", "--add", "/lib/x86_64-linux-gnu/libc.so.6"]
        added = [word for file in files for word in ("--add", str(file))]
        return run_guest(argv, "--without-libs", *loader, *added, env=ENVIRONMENT)


class TestRefused:
    """One line, and the status that a shell reports."""

    def test_missing_interpreter(self, compile_program: Compile) -> None:
        program = compile_program("hello.c", "gcc", "-Wl,--dynamic-linker=/no/such/loader")
        guest = run_guest([program], "--without-libs")
        assert guest.status == executed([program]).status == 127
        assert b"its interpreter /no/such/loader is not in the root file system\n" in guest.stderr
        assert len(guest.stderr.splitlines()) == 1

    def test_interpreter_with_an_interpreter(self, compile_program: Compile) -> None:
        """It is not followed: a loader with a loader would never end."""
        inner = compile_program("hello.c", "gcc", *KINDS["pie"])
        program = compile_program("hello.c", "gcc", f"-Wl,--dynamic-linker={inner}")
        guest = run_guest([program], "--without-libs", "--add", str(inner))
        assert guest.status == executed([program]).status

    def test_interpreter_is_itself(self, tmp_path: Path) -> None:
        program = tmp_path / "program"
        call(["gcc", "-O2", GUESTS / "hello.c", f"-Wl,--dynamic-linker={program}", "-o", program])
        guest = run_guest([program], "--without-libs", "--add", "/etc/hostname")
        assert guest.status == executed([program]).status

    def test_malformed_interpreter(self, compile_program: Compile, tmp_path: Path) -> None:
        program = compile_program("hello.c", "gcc", f"-Wl,--dynamic-linker={executable(tmp_path / 'loader', 'no ELF')}")
        guest = run_guest([program], "--without-libs", "--add", str(tmp_path / "loader"))
        assert guest.status == 126
        assert b"/loader: not an ELF file\n" in guest.stderr

    def test_low_address(self, compile_program: Compile) -> None:
        program = compile_program("hello.c", "gcc", "-static", "-fno-pie", "-Wl,-Ttext-segment=0x8000")
        guest = run_guest([program])
        assert guest.status == 126
        assert b"linked below 0x10000" in guest.stderr


class TestByPath:
    """Which file is executed."""

    @pytest.fixture
    def root(self, compile_program: Compile, tmp_path: Path) -> Path:
        root = tmp_path / "root"
        for name in ("bin", "opt/tools", "usr/bin"):
            (root / name).mkdir(parents=True)
        program = compile_program("executable.c", "gcc", *KINDS["static"]).read_bytes()
        for name in ("bin/app", "opt/tools/tool", "opt/app"):
            path = root / name
            path.write_bytes(program)
            path.chmod(0o755)
        (root / "bin" / "data").write_bytes(program)
        (root / "bin" / "data").chmod(0o644)
        (root / "bin" / "link").symlink_to("../opt/tools/tool")
        return root

    @pytest.mark.parametrize(
        ("name", "options", "place"),
        [
            ("/bin/app", [], "/bin/app"),
            ("bin/app", [], "bin/app"),
            ("./tool", ["--workdir", "/opt/tools"], "./tool"),
            ("../bin/app", ["--workdir", "opt"], "../bin/app"),
            ("app", [], "/bin/app"),
            ("app", ["--env", "PATH=/nowhere:/opt:/bin"], "/opt/app"),
            ("tool", ["--env", "PATH=/bin::/usr/bin", "--workdir", "/opt/tools"], "tool"),
            ("data", ["--env", "PATH=/bin:/opt"], None),
            ("link", [], "/bin/link"),
        ],
    )
    def test_found(self, root: Path, name: str, options: list[str], place: str | None) -> None:
        guest = run_guest([name], "--initrd", str(root), *options)
        if place is None:
            assert guest.status == 126
            return
        assert guest.status == 41
        assert f"argv[0] {name}\nexecfn {place}\n".encode() in guest.stdout

    @pytest.mark.parametrize(
        ("name", "status", "message"),
        [
            ("nothing", 127, b"nothing: no such file"),
            ("/bin/nothing", 127, b"/bin/nothing: no such file"),
            ("/bin/app/file", 127, b"/bin/app/file: no such file"),
            ("/bin", 126, b"/bin: not executable"),
            ("/bin/data", 126, b"/bin/data: not executable"),
            ("", 127, b"no such file"),
        ],
    )
    def test_not_found(self, root: Path, name: str, status: int, message: bytes) -> None:
        guest = run_guest([name], "--initrd", str(root))
        assert guest.status == status
        assert message in guest.stderr
        assert len(guest.stderr.splitlines()) == 1

    def test_no_folder(self, root: Path) -> None:
        guest = run_guest(["app"], "--initrd", str(root), "--workdir", "/bin/app")
        assert guest.status == 125
        assert b"/bin/app: working directory not found" in guest.stderr


def executable(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    assert os.access(path, os.X_OK)
    return path
