"""Attacks of a program on its barriers to the host: it uses the platform's own `syscall` instruction."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from tests.conftest import Build
from tests.framework import TIMEOUT, UNISHIM, Run, run_guest, run_native
from unishim.build.image import ensure_image
from unishim.syscalls.table import by_name

pytestmark = pytest.mark.platforms("linux")

HOST_CALLS_MAX = 16  # the goal
REFUSED = 128 + signal.SIGSYS
SURVIVED = 99  # status of cage.c if its attack had no effect
LIBRARY = "0x7d4000000000"  # kernel/plat/linux/layout.h
DIRECT_MAP = "0x7d8000000000"  # kernel/plat/linux/include/uk/address_space.h
FLAGS = f"{0x1 | 0x10 | 0x8000:#x}"  # flags of mmap that the platform uses: shared, fixed, populated
MEMORY = 3  # descriptor of the guest's memory if the image is started by hand

# The platform's `syscall`, with these: {file} does not exist, {victim} is a process, {address} is writable.
CALLS = {
    "open": "text:{file} 0x41 0600",
    "openat": "-100 text:/proc/1/environ 0",
    "creat": "text:{file} 0600",
    "mkdir": "text:{file} 0700",
    "symlink": "text:/ text:{file}",
    "memfd_create": "text:name 0",
    "socket": "2 1 0",
    "connect": "0 {address} 16",
    "sendmsg": "1 {address} 0",
    "execve": "text:/bin/true 0 0",
    "fork": "",
    "vfork": "",
    "clone": "17 0 0 0 0",
    "clone3": "{address} 88",
    "ptrace": "16 {victim} 0 0",
    "process_vm_readv": "{victim} {address} 1 {address} 1 0",
    "process_vm_writev": "{victim} {address} 1 {address} 1 0",
    "kill": "{victim} 9",
    "tkill": "{victim} 9",
    "tgkill": "{victim} {victim} 9",
    "rt_sigqueueinfo": "{victim} 9 {address}",
    "pidfd_open": "{victim} 0",
    "prctl": "59 0 0 0 0",
    "seccomp": "1 0 {address}",
    "arch_prctl": "0x1012 0",
    "modify_ldt": "1 {address} 16",
    "rt_sigaction": "31 {address} 0 8",
    "rt_sigprocmask": "0 {address} 0 8",
    "sigaltstack": "{address} 0",
    "prlimit64": "{victim} 4 {address} 0",
    "ioctl": "0 0x5412 {address}",
    "fcntl": "1 4 0",
    "ftruncate": f"{MEMORY} 0x100000000",
    "pwrite64": f"{MEMORY} text:x 1 0",
    "dup": "1",
    "sendfile": f"1 {MEMORY} 0 4096",
    "splice": f"{MEMORY} 0 1 0 4096 0",
    "mount": "0 text:/ 0 0 0",
    "unshare": "0x10000000",
    "setns": "0 0",
    "chroot": "text:/",
    "capset": "{address} {address}",
    "io_uring_setup": "1 {address}",
    "bpf": "0 {address} 16",
    "userfaultfd": "0",
    "perf_event_open": "{address} 0 -1 -1 0",
    "mprotect": f"{LIBRARY} 4096 7",
    "pkey_mprotect": f"{LIBRARY} 4096 7 -1",
    "shmat": "0 0 0",
    "brk": "0",
    # Calls that the platform makes, but with other arguments.
    "write": "0 text:x 1",
    "write ": f"{MEMORY} text:x 1",
    "read": "1 {address} 1",
    "read ": f"{MEMORY} {{address}} 1",
    "ppoll": "{address} 2 0 0 8",
    "futex": "{address} 1 1",
    "futex ": "{address} 0x80 1",
    "clock_gettime": "-6 {address}",
    "clock_gettime ": "2 {address}",
    "mmap": f"{LIBRARY} 4096 7 {FLAGS} {MEMORY} 0",
    "mmap ": f"{DIRECT_MAP} 4096 5 {FLAGS} {MEMORY} 0",
    "mmap  ": f"0x7cffffff0000 0x100000000 3 {FLAGS} {MEMORY} 0",
    "mmap   ": f"0xffff800000000000 4096 3 {FLAGS} {MEMORY} 0",
    "mmap    ": "0 4096 7 0x22 -1 0",
    "mmap     ": "0x10000 4096 7 0x32 -1 0",
    "mmap      ": f"0x10000 4096 3 0x12 {MEMORY} 0",
    "mmap       ": f"0x10000 4096 3 0x12 {MEMORY + 1} 0",
    "mmap        ": f"0x10000 4096 5 {FLAGS} 0 0",
    "mremap": f"{LIBRARY} 4096 4096 3 0x10000",
    "mremap ": f"{DIRECT_MAP} 4096 4096 3 0x10000",
    "mremap  ": f"{{address}} 4096 4096 3 {LIBRARY}",
    "mremap   ": "{address} 4096 0x100000000 3 0x7cffffff0000",
    "mremap    ": "0x7cfffffff000 0x100000000 4096 3 0x10000",
    "mremap     ": "{address} 4096 4096 1 0",
    "mremap      ": "{address} 4096 4096 7 0x10000",
    "madvise": f"{LIBRARY} 0x200000 25",
    "madvise ": "{address} 4096 4",
    "fallocate": f"{MEMORY} 0 0 4096",
    "fallocate ": "1 3 0 4096",
    "munmap": f"{LIBRARY} 4096",
    "munmap ": f"{DIRECT_MAP} 4096",
    "munmap  ": "0x7cfffffff000 0x100000000",
    "munmap   ": "0xffffffffff600000 4096",
}


@pytest.fixture(scope="module")
def image() -> Path:
    return ensure_image("linux")


@pytest.fixture(scope="module")
def symbols(image: Path) -> dict[str, str]:
    """Addresses in the library OS at which an attack that knows the image would find them."""
    with Path(f"{image}.dbg").open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        return {symbol.name: hex(symbol["st_value"]) for symbol in table.iter_symbols()}


@pytest.fixture(scope="module")
def cage(build_guest: Build) -> Path:
    return build_guest("cage.c")


@pytest.fixture(scope="module")
def allowed(image: Path) -> set[str]:
    """The host calls that remain, according to the image."""
    return {line.split(":")[0] for line in _list(image)[:-1]}


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "300"])
    yield process
    assert process.poll() is None
    process.kill()
    process.wait()


def _list(image: Path) -> list[str]:
    done = subprocess.run([image, "-l"], check=True, capture_output=True, text=True, timeout=TIMEOUT)
    return done.stdout.splitlines()


def _attack(cage: Path, *words: str) -> Run:
    return run_guest([cage, *words])


def _by_hand(image: Path, cage: Path, *words: str, options: Sequence[str] = ()) -> list[str | Path]:
    return [image, "-p", "quiet", *options, "-i", cage, "--", "cage", *words]


def _filter_installed(lines: Sequence[str]) -> int:
    return next(number for number, line in enumerate(lines) if re.match(r"\d+ +seccomp\(", line))


def _attack_seen(tmp_path: Path, image: Path, cage: Path, *words: str) -> tuple[Run, set[str], list[str]]:
    """Runs the image by hand: how it ended, and the host calls after the filter was installed, made and refused."""
    log = tmp_path / "strace"
    run = run_native(["strace", "-f", "-o", log, *_by_hand(image, cage, *words)], env={"PATH": os.environ["PATH"]})
    lines = log.read_text().splitlines()
    start = _filter_installed(lines)
    assert len({line.split()[0] for line in lines}) == 1  # one process, one thread
    made, refused = set(), []
    for line, following in zip(lines[start + 1 :], [*lines[start + 2 :], ""], strict=True):
        if call := re.match(r"\d+ +(\w+)\(", line):
            if "si_code=SYS_SECCOMP" in following or "killed by SIGSYS" in following:
                refused.append(call[1])
            else:
                made.add(call[1])
    return run, made, refused


def test_number_of_host_calls(image: Path, allowed: set[str]) -> None:
    *_, last = _list(image)
    assert last.startswith(f"{len(allowed)} host calls, ")
    assert len(allowed) <= HOST_CALLS_MAX
    assert {"write", "exit_group"} <= allowed


def test_debug_line(hello: Path) -> None:
    done = run_guest([hello], "--debug")
    assert re.search(rb"The cage allows [0-9]+ host calls\n", done.stderr)


def test_the_attack_is_made(cage: Path) -> None:
    """The library's `syscall` works for the program: an allowed call is executed, and the code after it traps."""
    done = _attack(cage, "call", "1", "1", "text:arrived", "7")
    assert done.stdout == b"arrived"
    assert done.status == 125
    assert b"signal 4 " in done.stderr


