"""Programs that create, execute, stop and wait for other programs: the same output and status as natively."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import TOOLCHAINS, run_guest, run_native

# The host's own files, so that both sides execute the same programs.
ROOT = ("--share", "/")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C", "HOME": "/"}

SCRIPT = """\
cd /
echo one two | tr a-z A-Z | { read a b; echo "$b $a"; }
(exit 3); echo "subshell $?"
for i in 1 2 3; do (echo "loop $i"); done | sort -r
x=$(echo inner; exit 4); echo "$x $?"
cat <<END | wc -l
here
document $x
END
trap 'echo trapped' USR1
kill -USR1 $$
trap 'echo at exit' EXIT
sh -c 'kill -TERM $$'; echo "killed $?"
sleep 0.02 & pid=$!
wait $pid; echo "waited $?"
(sleep 0.01; exit 7) & wait $!; echo "background $?"
/nowhere/program 2>/dev/null; echo "missing $?"
/etc/passwd 2>/dev/null; echo "forbidden $?"
true && false || echo else
if echo word | grep -q wor; then echo found; fi
exec 3>&1; echo to three >&3; exec 3>&-
set -- a b c; echo $#; shift; echo $1
f() { echo "function $1"; return 5; }; f x; echo $?
ls /usr | head -n 1 >/dev/null; echo "$?"
yes | head -n 2
find /usr/share/doc/gcc -maxdepth 0 -exec echo {} +
printf '%s\\n' a b c d | xargs -n 2 -P 2 echo | sort
env -i A=b /usr/bin/env
timeout 0.05 sleep 5; echo "timeout $?"
nohup echo nohup 2>/dev/null
exit 9
"""
BASH_SCRIPT = """\
set -m
sleep 30 & kill -STOP %1; sleep 0.2; jobs | sed 's/sleep.*//'; kill %1; kill -CONT %1; wait %1; echo "job $?"
set +m
(exit 3) & (sleep 0.05; exit 4) & wait -n; echo "first $?"; wait -n; echo "second $?"
cat <(echo substitution) <(echo twice)
coproc { read line; echo "got $line"; }
echo hello >&"${COPROC[1]}"; read reply <&"${COPROC[0]}"; echo "$reply"
true | false | true; echo "${PIPESTATUS[@]}"
set -o pipefail; false | true; echo $?
mapfile -t lines < <(seq 3); echo "${lines[@]}"
trap 'echo interrupted; exit 6' INT
kill -INT $$
"""
PYTHON_PROGRAM = """\
import concurrent.futures, multiprocessing, os, signal, subprocess, sys
def square(number):
    return number * number
def run_programs():
    print(subprocess.run(["sh", "-c", "cat; exit 3"], input=b"text", capture_output=True))
    print(subprocess.check_output("echo $0; pwd", shell=True, cwd="/usr"))
    with subprocess.Popen(["sleep", "30"]) as process:
        process.send_signal(signal.SIGTERM)
    print(process.returncode)
    try:
        subprocess.run(["sleep", "30"], timeout=0.05)
    except subprocess.TimeoutExpired:
        print("timeout")
    try:
        subprocess.run(["/nowhere"])
    except FileNotFoundError as error:
        print(error)
    pid = os.fork()
    if pid == 0:
        os._exit(12)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 13"], os.environ)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
