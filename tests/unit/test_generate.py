"""The generators: what they accept, what they refuse with one line, and their output."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from unishim import contract
from unishim.errors import BuildError
from unishim.generate import contract as contract_header
from unishim.generate.exports import write_exports
from unishim.generate.output import write_if_changed
from unishim.generate.registration import Definition, check
from unishim.generate.syscall_headers import write_headers
from unishim.syscalls.table import by_name

GETCPU = "UK_SYSCALL_R_DEFINE(int, getcpu, unsigned int *, cpu,\n\t\t    unsigned int *, node, void *, cache)\n{\n}\n"
GETPID = "UK_LLSYSCALL_DEFINE(pid_t, getpid)\n{\n}\n"


def library(tmp_path: Path, makefile: str, *sources: str) -> tuple[list[Path], list[Path]]:
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "Makefile.uk").write_text(makefile)
    files = []
    for number, text in enumerate(sources):
        files.append(folder / f"source{number}.c")
        files[-1].write_text(text)
    return [folder / "Makefile.uk"], files


def registration(*words: str) -> str:
    return "# comment\nUK_PROVIDED_SYSCALLS-$(CONFIG_LIB) += " + " ".join(words) + "\n"


def test_accepted(tmp_path: Path) -> None:
    makefiles, sources = library(tmp_path, registration("getcpu-3", "getpid-0"), GETCPU, GETPID)
    provided = check(["getcpu-3", "getpid-0"], makefiles, sources)
    assert {call.name: definition.library for call, definition in provided.items()} == {
        "getpid": "lib",
        "getcpu": "lib",
    }
    assert [definition.partial for definition in provided.values()] == [None, None]


@pytest.mark.parametrize(
    ("words", "sources", "place", "message"),
    [
        (["getcpu-3"], [], "Makefile.uk:2", "registered but no source"),
        ([], [GETCPU], "source0.c:1", "defined but not registered"),
        (["getcpu-2"], [GETCPU], "Makefile.uk:2", "takes 3 arguments, not 2"),
        (["getcpu"], [GETCPU], "Makefile.uk:2", "not a registration"),
        (["getcp-3"], [GETCPU], "Makefile.uk:2", "did you mean getcpu"),
        (["getcpu-3", "getcpu-3"], [GETCPU], "Makefile.uk:2", "provided twice"),
        (["getcpu-3"], [GETCPU, GETCPU], "source1.c:1", "is already defined in"),
        (["getcpu-3e"], [GETCPU], "Makefile.uk:2", "write getcpu-3"),
        (["getpid-0"], ["UK_SYSCALL_E_DEFINE(int, getpid)\n{}\n"], "Makefile.uk:2", "write getpid-0e"),
        ([], ['UK_SYSCALL_PARTIAL(read, "x");\n'], "source0.c", "does not precede a definition"),
        (["close-1"], ["UK_SYSCALL_R_DEFINE(int, close, void *, fd)\n{}\n"], "source0.c:1", "fd is 'void \\*' here"),
        (["getcpu-3"], ["\nUK_SYSCALL_R_DEFINE(int, getcpu, int, cpu)\n{}\n"], "source0.c:2", "with 1 arguments"),
        (["getcpu-3"], ["UK_SYSCALL_R_DEFINE(int, getcpu, int)\n{}\n"], "source0.c:1", "a type and a name"),
    ],
)
def test_refused_with_place_and_fix(
    tmp_path: Path, words: list[str], sources: list[str], place: str, message: str
) -> None:
    makefiles, files = library(tmp_path, registration(*words), *sources)
    with pytest.raises(BuildError, match=message) as caught:
        check(words, makefiles, files)
    assert f"/{place}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_extended_form_and_partial(tmp_path: Path) -> None:
    partial = 'UK_SYSCALL_PARTIAL(sigaltstack, "no "\n\t"shadow stacks");\n'
    extended = "UK_LLSYSCALL_R_E_DEFINE(int, sigaltstack, const stack_t *, ss, stack_t *, old)\n{}\n"
    makefiles, sources = library(tmp_path, registration("sigaltstack-2e"), partial + extended)
    provided = check(["sigaltstack-2e"], makefiles, sources)
    assert [definition.partial for definition in provided.values()] == ["no shadow stacks"]
    write_headers(provided, tmp_path)
    assert (
        "return uk_syscall_r_e_sigaltstack((long)(execenv), arg0, arg1);"
        in (tmp_path / "syscall_dispatch.h").read_text()
    )


def test_dispatch(tmp_path: Path) -> None:
    definitions = {
        by_name()[name]: Definition(name, ("int",) * len(by_name()[name].arguments), Path("file.c"), 1)
        for name in ("getpid", "getcpu")
    }
    write_headers(definitions, tmp_path)
    text = (tmp_path / "syscall_dispatch.h").read_text()
    assert "\tcase SYS_getpid: \\\n\t\treturn uk_syscall_r_getpid(); \\\n" in text
    assert "\tcase SYS_getcpu: \\\n\t\treturn uk_syscall_r_getcpu(arg0, arg1, arg2);\n" in text
    assert "long uk_syscall_r_getcpu(long, long, long);\n" in text
    assert "#define SYS_getcpu 309\n" in (tmp_path / "syscall_nrs.h").read_text()
    assert "#define EWOULDBLOCK EAGAIN\n" in (tmp_path / "errno_values.h").read_text()


def test_exports(tmp_path: Path) -> None:
    extended = "UK_SYSCALL_E_DEFINE(int, sched_yield)\n{}\n"
    makefiles, sources = library(tmp_path, "", GETCPU, GETPID, extended)
    provided = check(["getcpu-3", "getpid-0", "sched_yield-0e"], makefiles, sources)
    libraries = {"libone": sources[:1], "libtwo": [*sources[1:], tmp_path / "entry.c"], "libnone": []}
    write_exports(libraries, provided.values(), tmp_path / "exports")
    assert {path.name: path.read_text().splitlines()[1:] for path in (tmp_path / "exports").iterdir()} == {
        "libone.sym": ["uk_syscall_r_getcpu", "uk_syscall_e_getcpu", "getcpu"],
        # An LL form has no libc-style function; an extended form has two functions more.
        "libtwo.sym": [
            "uk_syscall_r_getpid",
            "uk_syscall_e_getpid",
            "uk_syscall_r_sched_yield",
            "uk_syscall_e_sched_yield",
            "uk_syscall_r_e_sched_yield",
            "uk_syscall_e_e_sched_yield",
            "sched_yield",
        ],
        "libnone.sym": [],
    }


def test_only_changes_are_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_if_changed(path, "text")
    os.utime(path, ns=(0, 0))
    write_if_changed(path, "text")
    assert path.stat().st_mtime_ns == 0
    write_if_changed(path, "other")
    assert path.stat().st_mtime_ns > time.time_ns() - 60 * 10**9


def test_both_halves_know_the_same_numbers(tmp_path: Path) -> None:
    contract_header.write_header(tmp_path)
    text = (tmp_path / "contract.h").read_text()
    assert "#define UK_STATUS_KERNEL 125\n" in text
    assert "#define UK_SHARES_MAX 7\n" in text
    numbers = [name for name in vars(contract) if name.isupper()]
    assert text.count("#define UK_") == len(numbers) + text.count("#define UK_BITS_")
