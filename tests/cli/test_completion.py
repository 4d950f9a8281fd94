"""Completion, tested with the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import SCRIPTS, call
from tests.framework import TIMEOUT

ENVIRONMENT = {**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}", "TERM": "dumb"}


def script(shell: str, folder: Path) -> Path:
    path = folder / f"unishim.{shell}"
    path.write_text(call(["unishim", "completion", shell]).stdout)
    return path


# A line, and one of the completions of its last word.
CASES = [
    ("unishim d", {"debug", "doctor"}),
    ("unishim run --fa", {"--fail"}),
    ("unishim run --platform ", {"auto", "linux", "qemu"}),
    ("unishim run --machine p", {"pc"}),
    ("unishim trace -e read,writ", {"read,write", "read,writev"}),
    ("unishim trace -e %fi", {"%file"}),
    ("unishim run --fail getrand", {"getrandom"}),
    ("unishim init -t hello", {"helloworld"}),
    ("unishim build --set CONFIG_LIBPOSIX_GETC", {"CONFIG_LIBPOSIX_GETCPU="}),
    ("unishim build --standalone --init", {"--initrd"}),
    ("unishim completion f", {"fish"}),
    ("qemu-guest --ini", {"--initrd"}),
]


def test_bash(tmp_path: Path) -> None:
    """Calls the function that bash calls for the Tab key, with bash's arguments."""
    lines = [f"source {script('bash', tmp_path)}"]
    for line, _ in CASES:
        words = line.split(" ")
        function = f"_{words[0].replace('-', '_')}_completion"
        quoted = " ".join(f"'{word}'" for word in words)
        lines.append(f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; COMPREPLY=()")
        lines.append(f'{function} {words[0]}; echo "${{COMPREPLY[*]}}"')
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=TIMEOUT,
    )
    assert done.stderr == ""
    answers = [set(answer.split()) for answer in done.stdout.splitlines()]
    for (line, expected), answer in zip(CASES, answers, strict=True):
        assert expected <= answer, line
        assert all(word.startswith(line.split(" ")[-1]) for word in answer), line


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("unishim run ./he", "file"),
        ("unishim run -k x", "file"),
        ("unishim build -o x", "dir"),
        ("unishim run a b", "file"),
    ],
)
def test_files(line: str, kind: str) -> None:
    """Shells complete these themselves."""
    words = line.split(" ")
    variables = {
        "_UNISHIM_COMPLETE": "bash_complete",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    assert call(["unishim"], env=variables).stdout == f"{kind},{words[-1]}\n"


def test_fish(tmp_path: Path) -> None:
    commands = [f"source {script('fish', tmp_path)}", *(f"complete -C '{line}'; echo --" for line, _ in CASES)]
    done = subprocess.run(
        ["fish", "--no-config", "-c", "\n".join(commands)],
        check=True,
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "HOME": os.fspath(tmp_path)},
        timeout=TIMEOUT,
    )
    assert done.stderr == ""
    answers = done.stdout.split("--\n")
    for (line, expected), answer in zip(CASES, answers, strict=False):
        assert expected <= {word.split("\t")[0] for word in answer.splitlines()}, line


def test_zsh(tmp_path: Path) -> None:
    """Typed into an interactive shell: only there the Tab key is bound to completion."""
    ours, theirs = pty.openpty()
    command = ["zsh", "-f", "-i"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**ENVIRONMENT, "HOME": os.fspath(tmp_path)}
    ) as shell:
        os.close(theirs)
        try:
            start = f"PS1=; autoload -U compinit; compinit -u -d {tmp_path}/dump; source {script('zsh', tmp_path)}"
            os.write(ours, f"{start}; echo rea''dy\n".encode())
            assert read_until(ours, b"ready")
            for line, completed in (("unishim doct", b"unishim doctor"), ("unishim run --stat", b"--stats")):
                os.write(ours, f"{line}\t".encode())
                assert read_until(ours, completed)
                os.write(ours, b"\x15")  # Ctrl-U: clear the line
        finally:
            shell.kill()
            os.close(ours)


def read_until(descriptor: int, text: bytes) -> bool:
    """Whether the text appears, ignoring what the line editor inserts."""
    output = b""
    while text not in output:
        if not select.select([descriptor], [], [], TIMEOUT / 2)[0]:
            return False
        output += os.read(descriptor, 65536).replace(b"\x08", b"").replace(b"\x07", b"")
    return True
