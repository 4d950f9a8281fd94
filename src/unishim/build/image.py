"""Builds kernel images, and finds out quickly if there is nothing to build."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.build.lock import locked
from unishim.build.shipped import default_name, shipped_default, variant_name
from unishim.errors import BuildError
from unishim.paths import PACKAGE, build_folder, kernel_sources, object_store, shipped_objects
from unishim.platforms.registry import PLATFORMS

if TYPE_CHECKING:
    from unishim.build.make import Make

_STORE_LIMIT = 512 << 20  # bytes; an image's objects are 12 MiB


def ensure_image(platform: str, *, debug: bool = False) -> Path:
    """The image of the default (or debug) configuration.

    An installed wheel contains it. In a checkout it is built if it is missing or older than a source.
    """
    if shipped := shipped_default(platform, debug=debug):
        return Path(shipped)
    image = default_image(platform, debug=debug)
    if not is_fresh(image):
        build(image.parent, default_options(platform, debug=debug))
    return image


def default_image(platform: str, *, debug: bool = False) -> Path:
    """The path of the image of the default (or debug) configuration, where it is built."""
    return default_folder(platform, debug=debug) / default_name(platform)


def default_folder(platform: str, *, debug: bool = False) -> Path:
    """The directory where the image of the default (or debug) configuration is built."""
    return build_folder() / variant_name(platform, debug=debug)


def variant_names() -> list[str]:
    """The names of all these directories."""
    return [variant_name(platform, debug=debug) for platform in PLATFORMS for debug in (False, True)]


def default_options(platform: str, *, debug: bool = False) -> dict[str, str]:
    """The options that differ from the defaults."""
    from unishim.build.configuration import DEBUG_OPTIONS

    return {PLATFORMS[platform].symbol: "y", **(DEBUG_OPTIONS if debug else {})}


def build(
    folder: Path,
    options: Mapping[str, str] | None,
    libraries: Sequence[Path] = (),
    *,
    base: Path | None = None,
    verbose: bool = False,
    jobs: int | None = None,
    progress: bool | None = None,
) -> Path:
    """Builds the image of a configuration in `folder`, with external libraries; returns the path of the image.

    `options` change the defaults, or the configuration in the file `base`; None: the directory is already configured,
    with its libraries. `jobs`: number of parallel compilers; None: one per processor. `progress`: a bar on stderr;
    None: if stderr is a terminal. `verbose` shows every command instead. Raises ConfigurationError and BuildError;
    KeyboardInterrupt also for SIGTERM and SIGHUP.
    """
    from unishim.build.configuration import refresh_configuration, write_configuration
    from unishim.build.interruptions import Interruptions
    from unishim.build.make import Make, no_space

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Interruptions() as interruptions, locked(folder) as lock:
            if options is None:
                libraries = refresh_configuration(folder)
            else:
                write_configuration(folder, options, libraries, base=base)
            libraries = [library.absolute() for library in libraries]
            jobs = jobs or len(os.sched_getaffinity(0))
            make = Make(folder, libraries, interruptions, jobs=jobs, verbose=verbose, lock=lock)
            if make.commands("all"):
                is_seen = sys.stderr is not None and sys.stderr.isatty()
                with_bar = not verbose and (is_seen if progress is None else progress)
                _make_objects(make, verbose=verbose, with_bar=with_bar)
            image = folder / image_name(folder)
            # An unchanged image may be older than a touched source; make then reports that it is up to date.
            os.utime(image)
            return image
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BuildError(no_space(folder)) from None
        raise BuildError(
            f"{error.filename or folder}: {error.strerror}; choose another directory with -o DIR"
        ) from None


def _make_objects(make: Make, *, verbose: bool, with_bar: bool) -> None:
    """Builds the image: reuses objects from the wheel or earlier builds, and compiles the rest."""
    from unishim.build.archive import FolderArchive, ZipArchive
    from unishim.build.objects import Objects, compilations, compiler_identity
    from unishim.build.progress import progress_bar

    wanted = missing = compilations(make.commands("all"))
    named = {_library_name(path): path for path in make.libraries}
    objects = Objects({**named, "build": make.folder, "kernel": kernel_sources()})
    shipped = shipped_objects()
    if shipped and missing:
        archive = ZipArchive(shipped)
        missing = objects.place(missing, archive, (archive.read("compiler") or b"").decode())
    store = FolderArchive(object_store(), _STORE_LIMIT)
    compiler = compiler_identity(wanted[0].command.split()[0]) if missing else ""
    missing = objects.place(missing, store, compiler)
    if verbose:
        print(f"unishim: {len(wanted)} objects, compiling {len(missing)} of them", file=sys.stderr)
    with progress_bar(len(wanted), len(wanted) - len(missing)) if with_bar else nullcontext(_ignore) as told:
        try:
            make.run("all", told)
        finally:
            objects.keep(missing, store, compiler)
    if missing:
        store.shrink()


def _library_name(folder: Path) -> str:
    """The library's name in its Makefile.uk, which may differ from its directory's."""
    import re

    found = re.search(r"addlib_s,([\w-]+)", (folder / "Makefile.uk").read_text())
    return found[1] if found else folder.name


def _ignore(_line: str) -> None:
    """Discards output."""


def image_name(folder: Path) -> str:
    """The image's name in the kernel's Makefile. Raises BuildError."""
    name = "elfloader"
    for line in (folder / ".config").read_text().splitlines():
        if line.startswith('CONFIG_UK_NAME="') and line != 'CONFIG_UK_NAME=""':
            name = line.split('"')[1]
    return f"{name}_{image_suffix(folder)}"


def image_suffix(folder: Path) -> str:
    """The suffix of the platform that a directory is configured for. Raises BuildError."""
    lines = (folder / ".config").read_text().splitlines()
    for platform in PLATFORMS.values():
        if f"CONFIG_{platform.symbol}=y" in lines:
            return platform.image_suffix
    raise BuildError(f"{folder}/.config: selects no platform; configure it again: unishim configure -o {folder}")


def is_fresh(image: Path) -> bool:
    """Whether an image exists and is no older than the kernel's sources."""
    try:
        built = image.stat().st_mtime_ns
    except FileNotFoundError:
        return False
    return all(changed <= built for changed in _source_times())


def _source_times() -> Iterator[int]:
    """Modification times of everything that an image is built from."""
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
