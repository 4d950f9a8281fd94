"""How much of the host's memory a run on `linux` takes."""

from __future__ import annotations

import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests.framework import TIMEOUT
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command
from unishim.running.options import Options

FILES = 400
FILE_SIZE = 64 << 10  # bytes; as much as a page fault of the host makes resident


def _peak_kib(options: Options) -> int:
    """The largest resident memory of a run of cat, after it has answered."""
    with ExitStack() as stack:
        command = linux_command(plan_linux(options, ["/bin/cat"], 0, stack))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(b"here\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"here\n"
            status = Path(f"/proc/{process.pid}/status").read_text()
            process.stdin.close()
            assert process.wait(TIMEOUT) == 0
    match = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert match
    return int(match[1])


def test_files_that_are_not_used_are_not_resident(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"file-{number}").write_bytes(bytes([number % 256]) * FILE_SIZE)
    plain = Options(platform="linux", memory="256M")
    alone = _peak_kib(plain)
    packed = _peak_kib(Options(platform="linux", memory="256M", add=[f"{folder}:/files"]))
    assert packed - alone < FILES * FILE_SIZE // 1024 // 8
