"""Defines `unishim.run`. Its keyword parameters are the fields of Options, which is their only list."""

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
    """Makes the fields of Options the keyword parameters of a function, for type checkers, help() and the API page."""

    def decorate(function: Any) -> Any:
        own = inspect.signature(function)
        fields = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=getattr(Options, name),
                annotation=Options.__annotations__[name],
            )
            for name in Options.fields
        ]
        function.__signature__ = own.replace(parameters=[own.parameters["argv"], *fields])
        return function

    return decorate


@_takes_the_fields_of(Options)
def run(argv: Sequence[str | os.PathLike[str]], **options: Any) -> Result:
    """Runs a program on the unikernel and waits for its end.

    `platform` is linux or qemu (None: $UNISHIM_PLATFORM, else what works here; "auto" also prints the choice).
    `argv[0]` is the program's file on the host, unless `initrd` names another file with the program, or an archive or
    directory that contains it. `with_libs` packs a dynamic program's libraries, `add` ("HOST:/GUEST") more files;
    `keep_times` keeps the times of a directory's files. `workdir` is the directory in the guest to start in, `user`
    ("USER[:GROUP]", numbers or names of the guest) the user to start as; without it, that is root. `share` is
    a host directory that becomes the root; `argv[0]` is then a path in it. `mounts` are further directories,
    "DIR:/PATH" or "DIR:/PATH:ro". `timeout` is in seconds; if it expires, `status` is 124. `stdin` is the program's
    input (None: this process's own stdin); `capture_output` keeps the program's output in the result. `handlers` are
    functions decorated with unishim.handlers, or files that define some; `fail` and `delay` are rules as in the command
    line's options; `trace` names the calls to record ("all", "%file", "read,write") in the result's `events`, whose
    times are 0 without `trace_times`, which cost more than the rest of a record. `statistics` counts the calls, in the
    result's `calls`. `core` is the path of the core file to write if a signal that dumps core on Linux ends the
    program. `gdb` is where gdb can
    connect ("unix", "unix:PATH", "tcp:PORT"), `paused` makes the program wait for gdb, and `debugger` informs
    the kernel that a debugger is attached. Raises UnishimError: BinaryError for a file that cannot be executed,
    PlatformError for a guest that cannot be started, HandlerError for a handler that cannot be registered.
    """
    return run_with(Options(**options), [os.fspath(word) for word in argv])
