"""Building kernel images, and finding out quickly that there is nothing to build."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from unishim.errors import BuildError
from unishim.paths import PACKAGE, build_folder, kernel_sources, shipped_image

SUFFIXES = {"qemu": "kvm-x86_64", "process": "process-x86_64"}
_BUILD_TIMEOUT = 600  # seconds


def ensure_image(platform: str = "qemu", *, debug: bool = False) -> Path:
    """The image of the default (or debug) configuration: a wheel's own, else built when missing or older than a source."""
    if shipped := shipped_image(platform, debug=debug):
        return shipped
    folder = default_folder(platform, debug=debug)
    image = folder / f"elfloader_{SUFFIXES[platform]}"
    if not _is_fresh(image):
        build(folder, default_options(platform, debug=debug))
    return image


def default_folder(platform: str, *, debug: bool = False) -> Path:
    """Where the image of the default (or debug) configuration is built."""
    return build_folder() / (f"{platform}-debug" if debug else platform)


def default_options(platform: str, *, debug: bool = False) -> dict[str, str]:
    """What its configuration changes."""
    from unishim.build.configuration import DEBUG_OPTIONS

    return {f"PLAT_{platform.upper()}": "y", **(DEBUG_OPTIONS if debug else {})}


def build(
    folder: Path, options: Mapping[str, str] | None, libraries: Sequence[Path] = (), *, verbose: bool = False
) -> Path:
    """Builds the image of a configuration in `folder`, with external libraries; the path of the image.

    `options` change the defaults; None: the folder is configured already, with libraries of its own. Raises
    ConfigurationError and BuildError.
    """
    from unishim.build.configuration import refresh_configuration, write_configuration

    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if options is None:
            libraries = refresh_configuration(folder)
        else:
            write_configuration(folder, options, libraries)
        command = [
            "make",
            "-C",
            os.fspath(kernel_sources()),
            f"O={folder}",
            f"PYTHON={sys.executable}",
            f"UK_PACKAGE={PACKAGE}",
        ]
        command += [f"-j{os.cpu_count() or 1}", f"V={int(verbose)}"]
        command += [f"L={':'.join(os.fspath(library.absolute()) for library in libraries)}"]
        try:
            done = subprocess.run(
                command,
                check=False,
                timeout=_BUILD_TIMEOUT,
                stdin=subprocess.DEVNULL,
                stdout=None if verbose else subprocess.PIPE,
                stderr=None if verbose else subprocess.STDOUT,
                text=True,
            )
        except FileNotFoundError as error:
            raise BuildError("make is not installed; install it with: apt-get install make gcc") from error
        except subprocess.TimeoutExpired as error:
            raise BuildError(f"{folder}: the build did not end within {_BUILD_TIMEOUT} s") from error
        if done.returncode != 0:
            raise BuildError(_explain(done.stdout or "", folder))
        image = folder / _image_name(folder)
        # An unchanged image is older than a touched source; make says that it is up to date.
        os.utime(image)
        return image


def _image_name(folder: Path) -> str:
    """What the kernel's Makefile calls the image."""
    name, platform = "elfloader", "qemu"
    for line in (folder / ".config").read_text().splitlines():
        if line.startswith('CONFIG_UK_NAME="') and line != 'CONFIG_UK_NAME=""':
            name = line.split('"')[1]
        elif line == "CONFIG_PLAT_PROCESS=y":
            platform = "process"
    return f"{name}_{SUFFIXES[platform]}"


def _explain(output: str, folder: Path) -> str:
    """The line of make's output that says what is wrong."""
    lines = output.splitlines()
    for line in lines:
        if " error: " in line or "undefined reference" in line or "not found" in line:
            return f"{line.strip()} (the whole output: unishim build -v)"
    told = [line for line in lines if line and not line.startswith(("  ", "make"))]
    return told[0] if told else f"{folder}: the build failed; see: unishim build -v"


def _is_fresh(image: Path) -> bool:
    try:
        built = image.stat().st_mtime_ns
    except FileNotFoundError:
        return False
    return all(changed <= built for changed in _source_times())


def _source_times() -> Iterator[int]:
    """Modification times of all that an image is made from."""
    folders = [
        os.fspath(kernel_sources()),
        *(os.fspath(PACKAGE / name) for name in ("channel", "generate", "syscalls", "elf")),
    ]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in ("tests", "__pycache__"):
                        folders.append(entry.path)
                else:
                    yield entry.stat().st_mtime_ns


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, so that two builds do not mix; the second waits."""
    import fcntl

    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
