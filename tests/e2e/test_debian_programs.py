"""Unmodified programs of Debian packages: the same output and status as natively, on the same files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.framework import Run, add_options, run_guest, run_native, used_files

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC", "HOME": "/"}
LIBRARIES = "/usr/lib/x86_64-linux-gnu"
NAMES = ["--add", "/etc/passwd", "--add", "/etc/group"]
GCC = next(Path("/usr/lib/gcc/x86_64-linux-gnu").iterdir())

PROGRAM = """\
#include <stddef.h>
static const char *const names[] = {"one", "two"};
size_t count(const char *text)
{
\tsize_t length = 0;
\twhile (text[length])
\t\tlength++;
\treturn length * sizeof(names) / 3;
}
"""
DATABASE = """\
pragma journal_mode = %s;
create table fruit(id integer primary key, name text unique, price real);
begin;
insert into fruit(name, price) values ('apple', 1.5), ('pear', 2.25), ('plum', 0.75);
commit;
begin;
delete from fruit;
rollback;
insert into fruit(name, price) values ('apple', 9);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into fruit(name) select i from n;
create index prices on fruit(price);
select count(*), sum(price), max(name) from fruit;
vacuum;
pragma integrity_check;
"""
PYTHON_PROGRAM = """\
import hashlib, json, os, sqlite3, sys
print(json.dumps({"version": sys.version_info[:2], "files": sorted(os.listdir(".")), "folder": os.getcwd()[-6:]}))
print(hashlib.sha256(open("poem.txt", "rb").read()).hexdigest(), hashlib.md5(b"x").hexdigest())
with sqlite3.connect("python.db") as database:
    database.execute("create table t(a)")
    database.executemany("insert into t values(?)", [(i,) for i in range(1000)])
