"""Reading unishim.toml."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unishim.errors import ProjectError
from unishim.project.key_lines import Keys, key_lines
from unishim.project.schema import FILE, KEYS, TABLES, Key

_BY_NAME = {(key.table, key.name): key for key in KEYS}
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Project:
    """The contents of unishim.toml; schema.py describes each key. Paths are as written: relative to `folder`."""

    folder: Path
    lines: Mapping[Keys, int] = field(repr=False)
    name: str = ""
    unishim: str | None = None
    platform: str | None = None
    configuration: str | None = None
    libraries: list[str] = field(default_factory=list)
    program: str | None = None
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    build: str | None = None
    clean: str | None = None
    initrd: str | None = None
    share: str | None = None
    add: list[str] = field(default_factory=list)
    mounts: list[str] = field(default_factory=list)
    workdir: str | None = None
    user: str | None = None
    with_libs: bool | None = None
    memory: str | None = None
    timeout: float | None = None
    seed: int | None = None
    handlers: list[str] = field(default_factory=list)
    fail: list[str] = field(default_factory=list)
    delay: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The path of unishim.toml."""
        return self.folder / FILE

    @property
    def build_folder(self) -> Path:
        """The directory where its kernel is built, as an absolute path."""
        return self.folder.absolute() / "build"

    @property
    def configuration_file(self) -> Path:
        """The path of its kernel image."""
        return self.folder / ".config"

    @property
    def library_folders(self) -> list[Path]:
        """The directories of its own libraries."""
        return [self.folder / library for library in self.libraries]

    def error(self, message: str, *keys: str | int) -> ProjectError:
        """An error about the value at `keys`, or about the nearest table around it."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return ProjectError(f"{self.file}:{self.lines.get(keys, 1)}: {message}")

    def existing(self, path: str, *keys: str | int) -> str:
        """The path of the file or directory at `keys`. Raises ProjectError if it does not exist."""
        if not (self.folder / path).exists():
            raise self.error(f"{keys[1]}: {path}: no such file or directory; create it, or name another one", *keys)
        return os.fspath(self.folder / path)


def read_project(folder: Path) -> Project:
    """Reads and checks unishim.toml. Raises ProjectError: one line with the place and how to fix it."""
    path = folder / FILE
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(_syntax_error(path, text, str(error))) from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:  # a number that is too long
        raise ProjectError(f"{path}: {error}") from None
    try:
        found = Project(folder, key_lines(text))
    except RecursionError:
        raise _too_deep(path) from None
    for table, content in document.items():
        _check_known(found, table, TABLES, table)
        if not isinstance(content, dict):
            raise found.error(f"{table} is a table; write [{table}]", table)
    values = {}
    for (table, name), value in _pairs(document):
        _check_known(found, name, [key.name for key in KEYS if key.table == table], table, name)
        key = _BY_NAME[table, name]
        _check(found, key, value)
        values[key.attribute] = value
    if "name" not in values:
        raise found.error('the project has no name; write name = "NAME" in [project]', "project")
    project = Project(folder, found.lines, **values)
    _check_together(project)
    return project


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ProjectError(f"{path}: no such file; create a project with: unishim init -t TEMPLATE NAME") from None
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}") from None
    try:
        # As in tomllib.load(): only this pair ends a line.
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProjectError(f"{path}:{line}: not UTF-8; save the file in that encoding") from None


def _too_deep(path: Path) -> ProjectError:
    return ProjectError(f"{path}: values are nested too deeply; no key needs more than a list")


def _syntax_error(path: Path, text: str, message: str) -> str:
    place = _PLACE.search(message)
    line = place[1] if place and place[1] else text.rstrip("\n").count("\n") + 1
    column = f", column {place[2]}" if place and place[2] else ""
    what = _PLACE.sub("", message)
    return f"{path}:{line}: {what[:1].lower() + what[1:]}{column}; see docs/reference/project-file.md for the format"


def _pairs(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    return (((table, name), value) for table, content in document.items() for name, value in content.items())


def _check_known(project: Project, name: str, known: Collection[str], *keys: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, 1)
    fix = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(known)}"
    what = f"[{name}] is not a known table" if len(keys) == 1 else f"{name} is not a key of [{keys[0]}]"
    raise project.error(f"{what}; {fix}", *keys)


def _check(project: Project, key: Key, value: Any) -> None:
    if not key.kind.holds(value):
        raise project.error(
            f"{key.name} must be {key.kind.name}; write {key.name} = {key.example}", key.table, key.name
        )
    if key.check is None:
        return
    keys = (key.table, key.name)
    parts: list[tuple[tuple[str | int, ...], Any]] = [(keys, value)]
    if isinstance(value, list):
        parts = [((*keys, number), element) for number, element in enumerate(value)]
    elif isinstance(value, dict):
        parts = [((*keys, name), name) for name in value]
    for place, part in parts:
        if complaint := key.check(part):
            raise project.error(f"{key.name}: {complaint}", *place)


def _check_together(project: Project) -> None:
    if project.initrd is not None and project.share is not None:
        raise project.error("share and initrd both name a root; remove one of them", "root", "share")
    if project.share is not None and project.add:
        raise project.error("add packs files, but a shared root is not packed; use mounts", "root", "add")
    if project.configuration is not None:
        project.existing(project.configuration, "kernel", "configuration")
    for field_name, table in (("libraries", "kernel"), ("handlers", "run")):
        for number, path in enumerate(getattr(project, field_name)):
            project.existing(path, table, field_name, number)
