"""Where a dynamic loader looks for a library: ld.so(8), glibc elf/dl-load.c; musl ldso/dynlink.c.

Paths are those in the guest; `Files` says which of them will exist. The guest's working directory is its root.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from unishim.rootfs.ld_so_cache import read_cache
from unishim.rootfs.linking import Linking

# Subdirectories that glibc searches first, depending on the processor. The guest's processor may differ from the
# host's, so all that exist are packed: those of glibc 2.33 (glibc-hwcaps), and those up to 2.36 (x86's platforms).
_HWCAPS = ("glibc-hwcaps/x86-64-v4", "glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v2")
_OLD_HWCAPS = tuple(
    "/".join(filter(None, (tls, platform, machine)))
    for tls in ("tls", "")
    for platform in ("haswell", "xeon_phi", "")
    for machine in ("avx512_1", "x86_64", "")
)[:-1]
_PLATFORMS = ("haswell", "xeon_phi", "x86_64")  # possible values of $PLATFORM, the most likely one last
_TOKEN = re.compile(r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))")
_MUSL_OWN = frozenset(("c", "pthread", "rt", "m", "dl", "util", "xnet"))


class Files(Protocol):
    """The files that the guest will have."""

    def is_library(self, path: str) -> bool:
        """Whether a 64-bit x86-64 ELF file is there; loaders skip others."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None."""


@dataclass(eq=False, slots=True)
class LoadedObject:
    """A loaded program or library: who needed it first, and what $ORIGIN means in it."""

    path: str
    origin: str
    linking: Linking
    loaded_by: LoadedObject | None = None

    def chain(self) -> Iterator[LoadedObject]:
        """Itself, the object that needed it, the one that needed that, and so on."""
        link: LoadedObject | None = self
        while link is not None:
            yield link
            link = link.loaded_by


class Loader(Protocol):
    """A dynamic loader."""

    configuration: tuple[str, ...]  # files that it reads

    def is_itself(self, name: str) -> bool:
        """Whether a needed name is the loader itself."""

    def find(self, name: str, asker: LoadedObject) -> list[str]:
        """The paths that may be loaded for a name without a slash: variants for better processors first."""

    def expand(self, path: str, asker: LoadedObject) -> list[str]:
        """The paths that a name with a slash may mean."""


def make_loader(interpreter: str, image: bytes, files: Files, environment: Mapping[str, str]) -> Loader:
    """The loader of a program, chosen by the content of its PT_INTERP; `environment` is the program's."""
    library_path = environment.get("LD_LIBRARY_PATH", "")
    if b"/etc/ld-musl-" in image:
        return MuslLoader(interpreter, image, files, library_path)
    return GlibcLoader(image, files, library_path)