@pytest.mark.parametrize("name", CALLS)
def test_refused_calls(
    image: Path,
    cage: Path,
    symbols: dict[str, str],
    allowed: set[str],
    victim: subprocess.Popen[bytes],
    tmp_path: Path,
    name: str,
) -> None:
    file = tmp_path / "file"
    call = name.strip()
    words = CALLS[name].format(file=file, victim=victim.pid, address=symbols["signal_stack"])
    done, made, refused = _attack_seen(tmp_path, image, cage, "call", str(by_name()[call].number), *words.split())
    assert done.status == REFUSED
    assert done.stdout == b""
    assert f"The program tried the host's system call {by_name()[call].number} and was ended".encode() in done.stderr
    assert refused == [call]
    assert made <= allowed
    assert not os.path.lexists(file)


@pytest.mark.parametrize("number", ["0x40000027", "0x400001ff", "-1", "0xffff", "0x100000027"])
def test_invalid_numbers(cage: Path, number: str) -> None:
    """Numbers of the x32 ABI, and invalid numbers."""
    assert _attack(cage, "call", number).status == REFUSED


def test_refused_calls_have_no_effect(cage: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for call in ["41 2 1 0", "42 3 text:x 16", "44 1 text:x 1 0 0 0"]:
            assert _attack(cage, "call", *call.split()).status == REFUSED
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_the_launcher_is_not_reached(cage: Path) -> None:
    """Its pid is $$, because the shell execs it."""
    script = 'exec "$@" call 62 $$ 9'
    command = ["sh", "-c", script, "sh", *UNISHIM, "run", "--quiet", "--timeout", "10", cage]
    assert subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT).returncode == REFUSED


