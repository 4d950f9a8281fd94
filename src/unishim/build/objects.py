"""Objects by content: what any build compiled is not compiled again, in whatever directory.

The key of an object is computed from the content of its source, its command line with directories replaced by words,
and the compiler. Stored under the key are lists of the headers that were read, with digests of their contents, one list
for each set of headers that occurred. Of the configuration's headers only those options count that the other files
mention, as in Linux's fixdep (scripts/basic/fixdep.c), so that a new option does not invalidate everything. Such lists
are the "direct mode" of ccache's manual, and have the same limit: a new header that hides another one further down the
search path goes unnoticed.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from unishim.build.archive import Archive
from unishim.generate.output import replace_file

_FORMAT = "1"  # of keys and lists; a new number invalidates everything stored
_LISTS = 8  # sets of headers kept per key
_COMPILATION = re.compile(r"^(.* -MT (\S+) -MF \S+ -c (\S+) -o )\S+$", re.MULTILINE)
_CONFIGURATION = ("/uk/bits/config.h", "/uk/bits/config_external.h")
_OPTION = re.compile(rb"\bCONFIG_\w+")
_DEFINITION = re.compile(rb"^#define (\w+) (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compilation:
    """One object to compile: the compiler's command line, its first input, its output."""

    command: str
    source: Path
    object: Path

    @property
    def dependencies(self) -> Path:
        """The dependency file, which tells make what the source includes."""
        return self.object.with_suffix(".d")


def compilations(commands: str) -> list[Compilation]:
    """The compilations among the commands that `make -n` prints."""
    lines = commands.replace("\\\n", " ")
    return [Compilation(command, Path(source), Path(made)) for command, made, source in _COMPILATION.findall(lines)]


def compiler_identity(compiler: str) -> str:
    """A text that identifies this compiler and its assembler; raises FileNotFoundError."""
    commands = ([compiler, "-v"], [compiler, "-Wa,--version", "-c", "-x", "assembler", "/dev/null", "-o", "/dev/null"])
    texts = [
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in commands
    ]
    return blake2b(b"".join(text.stdout for text in texts), digest_size=20).hexdigest()


class Objects:
    """The objects of one build directory, whose headers exist already.

    `folders` are the words that replace directories which differ between machines and projects.
    """

    def __init__(self, folders: dict[str, Path]) -> None:
        # One may contain another: the longest first.
        self._folders = sorted(((word, str(path)) for word, path in folders.items()), key=lambda item: -len(item[1]))
        self._started = time.time_ns()
        # Read each file only once for hundreds of objects.
        self._digest_of = cache(_digest_of)
        self._options_in = cache(_options_in)
        self._values_in = cache(_values_in)

    def place(self, wanted: Iterable[Compilation], archive: Archive, compiler: str) -> list[Compilation]:
        """Copies what the archive has to where make looks for it; returns the rest of `wanted`. Raises OSError.

        Old objects of the rest are removed: if make fails before it reaches them, keep() must not find them.
        """
        missing = []
        for compilation in wanted:
            found = self._find(compilation, archive, compiler)
            if found is None:
                compilation.object.unlink(missing_ok=True)
                missing.append(compilation)
                continue
            data, headers = found
            rule = f"{compilation.object}: {' '.join(headers)}\n" + "".join(f"{header}:\n" for header in headers[1:])
            compilation.object.parent.mkdir(parents=True, exist_ok=True)
            replace_file(compilation.dependencies, rule.encode())
            replace_file(compilation.object, data)
        return missing

    def keep(self, compiled: Iterable[Compilation], archive: Archive, compiler: str) -> None:
        """Adds the objects that make has compiled since.

        Not those whose sources changed meanwhile, nor objects that embed a whole file, which the headers do not show.
        """
        for compilation in compiled:
            try:
                data = compilation.object.read_bytes()
                headers = _read_rule(compilation.dependencies)
                is_settled = all(Path(header).stat().st_mtime_ns <= self._started for header in headers)
                has_files = any(b".incbin" in Path(header).read_bytes() for header in headers)
            except OSError:
                continue
            key = self._key(compilation, compiler)
            if not is_settled or has_files or key is None:
                continue
            digest = _digest(data)
            entry = [digest, [[self._worded(header), self._state(header, headers)] for header in headers]]
            entries = [entry, *(old for old in _entries(archive, key) if old[1] != entry[1])]
            if not archive.write(f"{digest}.o", data):
                return
            archive.write(f"{key}.json", json.dumps(entries[:_LISTS]).encode())

    def _find(self, compilation: Compilation, archive: Archive, compiler: str) -> tuple[bytes, list[str]] | None:
        key = self._key(compilation, compiler)
        if key is None:
            return None
        for digest, states in _entries(archive, key):
            headers = [self._unworded(header) for header, _ in states]
            if all(self._state(header, headers) == state for header, (_, state) in zip(headers, states, strict=True)):
                data = archive.read(f"{digest}.o")
                if data is not None and _digest(data) == digest:
                    return data, headers
        return None

    def _key(self, compilation: Compilation, compiler: str) -> str | None:
        source = self._digest_of(str(compilation.source))
        if source is None:
            return None
        return _digest("\0".join([_FORMAT, compiler, source, self._worded(compilation.command)]).encode())

    def _state(self, header: str, headers: Sequence[str]) -> str | None:
        """What must be equal for an object to be used; None: there is no such file."""
        if not _is_configuration(header):
            return self._digest_of(header)
        options = set().union(*(self._options_in(path) for path in headers if not _is_configuration(path)))
        values = self._values_in(header)
        return _digest(b"\n".join(b"%s %s" % (option, values.get(option, b"")) for option in sorted(options)))

    def _worded(self, text: str) -> str:
        for word, path in self._folders:
            text = re.sub(re.escape(path) + r"(?=[/=\s]|$)", f"@{word}", text)
        return text

    def _unworded(self, name: str) -> str:
        word, slash, rest = name.partition("/")
        return next((f"{path}{slash}{rest}" for own, path in self._folders if word == f"@{own}"), name)


def _entries(archive: Archive, key: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The lists under a key: digests of objects with headers and their states; empty if damaged."""
    text = archive.read(f"{key}.json")
    try:
        found = json.loads(text or b"[]")
        return [(str(digest), [(str(header), state) for header, state in states]) for digest, states in found]
    except (ValueError, TypeError):
        return []


def _read_rule(path: Path) -> list[str]:
    """The names in the first rule of a compiler's dependency file; the source is first."""
    return path.read_text().replace("\\\n", " ").partition("\n")[0].partition(":")[2].split()


def _is_configuration(path: str) -> bool:
    return path.endswith(_CONFIGURATION)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=20).hexdigest()


def _digest_of(path: str) -> str | None:
    try:
        return _digest(Path(path).read_bytes())
    except OSError:
        return None


def _options_in(path: str) -> frozenset[bytes]:
    try:
        return frozenset(_OPTION.findall(Path(path).read_bytes()))
    except OSError:
        return frozenset()


def _values_in(path: str) -> dict[bytes, bytes]:
    """The options in a configuration header."""
    try:
        return dict(_DEFINITION.findall(Path(path).read_bytes()))
    except OSError:
        return {}
