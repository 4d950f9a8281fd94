"""`unishim.run`. Its keyword parameters are the fields of Options: that is the only list of them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from unishim.running.options import Options
from unishim.running.runner import run_with

if TYPE_CHECKING:
    from unishim.running.result import Result

_Fields = ParamSpec("_Fields")
_Argv = Sequence[str | os.PathLike[str]]


def _takes_the_fields_of(
    options: Callable[_Fields, Options],
) -> Callable[[Callable[..., Result]], Callable[Concatenate[_Argv, _Fields], Result]]:
    """Makes the fields of Options the keyword parameters of a function: for type checkers, help() and the API page."""

    def decorate(function: Any) -> Any:
        own = inspect.signature(function)
        fields = inspect.signature(options).parameters.values()
        function.__signature__ = own.replace(parameters=[own.parameters["argv"], *fields])
        return function

    return decorate


@_takes_the_fields_of(Options)
def run(argv: Sequence[str | os.PathLike[str]], **options: Any) -> Result:
    """Runs a program on the unikernel and waits for its end.

    `platform` is linux or qemu (None: $UNISHIM_PLATFORM, else what fits here; "auto" also says which). `argv[0]` is
    the program's file on the host, unless `initrd` names another file that holds it, or an archive or a folder in which
    it lies. `with_libs` packs a dynamic program's libraries, `add` ("HOST:/GUEST") more files, `keep_times` the times
    of a folder. `workdir` is the folder in the guest to start in. `share` is a folder of the host that becomes the
    root: `argv[0]` is a path in it then. `mounts` are further folders, "DIR:/PATH" or "DIR:/PATH:ro". `timeout` is in
    seconds; when it runs out, `status` is 124. `stdin` is given to the program (None: this process's own stdin);
    `capture_output` keeps its output in the result. `handlers` are functions decorated by unishim.handlers, or files
    that define some; `fail` and `delay` are rules as of the command line's options; `trace` names the calls to record
    ("all", "%file", "read,write") in the result's `events`, whose times are 0 without `trace_times`, which cost more
    than the rest of a record. `statistics` counts the calls, in the result's `calls`. `core` is where a core file is
    written when a signal that dumps one on Linux ends the program. `gdb` is a port on which gdb can connect, `paused`
    lets the program wait for it, and `debugger` informs the kernel that a debugger is there.
    Raises UnishimError: BinaryError for a file that cannot be executed, PlatformError for a machine that cannot be
    started, HandlerError for a handler that cannot be registered.
    """
    return run_with(Options(**options), [os.fspath(word) for word in argv])