def test_own_calls_after_changing_the_dispatch(
    image: Path, cage: Path, symbols: dict[str, str], allowed: set[str], tmp_path: Path
) -> None:
    """The selector of Syscall User Dispatch is within reach; then the program's own `syscall` is not intercepted."""
    file = tmp_path / "file"
    selector = symbols["dispatch_selector"]
    for call, words in {"open": f"2 text:{file} 0x41 0600", "write": "1 1 text:x 1", "exit_group": "231 0"}.items():
        done, made, refused = _attack_seen(tmp_path, image, cage, "selector", selector, *words.split())
        assert done.status == REFUSED
        assert done.stdout == b""
        assert refused == [call]
        assert made <= allowed
    assert not file.exists()


def test_32_bit_calls_after_changing_the_dispatch(cage: Path, symbols: dict[str, str]) -> None:
    assert _attack(cage, "selector-int80", symbols["dispatch_selector"]).status == REFUSED
    assert _attack(cage, "code-32", symbols["dispatch_selector"]).status == REFUSED


def test_32_bit_code(cage: Path) -> None:
    done = _attack(cage, "code-32")
    assert done.status == 139
    assert b"32-bit" in done.stderr


@pytest.mark.parametrize("address", ["0xffffffffff600000", "0xffffffffff600400", "0xffffffffff600800"])
def test_vsyscall(cage: Path, address: str) -> None:
    """The host's kernel emulates it and applies the filter (Documentation/userspace-api/seccomp_filter.rst)."""
    done = _attack(cage, "vsyscall", address)
    assert done.status in (REFUSED, 139)  # 139 on a host without that page
    assert done.stdout == b""


def test_forged_signal_frames(cage: Path) -> None:
    """A forged frame can set any state, but only the state of a program in the cage."""
    done = _attack(cage, "sigreturn", "plain")
    assert (done.status, done.stdout) == (23, b"landed\n")
    # With SIGSYS blocked, the first trap ends the process.
    assert _attack(cage, "sigreturn", "blocked").status == 125
    assert _attack(cage, "sigreturn", "segments").status == 139


@pytest.mark.parametrize("how", ["garbage", "extended-state", "non-canonical", "code-32", "unmapped"])
def test_broken_signal_frames(cage: Path, how: str) -> None:
    done = _attack(cage, "sigreturn", how)
    assert done.status in (23, 125, 139)
    assert done.stderr.count(b"unishim: ") <= 1