print(sqlite3.connect("python.db").execute("select sum(a) from t").fetchall())
print(sum(i * i for i in range(10**5)), 2**200, f"{1 / 3:.20f}", sys.argv)
sys.exit(3)
"""
PERL = r"""
open(my $file, '<', 'poem.txt') or die;
my %count;
while (<$file>) { $count{lc $_}++ for /(\w+)/g }
print map { "$_ $count{$_}\n" } sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
printf "%s %.3f\n", join(',', map { $_ ** 2 } 1 .. 5), atan2(1, 1) * 4;
rename 'a.txt', 'renamed.txt'; unlink 'numbers.txt'; mkdir 'made'; print join(' ', sort glob('*')), "\n"; exit 4
"""
LUA = """
local words = {}
for line in io.lines("poem.txt") do for word in line:gmatch("%a+") do words[#words + 1] = word:lower() end end
table.sort(words); print(#words, table.concat(words, " ", 1, 5), string.format("%.14g", math.pi))
local out = io.open("lua.txt", "w"); out:write(("x"):rep(100000)); out:close()
print(io.open("lua.txt"):seek("end"), os.remove("lua.txt"), os.getenv("LANG"))
"""

# A name, the command, options of the run.
PROGRAMS: list[tuple[str, list[str], list[str]]] = [
    ("cat", ["/bin/cat", "poem.txt", "sub/deep/poem.txt", "absent"], []),
    ("sort", ["/usr/bin/sort", "-rn", "numbers.txt"], []),
    ("sort-small-memory", ["/usr/bin/sort", "-S", "64K", "numbers.txt"], []),
    ("sha256sum", ["/usr/bin/sha256sum", "poem.txt", "numbers.txt", "sub/large.bin"], []),
    ("stat", ["/usr/bin/stat", "-c", "%n %s %F %h %a %u %g %Y", "poem.txt", "sub", "link", "hard.txt"], []),
    ("find", ["/usr/bin/find", "sub", "-newer", "absent", "-o", "-type", "f", "-printf", "%s %m %p\n"], []),
    ("find-by-size", ["/usr/bin/find", ".", "-name", "*.bin", "-size", "+100k", "-printf", "%p %s\n"], []),
    ("grep", ["/bin/grep", "-rn", "--include=*.txt", "moon", "sub"], []),
    ("grep-count", ["/bin/grep", "-c", "-E", "^[0-9]*7$", "numbers.txt"], []),
    ("gawk", ["/usr/bin/gawk", "{ s += $1 * NR } END { printf \"%d %s\\n\", s, NR }", "numbers.txt"], []),
    ("sed", ["/bin/sed", "-n", "-e", "s/\\(moon\\|sea\\)/<\\1>/gp", "poem.txt"], []),
    ("sed-in-place", ["/bin/sed", "-i", "s/1/one/g", "numbers.txt"], []),
    ("tar", ["/bin/tar", "-cf", "-", "--sort=name", "poem.txt", "sub", "link"], NAMES),
    ("tar-extract", ["/bin/tar", "-xvf", "archive.tar", "-C", "empty"], NAMES),
    ("gzip", ["/bin/gzip", "-c", "sub/large.bin"], []),
    ("gzip-in-place", ["/bin/gzip", "-v", "numbers.txt"], []),
    ("xz", ["/usr/bin/xz", "-1", "-c", "poem.txt"], []),
    ("xz-in-place", ["/usr/bin/xz", "-1", "numbers.txt"], []),
    ("busybox-wc", ["/bin/busybox", "wc", "poem.txt", "numbers.txt"], []),
    ("busybox-md5sum", ["/bin/busybox", "md5sum", "poem.txt", "sub/large.bin"], []),
    ("busybox-diff", ["/bin/busybox", "diff", "-u", "poem.txt", "sub/deep/poem.txt"], []),
    ("busybox-cp", ["/bin/busybox", "cp", "-a", "sub", "copy"], []),
    ("busybox-rm", ["/bin/busybox", "rm", "-r", "sub"], []),
    ("cp", ["/bin/cp", "-a", "sub", "copy"], []),
    ("mv", ["/bin/mv", "sub", "moved"], []),
    ("rm", ["/bin/rm", "-rv", "sub/deep"], []),
    ("ln", ["/bin/ln", "-s", "poem.txt", "second"], []),
    ("dd", ["/bin/dd", "if=sub/large.bin", "of=part.bin", "bs=1000", "skip=3", "count=50", "status=none"], []),
    ("head", ["/usr/bin/head", "-c", "100", "poem.txt"], []),
    ("lua", ["/usr/bin/lua5.4", "-e", LUA], []),
    ("jq", ["/usr/bin/jq", "-c", "map(select(.n > 1)) | {names: map(.name), sum: (map(.n) | add)}", "data.json"], []),
    ("file", ["/usr/bin/file", "poem.txt", "sub", "data.json", "archive.tar"],
     ["--add", "/usr/share/misc/magic.mgc", "--add", "/usr/lib/file/magic.mgc"]),
]  # fmt: skip

# A name, the command, the directories with the files that it reads, options of the run.
INTERPRETERS: list[tuple[str, list[str], list[str], list[str]]] = [
    ("perl", ["/usr/bin/perl", "-e", PERL], [f"{LIBRARIES}/perl-base", f"{LIBRARIES}/perl"], []),
    ("python", ["/usr/bin/python3.11", "-B", "-c", PYTHON_PROGRAM, "argument"], ["/usr/lib/python3.11"],
     ["--add", f"{LIBRARIES}/libsqlite3.so.0", "--add", f"{LIBRARIES}/libcrypto.so.3"]),
    ("cc1", [f"{GCC}/cc1", "-quiet", "-O2", "program.c", "-o", "program.s"],
     [f"{GCC}/include", "/usr/include"], []),
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The directory that each program works on."""
    folder = tmp_path / "native"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "empty").mkdir()
    poem = "The sea has rolled the moon away\nMoon and moon, the sea said\n\nNothing\tbut a line\n" * 3
    (folder / "poem.txt").write_text(poem)
    (folder / "a.txt").write_text("a\n")
    (folder / "sub" / "deep" / "poem.txt").write_text(poem.replace("moon", "sun", 1))
    (folder / "numbers.txt").write_text("".join(f"{number * 7919 % 10007}\n" for number in range(5000)))
    (folder / "sub" / "large.bin").write_bytes(bytes(number * number % 251 for number in range(300_000)))
    (folder / "data.json").write_text('[{"name": "a", "n": 1}, {"name": "b", "n": 2}, {"name": "c", "n": 40}]')
    (folder / "program.c").write_text(PROGRAM)
    (folder / "link").symlink_to("poem.txt")
    (folder / "hard.txt").hardlink_to(folder / "a.txt")
    # Directories that a program lists contain one file, because the order of several depends on the file system.
    shutil.make_archive(os.fspath(folder / "archive"), "tar", folder, "sub")
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (1_600_000_000, 1_600_000_000), follow_symlinks=False)
    return folder


