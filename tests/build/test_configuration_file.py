"""`.config` files: malformed lines, other versions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from unishim import __version__
from unishim.build import configuration_file
from unishim.build.configuration import load_menus, refresh_configuration, write_configuration
from unishim.build.configuration_changes import CHANGES, Dropped, Renamed
from unishim.build.configuration_file import HEADER, MINIMAL_HEADER, load_configuration, save_configuration
from unishim.errors import ConfigurationError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The file of the default configuration."""
    write_configuration(tmp_path, {})
    return tmp_path / ".config"


def load(path: Path) -> tuple[Any, list[str]]:
    notes: list[str] = []
    kconfig = load_menus(path.parent, ())
    load_configuration(kconfig, path, notes.append)
    return kconfig, [note.replace(f"{path}", ".config") for note in notes]


def edit(path: Path, *edits: tuple[str, str]) -> None:
    text = path.read_text()
    for pattern, replacement in edits:
        text, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    path.write_text(text)


def test_the_version_is_in_the_first_line(config: Path) -> None:
    assert config.read_text().startswith(f"# unishim {__version__} configuration\n")
    before = config.stat()
    refresh_configuration(config.parent)
    assert config.stat().st_mtime_ns == before.st_mtime_ns
    assert not list(config.parent.glob("*.new"))


@pytest.mark.parametrize(
    ("pattern", "line", "words"),
    [
        ("^CONFIG_LIBVDSO=y", "CONFIG_LIBVDSO", r":{line}: malformed line 'CONFIG_LIBVDSO'; change or remove"),
        ("^CONFIG_LIBVDSO=y", "LIBVDSO=y", r":{line}: malformed line 'LIBVDSO=y'; change or remove"),
        ("^CONFIG_LIBVDSO=y", "CONFIG_LIBVDSO=perhaps", r":{line}: .*'perhaps' is not a valid value"),
        ("^CONFIG_LIBVDSO=y", "CONFIG_LIBVSDO=y", r":{line}: .*LIBVSDO"),
        ("^CONFIG_LIBVFS=y", "# CONFIG_LIBVFS is not set", r":{line}: CONFIG_LIBVFS=n: not possible, it stays y"),
        ("^CONFIG_LIBCHANNEL=y", "# CONFIG_LIBCHANNEL is not set", r"CONFIG_LIBTRACE=y: not possible, it stays n"),
        ("^(CONFIG_UK_NAME)=.*", r'\1="elf', r":{line}: malformed string"),
        ("^(CONFIG_UK_NAME)=.*", r'\1="a b"', r":{line}: CONFIG_UK_NAME=a b: cannot be an image name"),
        ("^(CONFIG_UK_NAME)=.*", r'\1="../x"', r"cannot be an image name"),
        ("^# CONFIG_PLAT_LINUX is not set", "CONFIG_PLAT_LINUX=y", r"CONFIG_PLAT_QEMU=y: not possible"),
        (r"\Z", "CONFIG_LIBVDSO=n\n", r"LIBVDSO.*more than once"),
    ],
)
def test_broken_lines_are_refused(config: Path, pattern: str, line: str, words: str) -> None:
    match = re.search(pattern, config.read_text(), re.MULTILINE)
    assert match
    number = config.read_text().count("\n", 0, match.start()) + 1
    edit(config, (pattern, line))
    with pytest.raises(ConfigurationError, match=words.format(line=number)) as raised:
        refresh_configuration(config.parent)
    assert "\n" not in str(raised.value)
    assert f"{config}:" in str(raised.value)


def test_a_file_that_is_not_text(config: Path) -> None:
    config.write_bytes(b"# one\n\x7fELF\xff\n")
    with pytest.raises(ConfigurationError, match=r"\.config:2: not a text file"):
        refresh_configuration(config.parent)


def test_a_newer_version_is_refused(config: Path) -> None:
    edit(config, (re.escape(__version__), "99.1.0"))
    with pytest.raises(ConfigurationError, match=rf":1: written by unishim 99.1.0, but this is {__version__}; install"):
        load(config)


def test_a_renamed_option_is_followed_in_a_file_of_this_version(config: Path) -> None:
    edit(
        config,
        ("^# CONFIG_PLAT_LINUX is not set", "CONFIG_PLAT_PROCESS=y"),
        ("^CONFIG_PLAT_QEMU=y", "# CONFIG_PLAT_QEMU is not set"),
    )
    kconfig, notes = load(config)
    assert kconfig.syms["PLAT_LINUX"].str_value == "y"
    assert [re.sub(r":\d+:", ":N:", note) for note in notes] == [
        ".config:N: CONFIG_PLAT_PROCESS is now called CONFIG_PLAT_LINUX"
    ]


def test_an_older_version_is_migrated(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANGES, "LIBCLOCKPAGE", Renamed("LIBVDSO"))
    monkeypatch.setitem(CHANGES, "OLD_IMAGE", Renamed("UK_NAME"))
    monkeypatch.setitem(CHANGES, "LIBOLD", Dropped("every kernel has it"))
    edit(
        config,
        (re.escape(__version__), "0.0.9"),
        ("^CONFIG_LIBVDSO=y", "# CONFIG_LIBCLOCKPAGE is not set"),
        ("^CONFIG_UK_NAME=.*", 'CONFIG_OLD_IMAGE="old"'),
        ("^CONFIG_LIBPIPE=y\n", ""),
        ("^CONFIG_LIBMM=y", "# CONFIG_LIBMM is not set"),
        (r"\Z", "CONFIG_LIBOLD=y\nCONFIG_LIBOTHER=7\n"),
    )
    kconfig, notes = load(config)
    assert kconfig.syms["LIBVDSO"].str_value == "n"
    assert kconfig.syms["UK_NAME"].str_value == "old"
    assert [re.sub(r":\d+:", ":N:", note) for note in notes] == [
        ".config:N: CONFIG_OLD_IMAGE is now called CONFIG_UK_NAME",
        ".config:N: CONFIG_LIBCLOCKPAGE is now called CONFIG_LIBVDSO",
        ".config:N: CONFIG_LIBOLD is dropped: every kernel has it",
        ".config:N: CONFIG_LIBOTHER is dropped: it no longer exists",
        ".config:N: CONFIG_LIBMM=n: not possible, it stays y; an option it depends on is off, or another one "
        "selects it",
        ".config: CONFIG_LIBPIPE is new; set to y",
    ]
    save_configuration(kconfig, config)
    assert config.read_text().startswith(HEADER)
    assert load(config)[1] == []


def test_a_minimal_file_leaves_nothing_out(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_configuration(config.parent, {"LIBVDSO": "n"})
    minimum = config.with_name("defconfig")
    save_configuration(load(config)[0], minimum, minimal=True)
    assert minimum.read_text() == MINIMAL_HEADER + "# CONFIG_LIBVDSO is not set\n"
    monkeypatch.setattr(configuration_file, "__version__", "0.9")
    kconfig, notes = load(minimum)
    assert (kconfig.syms["LIBVDSO"].str_value, notes) == ("n", [])


def test_a_file_that_cannot_be_written(config: Path) -> None:
    kconfig, _ = load(config)
    with pytest.raises(ConfigurationError, match=r"/nowhere/\.config: No such file"):
        save_configuration(kconfig, Path("/nowhere/.config"))


def test_every_change_leads_to_an_option(tmp_path: Path) -> None:
    """An existing option needs no entry; a removed one must lead to an existing one."""
    kconfig = load_menus(tmp_path, ())
    for name, change in CHANGES.items():
        assert name not in kconfig.syms
        assert isinstance(change, Dropped) or kconfig.syms[change.name].nodes