@pytest.mark.parametrize("how", ["plain", "blocked"])
def test_calls_by_forged_signal_frames(image: Path, cage: Path, allowed: set[str], tmp_path: Path, how: str) -> None:
    """A frame contains the alternate stack too: the host may have no room for the signal that reports the refusal."""
    file = tmp_path / "file"
    words = ["2", f"text:{file}", "0x41", "0600"]
    done, made, refused = _attack_seen(tmp_path, image, cage, "sigreturn", how, *words)
    assert done.status in (REFUSED, 139)
    assert refused == ["open"]
    assert made <= allowed
    assert not file.exists()


@pytest.mark.parametrize("register", ["fs", "gs"])
@pytest.mark.parametrize("base", ["0x123456789000", "0x7fffffff0000", "0xffffffff80000000", "0x8000000000000000"])
def test_segment_bases(cage: Path, register: str, base: str) -> None:
    """The library does not use them; the last address is not canonical."""
    done = _attack(cage, "base", register, base)
    if b"signal 4" in done.stderr:
        pytest.skip("the host does not let programs write segment bases")
    assert (done.status, done.stdout) == ((139, b"") if base == "0x8000000000000000" else (7, b"still here\n"))


@pytest.mark.parametrize("byte", ["0", "1", "85", "255"])
def test_garbage_as_extended_state(cage: Path, byte: str) -> None:
    assert _attack(cage, "xrstor", byte).status == run_native([cage, "xrstor", byte]).status


# Nested task, direction, identification, trap: all flags that make a call unusual.
@pytest.mark.parametrize("flags", ["0x4202", "0x602", "0x200202", "0x302"])
def test_flags(cage: Path, flags: str) -> None:
    assert _attack(cage, "flags", flags).status == run_native([cage, "flags", flags]).status


def test_alignment_checks(cage: Path) -> None:
    """On Linux these are off in the kernel."""
    assert _attack(cage, "flags", "0x40202").status == SURVIVED


def test_protection_keys(cage: Path) -> None:
    assert _attack(cage, "keys").status in (125, 132, 139)


@pytest.mark.parametrize(
    "address", ["0", "8", "0x8000000000000000", LIBRARY, DIRECT_MAP, "0x7d7fffffff00", "0x7ffffffff000"]
)
def test_stack_pointers(cage: Path, address: str) -> None:
    done = _attack(cage, "stack", address)
    assert done.status in (132, 135, 139)
    assert b"The program was ended by signal" in done.stderr


@pytest.mark.parametrize("offset", [-65536, -8, 0, 100, 65536 - 8, 65536])
def test_stacks_of_the_library(cage: Path, symbols: dict[str, str], offset: int) -> None:
    """The host's signal frames and the library's own would overlap."""
    done = _attack(cage, "stack", hex(int(symbols["signal_stack"], 0) + offset))
    assert done.status in (124, 125, 132, 139)
    assert done.stderr


@pytest.mark.parametrize("byte", ["0", "1", "165", "255"])
@pytest.mark.parametrize("part", ["data", "stacks", "memory"])
def test_overwriting_the_library(
    image: Path, cage: Path, symbols: dict[str, str], allowed: set[str], tmp_path: Path, part: str, byte: str
) -> None:
    """Its integrity is not protected: it may end in any way, but it ends, and makes no other host call."""
    first, last = {
        "data": (symbols["kernel_rodata_end"], symbols["kernel_end"]),
        "stacks": (symbols["signal_stack"], hex(int(symbols["signal_stack"], 0) + 65536)),
        "memory": (DIRECT_MAP, hex(int(DIRECT_MAP, 0) + (32 << 20))),
    }[part]
    done = run_guest([cage, "overwrite", first, last, byte], "--timeout", "2", "--memory", "32M")
    assert done.status in (124, 125) or done.status >= 128
    assert done.stderr.count(b"\n") < 100
    command: list[str | Path] = ["timeout", "-k", "1", "5", "strace", "-f", "-o", tmp_path / "log"]
    command += _by_hand(image, cage, "overwrite", first, last, byte, options=["-m", "32"])
    subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
    lines = (tmp_path / "log").read_text().splitlines()
    start = _filter_installed(lines)
    for line, following in zip(lines[start + 1 :], [*lines[start + 2 :], "SYS_SECCOMP"], strict=True):
        if call := re.match(r"\d+ +(\w+)\(", line):
            assert call[1] in allowed or "SYS_SECCOMP" in following or "killed by" in following


