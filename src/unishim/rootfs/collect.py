"""Collects what a program of the host needs to start: its interpreter, and the libraries that the loader will load.

Every file gets the same path in the archive as on the host, including the symbolic links on the way, so that the real
loader finds it by its own rules.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections import deque
from collections.abc import Iterable, Mapping

from unishim.errors import BinaryError, BinaryNotFoundError
from unishim.rootfs.entry import Entry, HostFile
from unishim.rootfs.linking import Linking, read_linking
from unishim.rootfs.loader_search import LoadedObject, Loader, make_loader
from unishim.rootfs.names import absolute_path, printable
from unishim.rootfs.tree import Tree

_SCRIPT = b"#!"
_LINE_MAX = 256  # bytes of a script's first line (Linux, BINPRM_BUF_SIZE)
_SCRIPTS_MAX = 5  # nesting of scripts as interpreters (Linux fs/exec.c, exec_binprm)
_PATH = "/usr/local/bin:/usr/bin:/bin"
_ELF_X86_64 = b"\x7fELF\x02\x01"
_EM_X86_64 = b"\x3e\0"


def collect_program(tree: Tree, path: str, environment: Mapping[str, str], *, with_libraries: bool) -> str:
    """Adds a program, and with `with_libraries` what it needs; returns its absolute path in the archive.

    `environment` is the program's; LD_LIBRARY_PATH, LD_PRELOAD and PATH in it are used. Raises BinaryNotFoundError for
    missing files, BinaryError for files that are not programs.
    """
    return _Collector(tree, environment, with_libraries).add_program(absolute_path(path), path)


class _Collector:
    def __init__(self, tree: Tree, environment: Mapping[str, str], with_libraries: bool) -> None:
        self._tree = tree
        self._environment = environment
        self._with_libraries = with_libraries

    def add_program(self, path: str, name: str, depth: int = 0) -> str:
        """Adds a program or a script; messages refer to it as `name`."""
        entry = self._graft(path, name, is_needed=depth > 0)
        if not self._with_libraries:
            return path
        head = self._read_head(entry, name)
        if head.startswith(_SCRIPT):
            if depth == _SCRIPTS_MAX:
                raise BinaryError(f"{name}: scripts are nested too deeply; one must name a program")
            self._add_script(head, path, name, depth)
        elif head.startswith(_ELF_X86_64):
            self._add_libraries(entry, path, name)
        return path

    def _add_script(self, head: bytes, path: str, name: str, depth: int) -> None:
        line = os.fsdecode(head[2:].partition(b"\n")[0]).strip(" \t")
        words = re.split("[ \t]+", line, maxsplit=1)
        if not line:
            raise BinaryError(f"{name}: its first line names no interpreter; write it after #!")
        interpreter = posixpath.join("/", words[0])
        self.add_program(interpreter, f"{name}: its interpreter {printable(os.fsencode(words[0]))}", depth + 1)
        if posixpath.basename(interpreter) == "env" and len(words) > 1:
            self._add_command(words[1], name, depth)

    def _add_command(self, words: str, name: str, depth: int) -> None:
        """Adds the program that env(1) will start."""
        command = next((word for word in words.split() if not word.startswith("-") and "=" not in word), None)
        if command is None:
            return
        folders = [""] if "/" in command else self._environment.get("PATH", _PATH).split(":")
        for folder in folders:
            path = posixpath.join("/", folder, command)
            if _is_executable(self._tree, path):
                self.add_program(path, f"{name}: its interpreter {command}", depth + 1)
                return
        fix = f"add it with --add FILE:/usr/bin/{command}"
        raise BinaryNotFoundError(f"{name}: its interpreter {command} was not found; {fix}")

    def _add_libraries(self, entry: Entry, path: str, name: str) -> None:
        linking = read_linking(host_path(entry))
        if linking.interpreter is None:
            return
        interpreter = posixpath.join("/", linking.interpreter)
        own = self._graft(interpreter, f"{name}: its interpreter {linking.interpreter}", is_needed=True)
        view = _View(self._tree)
        image = view.read(interpreter)
        if image is None:
            raise BinaryError(f"{name}: its interpreter {interpreter} is not readable; change its permissions")
        loader = make_loader(interpreter, image, view, self._environment)
        for configuration in loader.configuration:
            if view.read(configuration) is not None:
                self._tree.graft(os.fsencode(configuration))
        program = LoadedObject(path, posixpath.dirname("/" + os.fsdecode(entry.name)), linking)
        preloads = self._environment.get("LD_PRELOAD", "").replace(":", " ").split()
        known = {interpreter, read_linking(host_path(own)).soname}
        for library in self._load(program, preloads, loader, known, view):
            self._graft(library.path, library.path)

    def _load(
        self, program: LoadedObject, preloads: Iterable[str], loader: Loader, known: set[str | None], view: _View
    ) -> Iterable[LoadedObject]:
        """Adds the libraries, breadth first like a loader. `known`: names of what is already loaded."""
        waiting = deque([program])
        while waiting:
            asker = waiting.popleft()
            if asker is not program:
                yield asker
            wanted = [(name, True) for name in asker.linking.needed]
            wanted += [(name, False) for name in asker.linking.optional]
            if asker is program:
                wanted = [(name, False) for name in preloads] + wanted
            for name, is_required in wanted:
                if name in known or loader.is_itself(name):
                    continue
                known.add(name)
                if "/" in name:
                    paths = [path for path in loader.expand(name, asker) if view.is_library(path)]
                else:
                    paths = loader.find(name, asker)
                if not paths and is_required:
                    raise _missing(name, asker)
                for path in paths:
                    library = LoadedObject(path, posixpath.dirname(path), view.linking(path), asker)
                    known.add(library.linking.soname or name)
                    waiting.append(library)

    def _graft(self, path: str, name: str, *, is_needed: bool = False) -> Entry:
        try:
            entry = self._tree.graft(os.fsencode(path))
        except (FileNotFoundError, NotADirectoryError):
            fix = f"; add it with --add FILE:{path}" if is_needed else ""
            raise BinaryNotFoundError(f"{name}: no such file{fix}") from None
        except OSError as error:
            raise BinaryError(f"{name}: cannot read it: {error.strerror}") from None
        except ValueError:
            raise BinaryNotFoundError(f"{name}: no such file; its name contains a NUL byte") from None
        if entry.is_folder:
            raise BinaryError(f"{name}: is a directory; name a program in it")
        if not entry.is_regular:
            raise BinaryError(f"{name}: not a regular file; name a program")
        return entry

    def _read_head(self, entry: Entry, name: str) -> bytes:
        try:
            with open(host_path(entry), "rb") as file:  # noqa: PTH123
                return file.read(_LINE_MAX)
        except OSError as error:
            raise BinaryError(f"{name}: cannot read it: {error.strerror}; change its permissions") from None


class _View:
    """The files that the guest will have: those in the tree, else those on the host."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def is_library(self, path: str) -> bool:
        """See Files."""
        head = self._read(path, 20)
        return head is not None and head.startswith(_ELF_X86_64) and head[18:20] == _EM_X86_64

    def read(self, path: str) -> bytes | None:
        """See Files."""
        return self._read(path, -1)

    def _read(self, path: str, size: int) -> bytes | None:
        try:
            host = self._host(path)
            if not stat.S_ISREG(os.stat(host).st_mode):  # noqa: PTH116
                return None
            with open(host, "rb", buffering=0) as file:  # noqa: PTH123
                return file.read(size)
        except (OSError, ValueError):
            return None

    def linking(self, path: str) -> Linking:
        """The dependencies of a library."""
        return read_linking(self._host(path))

    def _host(self, path: str) -> str:
        entry = self._tree.find(os.fsencode(path))
        return path if entry is None or not isinstance(entry.content, HostFile) else host_path(entry)


def host_path(entry: Entry) -> str:
    """The host path that holds the bytes of a regular file."""
    assert isinstance(entry.content, HostFile)
    return os.fsdecode(entry.content.path)


def _is_executable(tree: Tree, path: str) -> bool:
    entry = tree.find(os.fsencode(path))
    if entry is not None:
        return entry.is_regular and bool(entry.mode & stat.S_IXUSR)
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113


def _missing(name: str, asker: LoadedObject) -> BinaryNotFoundError:
    place = name if name.startswith("/") else f"/usr/lib/{posixpath.basename(name)}"
    return BinaryNotFoundError(f"{asker.path}: needs {name}, which was not found; add it with --add FILE:{place}")
