"""The kernel's menus: their texts, and that every possible choice can be built."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path
from typing import Any

import kconfiglib
import pytest

from tests.framework import ROOT, TIMEOUT
from unishim.build.configuration import load_menus, set_options
from unishim.build.configuration_file import save_configuration
from unishim.build.image import build, ensure_image
from unishim.errors import ConfigurationError
from unishim.platforms.registry import PLATFORMS

LIBRARY = ROOT / "src/unishim/project/templates/c-library/libraries/kernel-log"
SEEDS = (3, 7)


@pytest.fixture
def kconfig(tmp_path: Path) -> Any:
    return load_menus(tmp_path, ())


def test_every_option_has_a_help_text(kconfig: Any) -> None:
    assert len(kconfig.unique_defined_syms) > 50
    for symbol in kconfig.unique_defined_syms:
        help_text = symbol.nodes[0].help
        assert help_text, symbol.name
        assert help_text.strip().endswith("."), symbol.name
    assert all(choice.nodes[0].help for choice in kconfig.unique_choices)
    assert kconfig.warnings == []


def test_what_every_kernel_needs_cannot_be_left_out(kconfig: Any) -> None:
    """Without a prompt there is no choice."""
    always = [
        symbol for symbol in kconfig.unique_defined_syms if not symbol.nodes[0].prompt and symbol.str_value == "y"
    ]
    assert {"LIBUKBOOT", "LIBMM", "LIBVFS", "APPELFLOADER", "LIBSYSCALL_SHIM"} <= {symbol.name for symbol in always}
    for symbol in always:
        with pytest.raises(ConfigurationError, match="not possible"):
            set_options(kconfig, {symbol.name: "n"})
        symbol.unset_value()


def test_libraries_select_what_they_link_to(kconfig: Any) -> None:
    """Each library's undefined symbols are in libraries that always exist, or that it selects or depends on."""
    always = set(_always(kconfig))
    for platform in PLATFORMS:
        set_options(kconfig, {PLATFORMS[platform].symbol: "y"})
        folder = ensure_image(platform).parent
        defined: dict[str, str] = {}
        undefined: dict[str, list[str]] = {}
        for path in folder.glob("*.o"):
            symbols = subprocess.check_output(["nm", "-g", "-P", path], text=True, timeout=TIMEOUT).splitlines()
            kinds = [line.split()[:2] for line in symbols]
            undefined[path.stem] = [name for name, kind in kinds if kind in "Uw"]
            defined.update({name: path.stem for name, kind in kinds if kind not in "Uw"})
        assert len(undefined) > 40
        for library, names in undefined.items():
            option = _option(kconfig, library)
            if option is None:  # belongs to the platform, which selects what it needs itself
                option = kconfig.syms[PLATFORMS[platform].symbol]
            certain = _certain(option) | always
            for name in names:
                other = _option(kconfig, defined.get(name, library))
                # Excluded by the preprocessor if the other library is off; and the generated switch.
                is_conditional = other is not None and f"CONFIG_{other.name}" in _conditions(library)
                is_generated = library == "libsyscall_shim" and name.startswith("uk_syscall_r_")
                assert other is None or other in certain or is_conditional or is_generated, (
                    f"{library} needs {name} of {other.name}, which can be left out; select it"
                )


def _always(kconfig: Any) -> list[Any]:
    """The options of parts of every kernel: without a prompt, and on whatever else is on."""
    symbols = [symbol for symbol in kconfig.unique_defined_syms if not symbol.nodes[0].prompt]
    return [symbol for symbol in symbols if any(value is kconfig.y for value, _ in symbol.defaults)]


def _option(kconfig: Any, library: str) -> Any:
    """The option of a library, or None for one of a platform."""
    return kconfig.syms.get(library.upper())


def _certain(symbol: Any) -> set[Any]:
    """The options that are on when this one is."""
    found: set[Any] = set()
    todo = [symbol]
    while todo:
        option = todo.pop()
        if option not in found and isinstance(option, kconfiglib.Symbol):
            found.add(option)
            todo += [selected for selected, _ in option.selects]
            todo += kconfiglib.expr_items(option.direct_dep)
    return found


def _conditions(library: str) -> set[str]:
    """The options that the preprocessor tests in a library's sources and headers."""
    name = library.removeprefix("lib").removeprefix("app").replace("_", "-")
    folders = [ROOT / "kernel/lib" / name, ROOT / "kernel/lib" / library.removeprefix("lib")]
    files = [path for folder in folders for path in folder.glob("*.[ch]")] + list(
        (ROOT / "kernel/include/uk").glob("*.h")
    )
    return set(re.findall(r"#ifdef (CONFIG_\w+)", "".join(path.read_text() for path in files)))


@pytest.mark.parametrize("seed", SEEDS)
def test_random_configurations_can_be_built(tmp_path: Path, seed: int) -> None:
    kconfig = load_menus(tmp_path, [LIBRARY])
    source = random.Random(seed)
    for symbol in source.sample(kconfig.unique_defined_syms, len(kconfig.unique_defined_syms)):
        # The compiler's flags leave nothing out, and would cause everything to be recompiled.
        if symbol.assignable and symbol.name not in ("OPTIMIZE_SIZE", "STACK_PROTECTOR"):
            symbol.set_value(source.choice(symbol.assignable))
    save_configuration(kconfig, tmp_path / ".config")
    assert build(tmp_path, None).is_file()