@dataclass(slots=True)
class GlibcLoader:
    """The loader of glibc; its built-in directories are read from its own file."""

    image: bytes
    files: Files
    library_path: str
    configuration: tuple[str, ...] = ()
    _folders: list[str] = field(default_factory=list)
    _library_folder: str = "lib64"  # the value of $LIB
    _cache: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # system_dirs: consecutive strings, each with a slash at its end.
        runs = re.findall(rb"(?:/[\x21-\x7e]*/\0){2,}", self.image)
        folders = next((run for run in runs if b"lib" in run), b"/lib64/\0/usr/lib64/\0/lib/\0/usr/lib/\0")
        self._folders = [os.fsdecode(folder).rstrip("/") for folder in folders.split(b"\0") if folder]
        library_folder = re.search(rb"\0(lib(?:64|/[a-z0-9_]+-linux-gnu\w*))\0", self.image)
        if library_folder:
            self._library_folder = os.fsdecode(library_folder[1])
        cache = re.search(rb"/[\x21-\x7e]*/ld\.so\.cache(?=\0)", self.image)
        if cache:
            self.configuration = (os.fsdecode(cache[0]),)
            data = self.files.read(self.configuration[0])
            with suppress(ValueError):  # the loader ignores a damaged one, too
                self._cache = {} if data is None else read_cache(data)

    def is_itself(self, name: str) -> bool:
        """See Loader: recognized by its DT_SONAME."""
        return False

    def find(self, name: str, asker: LoadedObject) -> list[str]:
        """See Loader: up to the first path that every processor accepts."""
        found: list[str] = []
        for path, is_variant in self._candidates(name, asker):
            if path not in found and self.files.is_library(path):
                found.append(path)
                if not is_variant:
                    break
        return found

    def _candidates(self, name: str, asker: LoadedObject) -> Iterator[tuple[str, bool]]:
        """Each path in the loader's order, and whether it is only for some processors."""
        for folder, is_variant in self._folders_before_cache(asker):
            yield from self._in_folder(folder, name, is_variant)
        for path in self._cache.get(name, []):
            if not (asker.linking.no_default_folders and self._is_default(path)):
                yield path, any(f"/{hwcaps}/" in path for hwcaps in (*_HWCAPS, *_OLD_HWCAPS))
        for folder in () if asker.linking.no_default_folders else self._folders:
            yield from self._in_folder(folder, name)

    def _folders_before_cache(self, asker: LoadedObject) -> Iterator[tuple[str, bool]]:
        chain = list(asker.chain())
        runpath = asker.linking.runpath
        if runpath is None:
            for link in chain:
                if link.linking.rpath is not None and link.linking.runpath is None:
                    yield from self._expand_list(link.linking.rpath.split(":"), link)
        if self.library_path:
            yield from self._expand_list(re.split("[:;]", self.library_path), chain[-1])
        if runpath is not None:
            yield from self._expand_list(runpath.split(":"), asker)

    def _expand_list(self, folders: Iterable[str], asker: LoadedObject) -> Iterator[tuple[str, bool]]:
        for folder in folders:
            *variants, last = self.expand(folder, asker)
            for variant in variants:
                yield variant, True
            yield last, False

    def expand(self, path: str, asker: LoadedObject) -> list[str]:
        """See Loader: the dynamic string tokens of ld.so(8)."""
        values = {"ORIGIN": asker.origin, "LIB": self._library_folder}
        text = _TOKEN.sub(lambda match: values.get(match[1] or match[2], match[0]), path)
        platforms = _PLATFORMS if _TOKEN.search(text) else ("",)  # the token left is $PLATFORM
        return [posixpath.join("/", _TOKEN.sub(platform, text)) for platform in platforms]

    def _in_folder(self, folder: str, name: str, is_variant: bool = False) -> Iterator[tuple[str, bool]]:
        for hwcaps in (*_HWCAPS, *_OLD_HWCAPS):
            yield f"{folder}/{hwcaps}/{name}", True
        yield f"{folder}/{name}", is_variant

    def _is_default(self, path: str) -> bool:
        return any(path.startswith(f"{folder}/") for folder in self._folders)


@dataclass(slots=True)
class MuslLoader:
    """The loader of musl: one file or one built-in list of directories, no cache, no variants."""

    interpreter: str
    image: bytes
    files: Files
    library_path: str
    configuration: tuple[str, ...] = ()
    _folders: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        name = re.search(rb"/etc/ld-musl-[\x21-\x7e]*\.path(?=\0)", self.image)
        # The file's directory is next to the loader's: /lib/ld-musl-x86_64.so.1, /etc/ld-musl-x86_64.path.
        prefix = posixpath.dirname(posixpath.dirname(self.interpreter))
        self.configuration = (prefix.rstrip("/") + os.fsdecode(name[0]),) if name else ()
        data = self.files.read(self.configuration[0]) if self.configuration else None
        if data is None:
            built_in = re.search(rb"(?<=\0)/[\x21-\x7e]*lib:/[\x21-\x7e]*(?=\0)", self.image)
            data = built_in[0] if built_in else b"/lib:/usr/local/lib:/usr/lib"
        self._folders = _split_musl(os.fsdecode(data))

    def is_itself(self, name: str) -> bool:
        """See Loader: libc and the names that are part of it."""
        return name.startswith("lib") and "." in name and name[3:].partition(".")[0] in _MUSL_OWN

    def find(self, name: str, asker: LoadedObject) -> list[str]:
        """See Loader."""
        folders = _split_musl(self.library_path)
        for link in asker.chain():
            path = link.linking.rpath if link.linking.runpath is None else link.linking.runpath
            if path is not None and "$" in re.sub(r"\$(ORIGIN|\{ORIGIN\})", "", path):
                continue  # an unknown token: musl ignores the whole list
            for folder in _split_musl(path or ""):
                folders.append(re.sub(r"\$(ORIGIN|\{ORIGIN\})", lambda _: link.origin, folder))  # noqa: B023
        paths = (posixpath.join("/", folder, name) for folder in (*folders, *self._folders))
        return [path for path in paths if self.files.is_library(path)][:1]

    def expand(self, path: str, asker: LoadedObject) -> list[str]:
        """See Loader: names with a slash are used as they are."""
        return [posixpath.join("/", path)]


def _split_musl(path: str) -> list[str]:
    return [folder for folder in re.split("[:\n]", path) if folder]