@pytest.mark.parametrize("part", ["text", "rodata"])
def test_the_library_is_read_only(build_guest: Build, symbols: dict[str, str], part: str) -> None:
    address = LIBRARY if part == "text" else symbols["kernel_text_end"]
    assert run_guest([build_guest("poke.c"), address]).status == 139


FORGED = '{"status": 0, "signal": 0, "boot_ns": 0, "boot_tsc": 0, "peak_kib": 0, '
FORGED_COUNTS = FORGED + '"patches": [1]}\n'
FORGED_PHASES = FORGED + '"phases": {"setup": ' + "9" * 30 + "}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "garbage",
        "[1]\n",
        '{"status": "x"}\n',
        "{}\n",
        '{"status": 0, "signal": 0}\n',
        FORGED_COUNTS,
        FORGED_PHASES,
        "\n",
    ],
)
def test_forged_reports(cage: Path, symbols: dict[str, str], text: str) -> None:
    """The launcher may read what the program wrote: it ends with one line."""
    done = _attack(cage, "report", symbols["report_descriptor"], text)
    assert done.status == 125
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("byte", ["0", "1", "8", "255"])
@pytest.mark.parametrize("part", [("0", "0x1000"), ("0x10000", "0x100000"), ("0", "0x100000")])
def test_forged_traces(cage: Path, symbols: dict[str, str], tmp_path: Path, part: tuple[str, str], byte: str) -> None:
    """The same for what the launcher reads in the channel."""
    trace = tmp_path / "trace"
    command = [*UNISHIM, "trace", "--output", trace, "--timeout", "2", cage, "channel", symbols["control"], *part, byte]
    done = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
    assert done.returncode in (SURVIVED, 124, 125)
    assert b"Traceback" not in done.stderr
    assert trace.stat().st_size < 10 << 20


def test_an_end_without_a_report(cage: Path) -> None:
    done = _attack(cage, "call", "231", "0")
    assert done.status == 125
    assert done.stderr.count(b"\n") == 1


def test_sockets_of_shared_folders(image: Path, cage: Path) -> None:
    """The program can use the server's descriptor, but no other one that was inherited."""
    ours, shared = socket.socketpair()
    secret, other = socket.socketpair()
    descriptors = [shared.fileno(), other.fileno()]
    options = ["-s", f"fs0={shared.fileno()}"]
    with ours, shared, secret, other:
        for descriptor, status in zip(descriptors, [125, REFUSED], strict=True):
            words = ["call", "1", str(descriptor), "text:arrived", "7"]
            command = _by_hand(image, cage, *words, options=options)
            done = subprocess.run(command, check=False, capture_output=True, pass_fds=descriptors, timeout=TIMEOUT)
            assert done.returncode == status
        other.close()
        assert (ours.recv(100), secret.recv(100)) == (b"arrived", b"")


@contextmanager
def _running(command: Sequence[str | Path], **streams: int) -> Iterator[subprocess.Popen[bytes]]:
    """The image started by hand, once its cage is closed."""
    process = subprocess.Popen(command, **streams)  # type: ignore[call-overload]
    try:
        for _ in range(TIMEOUT * 100):
            if "Seccomp:\t2" in Path(f"/proc/{process.pid}/status").read_text():
                break
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_is_left(build_guest: Build, image: Path) -> None:
    """Descriptors, rights, limits and namespaces of a running image."""
    source, target = os.pipe()
    secret = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(secret, True)
    os.set_inheritable(target, True)
    command: list[str | Path] = [image, "-p", "quiet", "-r", str(target), "-n", "-i", build_guest("endless_loop.c")]
    with _running(command, close_fds=False, stdin=subprocess.DEVNULL) as process:
        proc = Path(f"/proc/{process.pid}")
        status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        assert status["CapEff"] == status["CapPrm"] == status["CapInh"] == "0" * 16
        limits = (proc / "limits").read_text()
        for name, most in {"core file size": 0, "processes": 0, "open files": 1}.items():
            assert re.search(rf"Max {name} +{most} +{most} ", limits)
        if os.geteuid() != 0:
            pytest.skip("the rest of it can be read by root alone")
        names = {int(entry.name): str(entry.readlink()) for entry in (proc / "fd").iterdir()}
        assert {names.pop(number) for number in (0, 1, 2, target)} >= {os.devnull}
        assert all(re.search("unishim-memory|endless", name) for name in names.values())
        if subprocess.run(["unshare", "--user", "true"], check=False, capture_output=True).returncode == 0:
            for kind in ("user", "mnt", "ipc", "net"):
                assert (proc / "ns" / kind).readlink() != Path("/proc/self/ns", kind).readlink()
            assert (proc / "root").readlink() != Path("/")
    for descriptor in (source, target, secret):
        os.close(descriptor)


