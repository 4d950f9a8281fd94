"""Configurations of the kernel: the minimum for some calls, configured directories, the command."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Build
from tests.framework import ROOT, TIMEOUT, UNISHIM
from unishim.build.configuration import refresh_configuration, remembered_libraries, write_configuration
from unishim.build.minimal import minimal_configuration
from unishim.errors import ConfigurationError
from unishim.syscalls.provided import provided_calls

GETCPU = ROOT / "examples" / "getcpu"
HANDLERS = sorted(path.name for path in (ROOT / "kernel" / "lib").glob("posix-*"))


def option(library: str) -> str:
    return f"LIB{library.replace('-', '_').upper()}"


def configure(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*UNISHIM, "configure", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)


def test_minimum_of_few_calls() -> None:
    found = minimal_configuration({"write", "exit_group", "ptrace"}, with_trace=False)
    assert found.needed == {"posix-file": ["write"], "posix-process": ["exit_group"]}
    assert found.missing == ["ptrace"]
    others = set(HANDLERS) - {"posix-file", "posix-process"}
    assert set(found.left_out) == others | {"trace", "channel", "vdso", "procfs"}
    assert found.options == dict.fromkeys([*map(option, others), "LIBTRACE", "LIBCHANNEL", "LIBVDSO", "LIBPROCFS"], "n")


def test_minimum_of_all_calls() -> None:
    """The makefiles, from which the minimum is computed, match the image."""
    found = minimal_configuration(provided_calls(), with_trace=True)
    assert (found.left_out, found.missing, found.options) == ([], [], {})
    assert {call: library for library, calls in found.needed.items() for call in calls} == {
        name: facts.library for name, facts in provided_calls().items()
    }


def test_clock_calls_keep_the_vdso() -> None:
    assert "LIBVDSO" not in minimal_configuration({"clock_gettime"}, with_trace=True).options
    assert "LIBVDSO" in minimal_configuration({"nanosleep"}, with_trace=True).options


def test_external_libraries_come_first() -> None:
    found = minimal_configuration({"getcpu"}, [GETCPU], with_trace=True)
    assert found.needed == {"getcpu": ["getcpu"]}
    assert found.options["LIBPOSIX_GETCPU"] == "n"


@pytest.mark.parametrize("library", HANDLERS)
def test_each_handler_library_can_be_switched_off(tmp_path: Path, library: str) -> None:
    write_configuration(tmp_path, {option(library): "n"})
    assert f"# CONFIG_{option(library)} is not set" in (tmp_path / ".config").read_text()


def test_no_library_links_to_a_handler(kernel: Path) -> None:
    """Except the shim, whose switch is generated from the existing handlers."""

    def symbols(path: Path, option: str) -> set[str]:
        text = subprocess.check_output(["nm", "-g", "-P", option, path], text=True, timeout=TIMEOUT)
        return {line.split()[0] for line in text.splitlines()}

    objects = [path for path in kernel.parent.glob("*.o") if path.name != "libsyscall_shim.o"]
    undefined = {path.name: symbols(path, "--undefined-only") for path in objects}
    handlers = [path for path in objects if path.name.startswith("libposix_")]
    assert len(handlers) == len(HANDLERS)
    for handler in handlers:
        defined = symbols(handler, "--defined-only")
        assert defined
        assert not [name for name, wanted in undefined.items() if name != handler.name and wanted & defined]


def test_a_configured_directory_is_not_changed(tmp_path: Path) -> None:
    write_configuration(tmp_path, {"LIBPOSIX_GETCPU": "n"}, [GETCPU])
    before = (tmp_path / ".config").read_text()
    assert refresh_configuration(tmp_path) == remembered_libraries(tmp_path) == [GETCPU]
    assert (tmp_path / ".config").read_text() == before
    assert "CONFIG_LIBGETCPU" in (tmp_path / "include/uk/bits/config_external.h").read_text()
    assert remembered_libraries(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("pattern", "line", "words"),
    [
        (r"\Z", "CONFIG_NO_SUCH=y\n", r"NO_SUCH; change or remove that line"),
        ("CONFIG_LIBVFS=y", "# CONFIG_LIBVFS is not set", r"CONFIG_LIBVFS=n: not possible, it stays y"),
        ("CONFIG_LIBCHANNEL=y", "# CONFIG_LIBCHANNEL is not set", r"CONFIG_LIBTRACE=y: not possible, it stays n"),
        ("CONFIG_LIBMM=y", "CONFIG_LIBMM=maybe", r"LIBMM.*; change or remove that line"),
    ],
)
def test_invalid_edited_files(tmp_path: Path, pattern: str, line: str, words: str) -> None:
    write_configuration(tmp_path, {})
    path = tmp_path / ".config"
    path.write_text(re.sub(pattern, line, path.read_text(), count=1))
    with pytest.raises(ConfigurationError, match=words) as raised:
        refresh_configuration(tmp_path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_file() -> None:
    with pytest.raises(ConfigurationError, match="no such file; create it with: unishim configure"):
        refresh_configuration(Path("/nowhere"))


def test_command_for_a_binary(build_guest: Build, tmp_path: Path) -> None:
    path = build_guest("hello.c", "musl")
    done = configure("--for", path, "-o", tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert "posix-mmap        for mmap" in lines
    assert lines[-2:] == [
        "left out: posix-epoll, posix-eventfd, posix-getcpu, posix-inotify, posix-pipe, posix-select, posix-signal, "
        "posix-signalfd, posix-system, posix-time, posix-timerfd, trace, channel, vdso",
        f"next: unishim build -o {tmp_path}",
    ]
    again = configure("--for", path, "--with-trace", "--set", "CONFIG_LIBPOSIX_TIME=y", "--json", "-o", tmp_path)
    facts = json.loads(again.stdout)
    assert facts["binary"] == str(path)
    assert {"posix-getcpu", "posix-signal", "posix-system", "posix-time", "vdso"} <= set(facts["left_out"])
    assert {"trace", "channel", "posix-file"}.isdisjoint(facts["left_out"])
    assert facts["options"]["LIBPOSIX_TIME"] == "y"
    assert facts["unknown_sites"] == []
    text = (tmp_path / ".config").read_text()
    assert "CONFIG_LIBTRACE=y" in text
    assert "CONFIG_LIBPOSIX_TIME=y" in text
    assert "# CONFIG_LIBPOSIX_SIGNAL is not set" in text


def test_command_for_a_dynamic_program(tmp_path: Path) -> None:
    done = configure("--for", "/bin/ls", "-o", tmp_path)
    assert done.returncode == 126
    assert "/bin/ls: dynamically linked, so its libraries make its calls" in done.stderr
    assert done.stderr.count("\n") == 1


def test_command_reports_unknown_numbers(build_guest: Build, tmp_path: Path) -> None:
    done = configure("--for", build_guest("call_wrappers.c"), "-o", tmp_path)
    assert "not provided: " in done.stdout
    assert "--library DIR" in done.stdout
    assert "1 site has a number that the code does not reveal; check what it calls with" in done.stderr
    assert done.stderr.count("\n") == 1


def test_command_without_a_binary(tmp_path: Path) -> None:
    done = configure("--debug", "--library", GETCPU, "--set", "CONFIG_LIBPOSIX_GETCPU=n", "-o", tmp_path)
    assert done.stdout == f"next: unishim build -o {tmp_path}\n"
    text = (tmp_path / ".config").read_text()
    assert "CONFIG_LIBUKDEBUG_PRINTD=y" in text
    assert "CONFIG_LIBGETCPU=y" in text
    assert "# CONFIG_LIBPOSIX_GETCPU is not set" in text
    assert remembered_libraries(tmp_path) == [GETCPU]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 125, "use -o DIR or --for BINARY"),
        (["--with-trace", "-o", "x"], 125, "--with-trace needs --for BINARY"),
        (["--for", "/nowhere"], 127, "no such file"),
        (["--for", "/bin/sh", "-o", "x"], 126, "dynamically linked"),
        (["--for", "somewhere/qemu"], 125, "this directory belongs to `unishim run`"),
        (["--set", "CONFIG_LIBTRACE=x", "-o", "{folder}"], 125, "not possible"),
    ],
)
def test_invalid_commands(tmp_path: Path, arguments: list[str], status: int, words: str) -> None:
    done = configure(*(word.format(folder=tmp_path) for word in arguments))
    assert done.returncode == status
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