def share_work(method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        print(method, pool.map(square, range(10)))
    queue = context.Queue()
    process = context.Process(target=queue.put, args=([1, 2, 3],))
    process.start()
    print(queue.get())
    process.join()
    print(process.exitcode)
    with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
        print(list(pool.map(square, range(5))))
if __name__ == "__main__":
    if sys.argv[1] == "programs":
        run_programs()
    else:
        share_work(sys.argv[1])
"""


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize(
    "program",
    [
        "processes.c",
        "clones.c",
        "execute.c",
        "users.c",
        "pidfds.c",
        "other_process.c",
        "set_id_bits.c",
        "shared_between_processes.c",
    ],
)
def test_calls(build_guest: Build, program: str, toolchain: str) -> None:
    argv: list[str | Path] = [build_guest(program, toolchain)]
    native = run_native(argv)
    guest = run_guest(argv, *ROOT)
    assert guest.stdout.decode() == native.stdout.decode()
    assert guest.status == native.status
    assert native.stdout.endswith(b"end\n")


def test_many_children(build_guest: Build) -> None:
    argv: list[str | Path] = [build_guest("children.c"), "20"]
    assert run_guest(argv, *ROOT).stdout.decode() == run_native(argv).stdout.decode()


def test_fork_bomb(build_guest: Build) -> None:
    """The machine goes on, and ends with its first process."""
    done = run_guest([build_guest("fork_bomb.c")], "--memory", "64M")
    # Processes are killed while memory is short, perhaps the first one too.
    assert done.status in (5, 137)
    assert b"panic" not in done.stderr


@pytest.mark.parametrize(
    ("user", "native"),
    [
        ("man", ["--reuid", "man", "--regid", "man", "--init-groups"]),
        ("1:29", ["--reuid", "1", "--regid", "29", "--clear-groups"]),
        ("daemon:audio", ["--reuid", "daemon", "--regid", "audio", "--clear-groups"]),
        ("12345", ["--reuid", "12345", "--regid", "0", "--clear-groups"]),
    ],
)
def test_user(user: str, native: list[str]) -> None:
    command = ["/bin/sh", "-c", "id; cat /etc/shadow 2>&1; kill -0 1 && echo own"]
    expected = run_native(["/usr/bin/setpriv", *native, *command[:2], command[2].replace(" 1 ", " $$ ")])
    guest = run_guest(command, *ROOT, "--user", user)
    assert guest.stdout.decode() == expected.stdout.decode()


def test_streams_of_a_user() -> None:
    """The program may open its own streams again."""
    done = run_guest(["/bin/sh", "-c", "echo text >/dev/stdout"], *ROOT, "--user", "1")
    assert (done.status, done.stdout) == (0, b"text\n")


@pytest.mark.parametrize(("user", "problem"), [("nobody-here", "passwd"), ("1:nobody-here", "group"), ("", "passwd")])
def test_unknown_user(user: str, problem: str) -> None:
    done = run_guest(["/bin/true"], *ROOT, "--user", user)
    assert done.status == 125
    assert f"/etc/{problem}".encode() in done.stderr


@pytest.mark.parametrize("shell", ["dash", "bash", "zsh", "busybox sh"])
def test_shell(shell: str) -> None:
    command = [f"/bin/{shell.split()[0]}", *shell.split()[1:], "-c", SCRIPT]
    native = run_native(command, env=ENVIRONMENT)
    guest = run_guest(command, *ROOT, env=ENVIRONMENT)
    assert guest.stdout.decode() == native.stdout.decode()
    assert guest.status == native.status == 9


def test_bash() -> None:
    command = ["/bin/bash", "-c", BASH_SCRIPT]
    native = run_native(command, env=ENVIRONMENT)
    guest = run_guest(command, *ROOT, env=ENVIRONMENT)
    assert guest.stdout.decode() == native.stdout.decode()
    assert guest.status == native.status == 6


@pytest.mark.parametrize("part", ["programs", "fork", "spawn"])
def test_python(tmp_path: Path, part: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(PYTHON_PROGRAM)
    command: list[str | Path] = ["/usr/bin/python3", script, part]
    native = run_native(command, env=ENVIRONMENT)
    guest = run_guest(command, *ROOT, "--memory", "512M", env=ENVIRONMENT)
    assert guest.stdout.decode() == native.stdout.decode()
    assert (guest.status, native.status) == (0, 0), guest.stderr.decode()


@pytest.mark.platforms("linux")
def test_make(tmp_path: Path) -> None:
    """A project of 30 files, compiled by four jobs at once, and its program runs."""
    for number in range(30):
        (tmp_path / f"part{number}.c").write_text(f"int part{number}(void) {{ return {number}; }}\n")
    calls = " + ".join(f"part{number}()" for number in range(30))
    declarations = "".join(f"int part{number}(void);\n" for number in range(30))
    (tmp_path / "main.c").write_text(
        f'#include <stdio.h>\n{declarations}int main(void) {{ printf("%d\\n", {calls}); return 0; }}\n'
    )
    (tmp_path / "Makefile").write_text(
        "OBJECTS := main.o $(patsubst %,part%.o,$(shell seq 0 29))\n"
        "program: $(OBJECTS)\n\tgcc -o $@ $^\n\t./$@\n%.o: %.c\n\tgcc -O1 -c -o $@ $<\n"
    )
    command = ["/usr/bin/make", "-s", "-j4", "-C", str(tmp_path)]
    done = run_guest(command, *ROOT, "--memory", "1G", env=ENVIRONMENT)
    assert (done.status, done.stdout) == (0, b"435\n"), done.stderr.decode()
    assert run_native([tmp_path / "program"]).stdout == b"435\n"


def test_git(tmp_path: Path) -> None:
    script = """\
set -e
cd "$1"
export GIT_AUTHOR_DATE="2000-01-01 00:00:00 +0000" GIT_COMMITTER_DATE="2000-01-01 00:00:00 +0000"
git init -q source; cd source
git config user.name Name; git config user.email name@example.org
seq 1000 >numbers; git add numbers; git commit -q -m first
echo change >>numbers; git stash -q; git stash pop -q; git commit -q -a -m second
git checkout -q -b side HEAD~1; echo x >other; git add other; git commit -q -m third
git checkout -q -; git merge -q -m merge side
git repack -q -a -d; git gc -q; git fsck --strict
cd ..; git clone -q source copy; cd copy
git log --format=%s; git status --short; ls
"""
    (tmp_path / "native").mkdir()
    (tmp_path / "guest").mkdir()
    command = ["/bin/sh", "-c", script, "sh"]
    native = run_native([*command, tmp_path / "native"], env=ENVIRONMENT)
    guest = run_guest([*command, tmp_path / "guest"], *ROOT, "--memory", "256M", env=ENVIRONMENT)
    assert guest.stdout.decode() == native.stdout.decode(), guest.stderr.decode()
    assert (guest.status, native.status) == (0, 0)