@pytest.mark.parametrize("streams", ["<&-", ">&-", "<&- >&-"])
def test_closed_streams_are_not_the_memory(image: Path, cage: Path, streams: str) -> None:
    """If started by hand, a descriptor below 3 may be free: no opened file may become a stream of the program."""
    script = f'"$@" {streams}'
    command: list[str | Path] = ["sh", "-c", script, "sh", *_by_hand(image, cage, "streams")]
    native: list[str | Path] = ["sh", "-c", script, "sh", cage, "streams"]
    assert run_native(command) == run_native(native)


def test_no_launcher(build_guest: Build, image: Path) -> None:
    """It ended before the program started: nobody reads the report."""
    source, target = os.pipe()
    os.close(source)
    command: list[str | Path] = [image, "-p", "quiet", "-r", str(target), "-i", build_guest("hello.c")]
    done = subprocess.run(command, check=False, pass_fds=[target], capture_output=True, timeout=TIMEOUT)
    os.close(target)
    assert (done.returncode, done.stdout) == (137, b"")


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def started(launcher: subprocess.Popen[bytes]) -> int:
    """The pid of the image, once its cage is closed."""
    for _ in range(TIMEOUT * 100):
        for child in _children(launcher.pid):
            if "Seccomp:\t2" in Path(f"/proc/{child}/status").read_text():
                return child
        time.sleep(0.01)
    raise AssertionError("nothing was started")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGSYS, signal.SIGHUP])
def test_killed_from_outside(build_guest: Build, number: signal.Signals) -> None:
    """On a terminal, whose mode does not change."""
    primary, secondary = pty.openpty()
    before = termios.tcgetattr(secondary)
    command = [*UNISHIM, "run", "--quiet", build_guest("endless_loop.c")]
    launcher = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=subprocess.PIPE)
    try:
        child = started(launcher)
        os.kill(child, number)
        _, stderr = launcher.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        launcher.kill()
        launcher.communicate()
        raise
    # The library reports those that it has a handler for.
    assert launcher.returncode == (128 + number if number in (signal.SIGSEGV, signal.SIGSYS) else 125)
    assert stderr
    assert b"Traceback" not in stderr
    assert termios.tcgetattr(secondary) == before
    assert not Path(f"/proc/{child}").exists()
    os.close(primary)
    os.close(secondary)


def test_unmapping_everything(cage: Path) -> None:
    done = _attack(cage, "unmap")
    assert done.status == run_native([cage, "unmap"]).status == 139
    assert b"The program was ended by signal 11" in done.stderr


def test_signal_storms(cage: Path) -> None:
    """A handler that nests overflows the stack, as natively; one that returns continues for ever."""
    assert _attack(cage, "storm", "nest").status == run_native([cage, "storm", "nest"]).status == 139
    assert run_guest([cage, "storm", "return"], "--timeout", "2").status == 124


@pytest.mark.parametrize("how", ["default", "ignore"])
def test_closed_pipe(cage: Path, how: str) -> None:
    """SIGPIPE or EPIPE, as on Linux."""
    script = '{ "$@"; echo $? >&2; } | head -n 1'

    def run(command: Sequence[str | Path]) -> tuple[bytes, bytes]:
        done = subprocess.run(
            ["sh", "-c", script, "sh", *command, "pipe", how], check=True, capture_output=True, timeout=TIMEOUT
        )
        return done.stdout, done.stderr

    assert run([*UNISHIM, "run", "--quiet", cage]) == run([cage])
