"""The smallest configuration that provides the calls of a program."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unishim.paths import kernel_sources

_REGISTRATION = re.compile(r"^UK_PROVIDED_SYSCALLS-\$\(CONFIG_(\w+)\)\s*[+:]?=\s*(.*)$", re.MULTILINE)
# The channel to the host, and the library that records calls for it; the second needs the first.
_TRACE_OPTIONS = ("LIBTRACE", "LIBCHANNEL")
# The vDSO answers these without a system call; a program that makes none of them does not need it.
_VDSO_OPTION, _VDSO_CALLS = "LIBVDSO", frozenset({"clock_gettime", "gettimeofday", "time"})
# /proc and /sys are not needed by a program that uses no file names.
_PROCFS_OPTION, _PATHS_LIBRARY = "LIBPROCFS", "posix-path"


@dataclass(frozen=True, slots=True)
class Provider:
    """A library that provides system calls: directory name, option without CONFIG_, calls."""

    library: str
    option: str
    calls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a program needs.

    `needed`: the calls it makes, by providing library. `options`: the options to turn off, without CONFIG_, each with
    the value "n". `left_out`: their libraries. `missing`: calls that no library provides.
    """

    needed: dict[str, list[str]]
    options: dict[str, str]
    left_out: list[str]
    missing: list[str]


def minimal_configuration(calls: Collection[str], libraries: Sequence[Path] = (), *, with_trace: bool) -> Minimum:
    """Leaves out each library of the kernel that provides none of `calls`.

    If an external library provides a call, that one is used.
    """
    needed: dict[str, list[str]] = {}
    rest = set(calls)
    for provider in (provider for library in libraries for provider in _providers(library)):
        if found := rest & provider.calls:
            needed[provider.library] = sorted(found)
            rest -= found
    options: dict[str, str] = {}
    left_out = []
    for folder in sorted((kernel_sources() / "lib").iterdir()):
        for provider in _providers(folder):
            if found := rest & provider.calls:
                needed[provider.library] = sorted(found)
                rest -= found
            else:
                options[provider.option] = "n"
                left_out.append(provider.library)
    others = [] if with_trace else list(_TRACE_OPTIONS)
    if not _VDSO_CALLS & set(calls):
        others.append(_VDSO_OPTION)
    if _PATHS_LIBRARY not in needed:
        others.append(_PROCFS_OPTION)
    options.update(dict.fromkeys(others, "n"))
    left_out += [option.removeprefix("LIB").lower() for option in others]
    return Minimum(needed, options, left_out, sorted(rest))


def _providers(folder: Path) -> Iterator[Provider]:
    """The registrations in a library's Makefile.uk, by option."""
    makefile = folder / "Makefile.uk"
    calls: dict[str, set[str]] = {}
    for option, words in _REGISTRATION.findall(makefile.read_text() if makefile.is_file() else ""):
        calls.setdefault(option, set()).update(word.partition("-")[0] for word in words.split())
    for option, names in calls.items():
        yield Provider(folder.name, option, frozenset(names))
