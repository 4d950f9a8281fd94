"""Starts gdb for a program: on the `linux` platform gdb starts the image, for a virtual machine it connects to QEMU."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.debug.host_files import host_files
from unishim.errors import PlatformError, UsageError
from unishim.host.tools import require_tool
from unishim.paths import PACKAGE
from unishim.platforms.launching import STATUS_TIMEOUT

if TYPE_CHECKING:
    from unishim.platforms.qemu_command import Machine
    from unishim.platforms.streams import Streams
    from unishim.running.options import Options

SCRIPT = PACKAGE / "debug" / "gdb_script.py"
_ENDING_SECONDS = 5  # for a virtual machine whose gdb has exited


def symbols_of(kernel: Path) -> Path:
    """The file with the symbols of an image. Raises UsageError if it does not exist."""
    symbols = kernel if kernel.suffix == ".dbg" else kernel.with_name(f"{kernel.name}.dbg")
    if not symbols.is_file():
        raise UsageError(
            f"{symbols}: no such file; it contains the kernel's symbols and belongs next to the image it was built with"
        )
    return symbols


def connect_command(options: Options) -> str:
    """The command with which a user connects to a run with --gdb."""
    from unishim.running.plan import find_kernel

    symbols = symbols_of(find_kernel(options))
    return shlex.join(["gdb", os.fspath(symbols), "-ex", f"target remote :{options.gdb}", "-x", os.fspath(SCRIPT)])


def debug(options: Options, argv: Sequence[str], *, commands: Sequence[str], batch: bool) -> int:
    """Runs gdb with a program that is about to execute its first instruction; returns gdb's status.

    `commands` are gdb commands, run in order; `batch` makes gdb exit after them. Raises UnishimError.
    """
    from unishim.running.plan import with_platform

    gdb = require_tool("gdb")
    options = replace(with_platform(options), debugger=True)
    words = [gdb, "-q", *(["-nx", "-batch"] if batch else []), "-iex", "set print symbol-loading off"]
    run = _debug_linux if options.platform == "linux" else _debug_machine
    return run(options, argv, words, commands)


def _script(options: Options, argv: Sequence[str], commands: Sequence[str], connect: Sequence[str]) -> list[str]:
    """Arguments of gdb after its own options."""
    words: list[str] = []
    program, root = host_files(options, argv)
    for line in connect:
        words += ["-ex", line]
    words += ["-x", os.fspath(SCRIPT)]
    for name, path in (("program", program), ("root", root)):
        words += [] if path is None else ["-ex", f"set unishim {name} {path}"]
    for command in ("unishim begin", *commands):
        words += ["-ex", command]
    return words


def _call(
    gdb: Sequence[str], timeout: float | None, descriptors: Sequence[int] = (), *, stdin: int | None = None
) -> int:
    """Waits for gdb and ends it when the time runs out; returns its status. Ctrl-C is for gdb: it stops the program."""
    environment = {**os.environ, "DEBUGINFOD_URLS": "", "SHELL": "/bin/sh"}
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            gdb,
            pass_fds=descriptors,
            stdin=stdin,
            env=environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        status = child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return STATUS_TIMEOUT
    finally:
        signal.signal(signal.SIGINT, ours)
    return status if status >= 0 else 128 - status


def _debug_linux(options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
    from unishim.platforms.linux import connect, linux_command
    from unishim.running.hosting import make_host
    from unishim.running.plan import plan_linux, terminals_of

    with ExitStack() as stack:
        plan = plan_linux(options, argv, terminals_of((0, 1, 2)), stack)
        symbols = symbols_of(plan.kernel)
        host = make_host(options, lambda event: print(event, file=sys.stderr), 32, argv=argv)
        connections = connect(plan, stack, host)
        script = _script(options, argv, commands, [f'symbol-file "{symbols}"'])
        image = linux_command(plan, connections.extra)
        return _call([*gdb, *script, "--args", *image], options.timeout, connections.inherited)


def _debug_machine(options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
    from unishim.platforms.streams import open_streams
    from unishim.running.plan import plan_machine

    is_batch = "-batch" in gdb
    with ExitStack() as stack:
        # Only gdb reads from a terminal.
        nothing = os.open(os.devnull, os.O_RDONLY)
        stack.callback(os.close, nothing)
        streams = stack.enter_context(open_streams(0 if is_batch and not os.isatty(0) else nothing, 1, 2))
        plan = plan_machine(options, argv, streams.terminals, stack)
        symbols = symbols_of(plan.kernel)
        socket = f"{stack.enter_context(tempfile.TemporaryDirectory(prefix='unishim-'))}/gdb"
        plan = replace(plan, extra=("-gdb", f"unix:path={socket},server=on,wait=off", "-S"))
        machine = _MachineThread(options, argv, plan, streams)
        stack.callback(machine.end)
        machine.wait_for(socket)
        # gdb does not end what it is connected to, and after gdb's end it would be too late to do so.
        ends = f"python import os; gdb.events.gdb_exiting.connect(lambda _: os.kill({machine.process_id}, 9))"
        connect = [f"with suppress-cli-notifications on -- target remote {socket}", ends]
        script = _script(options, argv, commands, connect)
        return _call([*gdb, os.fspath(symbols), *script], options.timeout, stdin=nothing if is_batch else None)


class _MachineThread:
    """Runs a virtual machine in parallel to gdb."""

    def __init__(self, options: Options, argv: Sequence[str], plan: Machine, streams: Streams) -> None:
        from unishim.running.hosting import make_host

        self._host = make_host(options, lambda event: print(event, file=sys.stderr), 32, argv=argv)
        self._plan = replace(plan, channel=self._host is not None)
        self._streams = streams
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="unishim machine", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from unishim.platforms.qemu import run_machine

        try:
            run_machine(self._plan, self._streams, None, self._host, on_start=self._started)
        except Exception as error:
            self._error = error

    def _started(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def process_id(self) -> int:
        """QEMU's."""
        return self._process.pid

    def wait_for(self, socket: str) -> None:
        """Returns when QEMU listens. Raises the error that prevented it."""
        while not os.path.exists(socket):  # noqa: PTH110
            if not self._thread.is_alive():
                raise self._error or PlatformError("QEMU ended before gdb could connect")
            time.sleep(0.005)

    def end(self) -> None:
        """Waits for the end that gdb has caused, and enforces it."""
        self._process.kill()
        self._thread.join(_ENDING_SECONDS)
