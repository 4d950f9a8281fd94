"""Writes a program as one executable file that needs nothing but Linux: no Python, no directory, no other file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.errors import PlatformError, UsageError
from unishim.host.os_errors import explain_os_error
from unishim.platforms.registry import find_platform, standalone_platform

if TYPE_CHECKING:
    from unishim.running.options import Options

_MODE = 0o755


def write_standalone(options: Options, argv: Sequence[str], output: str | os.PathLike[str]) -> Path:
    """Writes the program of `argv`, packed as for a run with `options`, as the executable file `output`.

    When the file is run, the arguments after `argv[0]` precede those of its own command line, and the variables in
    `options.env` replace variables of the same names. The file appears under its name once it is complete; returns its
    path. Raises UsageError for an option that needs a launcher, BinaryError, BuildError, PlatformError.
    """
    from unishim.elf.standalone import Payload, payload_head, payload_size, with_payload
    from unishim.platforms.command_line import quote
    from unishim.platforms.memory import parse_memory
    from unishim.rootfs.choice import choose_initrd
    from unishim.running.parameters import kernel_parameters
    from unishim.running.plan import find_kernel, with_platform

    _require_no_launcher(options)
    options, platform = with_platform(options.replace(platform=standalone_platform().name, quiet=True))
    path = Path(output)
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is a directory or a device; name a file")
    memory = parse_memory(options.memory)
    with ExitStack() as stack:
        initrd, program = choose_initrd(options, argv, memory, stack)
        assert initrd is not None
        # Each run sets the terminals; the variables are stored separately, because they replace others of their names.
        parameters = kernel_parameters(options.replace(env=None), 0, program, ())
        variables = [f"{name}={value}" for name, value in (options.env or {}).items()]
        if any("\0" in word for word in (*parameters, *variables, *argv)):
            raise UsageError("an argument or an environment variable contains a NUL byte; remove it")
        payload = Payload(" ".join(map(quote, parameters)), variables, argv, memory, Path(initrd).stat().st_size)
        head = payload_head(payload)
        size = payload_size(len(head), payload.initrd_size)
        image = with_payload(Path(find_kernel(options, platform.name)).read_bytes(), size)
        try:
            descriptor, temporary = tempfile.mkstemp(prefix=".unishim-", dir=path.absolute().parent)
            stack.callback(Path(temporary).unlink, missing_ok=True)
            with os.fdopen(descriptor, "wb") as file, Path(initrd).open("rb") as source:
                file.write(image + head)
                shutil.copyfileobj(source, file, 1 << 20)
                file.truncate(file.tell() + size - len(head) - payload.initrd_size)
                os.fchmod(file.fileno(), _MODE)
            Path(temporary).replace(path)
        except OSError as error:
            raise PlatformError(explain_os_error(error, os.fspath(path))) from None
    return path


def _require_no_launcher(options: Options) -> None:
    given = {
        "--share": options.share is not None,
        "--mount": bool(options.mounts),
        "--handlers": bool(options.handlers),
        "--fail": bool(options.fail),
        "--delay": bool(options.delay),
        "--timeout": options.timeout is not None,
    }
    for name, is_given in given.items():
        if is_given:
            raise UsageError(f"{name}: a standalone file has no launcher to do that; use `unishim run`")
    require_standalone(options.platform)


def require_standalone(name: str | None) -> None:
    """Raises UsageError for a platform whose images cannot be standalone files; None and "auto" are accepted."""
    if name is not None and name != "auto" and not find_platform(name).makes_standalone_files:
        able = standalone_platform().name
        raise UsageError(f"--platform {name}: a standalone file is always for the platform {able}; omit it")
