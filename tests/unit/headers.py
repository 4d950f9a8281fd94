"""Values from the system's C headers: the oracle for constants and structs."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.framework import TIMEOUT

# Headers that can be included together; earlier groups take precedence. The kernel's own, then glibc's.
GROUPS = (
    """linux/fcntl.h linux/stat.h linux/mman.h asm/mman.h linux/fs.h linux/fiemap.h linux/mount.h linux/memfd.h
    linux/falloc.h linux/magic.h linux/openat2.h linux/close_range.h linux/fadvise.h linux/xattr.h
    linux/membarrier.h linux/mempolicy.h linux/futex.h linux/resource.h linux/time.h linux/sched.h
    linux/sched/types.h linux/wait.h asm/prctl.h linux/prctl.h linux/capability.h linux/securebits.h linux/seccomp.h
    linux/personality.h linux/rseq.h linux/random.h linux/ptrace.h linux/reboot.h linux/kcmp.h linux/pidfd.h
    asm/poll.h linux/eventpoll.h linux/signalfd.h linux/inotify.h linux/timerfd.h linux/timex.h linux/times.h
    linux/userfaultfd.h linux/ioprio.h asm/termbits.h asm/ioctls.h asm/termios.h linux/sockios.h linux/net.h
    linux/netlink.h linux/tcp.h linux/in6.h linux/in.h linux/un.h asm/socket.h asm/signal.h asm/siginfo.h
    linux/shm.h linux/ipc.h linux/mqueue.h linux/uio.h linux/utsname.h linux/sysinfo.h asm/stat.h asm/statfs.h
    linux/utime.h""",
    """fcntl.h sys/socket.h netinet/in.h netinet/tcp.h sys/stat.h sys/statvfs.h unistd.h sys/time.h sys/wait.h signal.h
    poll.h sched.h sys/mount.h sys/mman.h sys/eventfd.h sys/ioctl.h termios.h""",
)


class Headers:
    """One group of headers, queried with C programs that are compiled and run in `folder`."""

    def __init__(self, group: str, folder: Path) -> None:
        includes = "".join(f"#include <{header}>\n" for header in group.split())
        self._prologue = f"#define _GNU_SOURCE\n{includes}#include <stddef.h>\nextern int printf(const char *, ...);\n"
        self._program = folder / "headers"

    def ask(self, expressions: Iterable[str]) -> dict[str, int]:
        """The values of those expressions that the headers define; others are left out."""
        lines = list(expressions)
        while True:
            # One line per expression: the line of an error identifies the expression.
            body = "\n".join(f'printf("%lld\\n", (long long)({expression}));' for expression in lines)
            source = f'{self._prologue}int main(void) {{\n#line 1 "ask"\n{body}\nreturn 0; }}\n'
            done = subprocess.run(
                ["gcc", "-w", "-fmax-errors=0", "-x", "c", "-", "-o", self._program],
                input=source,
                text=True,
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
            )
            bad = {int(line) - 1 for line in re.findall(r"^ask:(\d+):\d+: error", done.stderr, re.MULTILINE)}
            if not bad:
                assert done.returncode == 0, done.stderr
                break
            lines = [line for index, line in enumerate(lines) if index not in bad]
        output = subprocess.check_output([self._program], text=True, timeout=TIMEOUT).split()
        return dict(zip(lines, map(int, output), strict=True))


def ask_all(expressions: Iterable[str], folder: Path) -> Mapping[str, int]:
    """The value from the first group that defines an expression."""
    missing = dict.fromkeys(expressions)
    found: dict[str, int] = {}
    for group in GROUPS:
        answers = Headers(group, folder).ask(missing)
        found |= answers
        missing = {expression: None for expression in missing if expression not in answers}
    return found
