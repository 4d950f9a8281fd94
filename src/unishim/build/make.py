"""Runs make on the kernel's Makefile: checks what it needs, explains its errors, ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from unishim.build.image import image_suffix
from unishim.build.interruptions import Interruptions
from unishim.build.plain_folder import BAD_IN_PATHS, plain_folder
from unishim.build.process_group import process_group
from unishim.errors import BuildError
from unishim.host.tools import find_tool, install_command
from unishim.paths import PACKAGE, kernel_sources

_TOOLS = ("make", "gcc", "as", "ld", "objcopy")


class Make:
    """make for one build directory. All methods raise BuildError with the line that says why make failed."""

    def __init__(
        self,
        folder: Path,
        libraries: Sequence[Path],
        interruptions: Interruptions,
        *,
        jobs: int,
        verbose: bool,
        lock: int,
    ) -> None:
        """`libraries`: directories of external ones; `lock`: a descriptor that make inherits, to hold the lock too.

        `self.folder` and `self.libraries` are the paths as make sees them.
        """
        kernel = kernel_sources()
        self.folder = plain_folder(folder)
        self.libraries = [plain_folder(library) for library in libraries]
        self._own_names = dict(zip([self.folder, *self.libraries], [folder, *libraries], strict=True))
        for path in (self.folder, kernel, PACKAGE, Path(sys.executable), *self.libraries):
            if bad := BAD_IN_PATHS.search(os.fspath(path)):
                raise BuildError(f"{path}: make does not support {bad[0]!r} in a path; use a directory without it")
        missing = [tool for tool in _TOOLS if not find_tool(tool)]
        if missing:
            names = ", ".join(missing)
            raise BuildError(f"{names}: not installed, but needed to build; {install_command(missing)}")
        self._verbose = verbose
        self._lock = lock
        self._interruptions = interruptions
        self._command = [
            "make",
            "--no-print-directory",
            "-C",
            os.fspath(kernel),
            f"O={self.folder}",
            f"PYTHON={sys.executable}",
        ]
        self._command += [f"UK_PACKAGE={PACKAGE}", f"UK_IMAGE_SUFFIX={image_suffix(folder)}"]
        self._command += [f"L={':'.join(map(os.fspath, self.libraries))}"]
        self._jobs = [f"-j{jobs}", f"V={int(verbose)}"]
        # Messages in the language that _explain() knows, and no variables of a make that may have started this command.
        self._environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
        self._environment["LC_ALL"] = "C"

    def commands(self, *words: str) -> str:
        """The commands that it would run now, one per line."""
        lines: list[str] = []
        self._run(["--dry-run", "--silent", *words], lines.append)
        return "".join(lines)

    def run(self, target: str, told: Callable[[str], None]) -> None:
        """Makes a target; `told` is called with each line of output, unless it is shown."""
        self._run([target, *self._jobs], None if self._verbose else told)

    def _run(self, words: list[str], told: Callable[[str], None] | None) -> None:
        output: list[str] = []
        with process_group(
            self._interruptions,
            [*self._command, *words],
            env=self._environment,
            stdout=subprocess.PIPE if told else None,
            stderr=subprocess.STDOUT if told else None,
            # The lock is held until the last of them ends, even if this process is killed.
            pass_fds=(self._lock,),
        ) as process:
            for line in process.stdout or ():
                output.append(line)
                if told:
                    told(line)
            status = process.wait()
        if status != 0:
            raise BuildError(self._explain(output))

    def _explain(self, output: list[str]) -> str:
        """The line of make's output that explains the failure."""
        text = "".join(output)
        for plain, own in self._own_names.items():
            text = text.replace(os.fspath(plain), os.fspath(own))
        folder, lines = self._own_names[self.folder], text.splitlines()
        if "No space left on device" in text:
            return no_space(folder)
        for line in lines:
            if " error: " in line or "undefined reference" in line or "not found" in line:
                return f"{line.strip()} (full output: unishim build -v)"
        told = [line for line in lines if line and not line.startswith(("  ", "make"))]
        return told[0] if told else f"{folder}: the build failed; for details: unishim build -v"


def no_space(folder: Path) -> str:
    """The message for a full disk in a build directory."""
    return f"{folder}: No space left on device; free some space and build again: finished objects are kept"
