"""The kernel's command line and QEMU's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.framework import TIMEOUT, UNISHIM
from unishim.errors import UsageError
from unishim.platforms.command_line import join, split
from unishim.platforms.memory import parse_memory
from unishim.platforms.qemu.command import Channels, Machine, qemu_command

WORDS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))


@given(WORDS, WORDS)
def test_quoting_round_trip(parameters: list[str], arguments: list[str]) -> None:
    assert split(join(parameters, arguments)) == [*parameters, "--", *arguments]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  a\tb\n", ["a", "b"]),
        ("'a b' \"c d\" e\\ f", ["a b", "c d", "e f"]),
        ('"a\\"b\\\\c\\d" \'a\\b\'', ['a"b\\c\\d', "a\\b"]),
        ("a''b \"\"", ["ab", ""]),
    ],
)
def test_split(line: str, words: list[str]) -> None:
    assert split(line) == words


@pytest.mark.parametrize("line", ["'a", 'b "c', "d\\"])
def test_not_closed(line: str) -> None:
    with pytest.raises(ValueError, match=r"closed|ends"):
        split(line)


@pytest.mark.parametrize(
    ("text", "size"), [("64M", 64 << 20), ("64", 64 << 20), ("2048K", 2 << 20), ("1g", 1 << 30), ("2M", 2 << 20)]
)
def test_memory(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1M", "1.5G", "1P", "1M", "٣M", "600G"])
def test_bad_memory(text: str) -> None:
    with pytest.raises(UsageError, match="--memory"):
        parse_memory(text)


def test_qemu_command() -> None:
    machine = Machine(Path("/kernel"), "/a,b", "quiet -- x", 64 << 20, "microvm", "tcg")
    command = qemu_command(machine, Channels(report="/r"))
    assert command[command.index("-initrd") + 1] == "/a,,b"
    assert command[command.index("-append") + 1] == "quiet -- x"
    assert command[command.index("-cpu") + 1] == "max"
    assert "isa-debugcon,iobase=0x5e8,chardev=report" in command
    assert "report" not in " ".join(qemu_command(machine, Channels()))


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["/no/such/file"], 127, "no such file"),
        (["/etc/passwd/x"], 127, "no such file"),
        (["/etc"], 126, "is a directory"),
        (["/etc/passwd"], 126, "not an ELF file"),
        (["--memory", "lots", "x"], 125, "--memory lots"),
        (["--env", "=x", "x"], 125, "NAME=VALUE"),
        (["--seed", "-1", "HELLO"], 125, "--seed -1"),
        (["--timeout", "inf", "HELLO"], 125, "--timeout inf"),
        (["--timeout", "nan", "HELLO"], 125, "--timeout nan"),
        (["--machine", "vax", "HELLO"], 125, "--machine vax"),
        (["--kernel", "/no/kernel", "HELLO"], 125, "--kernel /no/kernel"),
        (["--memory", "2M", "HELLO-LARGE"], 126, "--memory"),
    ],
)
def test_one_line_and_a_status(arguments: list[str], status: int, words: str, hello: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    if "HELLO-LARGE" in arguments:
        source = tmp_path / "large.c"
        source.write_text("static char block[1 << 30]; int main(void) { block[1] = 1; return block[2]; }")
        subprocess.check_call(["gcc", "-static-pie", "-fpie", source, "-o", large], timeout=TIMEOUT)
    replaced = [{"HELLO": os.fspath(hello), "HELLO-LARGE": os.fspath(large)}.get(word, word) for word in arguments]
    done = subprocess.run([*UNISHIM, "run", *replaced], check=False, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == status
    assert words in done.stderr
    assert done.stderr.startswith("unishim: ")
    assert done.stderr.count("\n") == 1


def test_imports_are_lazy() -> None:
    """Start-up time matters: a plain run does not import what it does not need."""
    code = (
        "import sys; from unishim.cli.group import unishim; import unishim.cli.run, unishim.running.runner;"
        "print([name for name in ('rich', 'kconfiglib', 'elftools', 'iced_x86', 'asyncio') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True, timeout=TIMEOUT) == "[]\n"


def test_versions_agree() -> None:
    import unishim

    header = Path(__file__).parents[2] / "kernel" / "include" / "uk" / "version.h"
    assert f'#define UK_VERSION "{unishim.__version__}"' in header.read_text()
