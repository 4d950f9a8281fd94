"""gdb on the `qemu` platform: gdb connects to QEMU's stub."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from unishim.debug.session import run_gdb, script_arguments, symbols_of
from unishim.errors import PlatformError
from unishim.platforms.qemu.machine import run_machine
from unishim.platforms.qemu.plan import plan_machine
from unishim.platforms.qemu.streams import open_streams
from unishim.running.hosting import make_host

if TYPE_CHECKING:
    from unishim.platforms.qemu.command import Machine
    from unishim.platforms.qemu.streams import Streams
    from unishim.running.options import Options

_ENDING_SECONDS = 5  # for a virtual machine whose gdb has exited


def debug(options: Options, argv: Sequence[str], gdb: Sequence[str], commands: Sequence[str]) -> int:
    """Runs gdb on a program; returns gdb's exit status."""
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
        script = script_arguments(options, argv, commands, connect)
        return run_gdb([*gdb, os.fspath(symbols), *script], options.timeout, stdin=nothing if is_batch else None)


class _MachineThread:
    """Runs a virtual machine in parallel to gdb."""

    def __init__(self, options: Options, argv: Sequence[str], plan: Machine, streams: Streams) -> None:
        self._host = make_host(options, lambda event: print(event, file=sys.stderr), 32, argv=argv)
        self._plan = replace(plan, channel=self._host is not None)
        self._streams = streams
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="unishim machine", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            run_machine(self._plan, self._streams, None, self._host, on_start=self._started)
        except Exception as error:
            self._error = error

    def _started(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def process_id(self) -> int:
        """The process ID of QEMU."""
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
