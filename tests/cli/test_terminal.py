"""Escape sequences in names, files and programs do not reach the terminal."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.commands import SCRIPTS
from tests.framework import TIMEOUT

NASTY = "a\x1b[31m\x1b]0;title\x07\x9b5m\u202e\rb"


def output(words: Sequence[str | Path], folder: Path) -> str:
    """Both streams of a command, in which nothing controls a terminal."""
    done = subprocess.run(
        [SCRIPTS / "unishim", *words],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        timeout=TIMEOUT,
    )
    text = done.stdout.decode("utf-8", "surrogateescape")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), repr(text)
    assert "bug in unishim" not in text
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize(
    "words",
    [
        ["inspect"],
        ["inspect", "--syscalls"],
        ["run"],
        ["run", "--json"],
        ["run", "-i"],
        ["pack", "--list"],
        ["trace"],
        ["up"],
        ["run", "--handlers"],
        ["run", "--fail"],
        ["run", "--memory"],
        ["run", "--platform"],
        ["run", "--kernel"],
        ["run", "--mount"],
        ["run", "-e"],
        ["run", "--env"],
        ["trace", "-e"],
        ["init", "-t"],
        ["build", "--library"],
        ["list"],
        [],
    ],
)
def test_words_of_the_command_line(tmp_path: Path, words: list[str]) -> None:
    assert output([*words, NASTY, NASTY], tmp_path)


def test_names_in_archives(tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar"
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo(NASTY))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, NASTY
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo(b"bytes\xff".decode("utf-8", "surrogateescape")), io.BytesIO())
    listed = output(["pack", "--list", archive], tmp_path)
    assert "\\x1b[31m" in listed
    assert "bytes\\xff" in listed
    with tarfile.open(archive, "a") as tar:
        tar.addfile(tarfile.TarInfo(f"../{NASTY}"))
    assert "leads out of the archive" in output(["run", "-i", archive, "/x"], tmp_path)


def test_names_in_programs(tmp_path: Path) -> None:
    """The interpreter that a program names, and names of files in the messages of `inspect` and `run`."""
    program = tmp_path / NASTY.replace("/", "")
    source = tmp_path / "main.c"
    source.write_text("int main(void) { return 0; }")
    command = ["gcc", "-o", "program", "main.c", f"-Wl,--dynamic-linker=/{NASTY}"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=TIMEOUT)
    shutil.copy(tmp_path / "program", program)
    for words in (["inspect"], ["inspect", "--json"], ["run"], ["pack", "--list"]):
        assert output([*words, program], tmp_path)
    script = tmp_path / "script"
    script.write_text(f"#!/{NASTY}\n")
    script.chmod(0o755)
    assert output(["run", script], tmp_path)


def test_sockets_that_are_left_out(tmp_path: Path) -> None:
    import socket

    folder = tmp_path / "folder"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as found:
        previous = Path.cwd()
        os.chdir(folder)
        try:
            found.bind(NASTY)
        finally:
            os.chdir(previous)
    assert "is a socket" in output(["pack", "--list", folder], tmp_path)


def test_projects(tmp_path: Path) -> None:
    for text in (f'[project]\n"{NASTY.encode("unicode_escape").decode()}" = 1', f"# {NASTY}", '["\\u001b[31m"]\n'):
        (tmp_path / "unishim.toml").write_text(text)
        assert output(["run"], tmp_path)


def test_markup_is_text(tmp_path: Path) -> None:
    """Brackets in names are not the notation of the library that prints tables."""
    program = tmp_path / "[bold]x[" / "nothing]"
    program.parent.mkdir()
    shutil.copy("/bin/true", program)
    assert "[bold]x[/nothing]" in output(["inspect", program.relative_to(tmp_path)], tmp_path)