def run_both(files: Path, argv: Sequence[str], options: Sequence[str], stdin: bytes = b"") -> tuple[Run, Run]:
    """Runs natively, and on the unikernel in a copy of the directory; both directories must be equal afterwards."""
    copy = files.with_name("guest")
    shutil.copytree(files, copy, symlinks=True)
    (copy / "hard.txt").unlink()
    (copy / "hard.txt").hardlink_to(copy / "a.txt")
    os.utime(copy, (1_600_000_000, 1_600_000_000))
    native = run_native(argv, stdin=stdin, env=ENVIRONMENT, cwd=files)
    mount = ["--mount", f"{copy}:/native", "--workdir", "/native", "--memory", "512M"]
    guest = run_guest(argv, *mount, *options, stdin=stdin, env=ENVIRONMENT)
    assert contents(copy) == contents(files)
    return native, guest


def contents(folder: Path) -> dict[str, bytes | str | None]:
    """The contents of a directory, except databases, which contain a time and a counter."""
    found: dict[str, bytes | str | None] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.fspath(path.readlink())
        elif path.is_dir() or ".db" in path.name or path.suffix == ".gz":
            found[name] = None
        else:
            found[name] = path.read_bytes()
    return found


@pytest.mark.parametrize(("argv", "options"), [row[1:] for row in PROGRAMS], ids=[row[0] for row in PROGRAMS])
def test_same_as_natively(files: Path, argv: list[str], options: list[str]) -> None:
    native, guest = run_both(files, argv, options)
    assert (guest.status, guest.stdout) == (native.status, native.stdout), guest.stderr
    assert native.status != 127


@pytest.mark.parametrize(
    ("argv", "folders", "options"), [row[1:] for row in INTERPRETERS], ids=[row[0] for row in INTERPRETERS]
)
def test_with_files_of_packages(files: Path, argv: list[str], folders: list[str], options: list[str]) -> None:
    """The packed files do not depend on other installed packages."""
    tried = shutil.copytree(files, files.with_name("tried"), symlinks=True)
    used = used_files(argv, *folders, cwd=tried)
    native, guest = run_both(files, argv, [*options, *add_options(used)])
    assert (guest.status, guest.stdout) == (native.status, native.stdout), guest.stderr
    assert native.status != 127


def test_ls(files: Path) -> None:
    """Sizes, owners, times and blocks of the host's own files."""
    native, guest = run_both(files, ["/bin/ls", "-la", "--time-style=full-iso", "sub", "poem.txt"], NAMES)
    assert guest == native
    assert native.status == 0


@pytest.mark.parametrize("place", ["", "/tmp/"], ids=["9p", "ramfs"])
@pytest.mark.parametrize("journal", ["delete", "wal", "truncate", "memory"])
def test_sqlite(files: Path, journal: str, place: str) -> None:
    script = (DATABASE % journal).encode()
    native, guest = run_both(files, ["/usr/bin/sqlite3", f"{place}fruit-{os.getpid()}.db"], [], stdin=script)
    Path(f"/tmp/fruit-{os.getpid()}.db").unlink(missing_ok=True)
    assert guest == native
    assert native.stdout.endswith(b"ok\n")
