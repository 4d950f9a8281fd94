"""Generates docs/reference/configuration.md from the kernel's Config.uk files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import kconfiglib

from docs_tools.markdown import NOTE, heading, table
from unishim.paths import kernel_sources

_TITLES = ("option", "default", "meaning")


def configuration_page() -> str:
    """One table per menu, in the order of the menus."""
    page = "# Configuration of the kernel\n\n" + NOTE.format(source="the `Config.uk` files under `kernel/`")
    page += (
        "\n`unishim menuconfig` shows these menus, `unishim configure --set CONFIG_X=y` sets an option without "
        "them, and `.config` contains the result. An option that another one needs is switched on with it.\n"
    )
    kconfig = kconfiglib.Kconfig(os.fspath(kernel_sources() / "Config.uk"), warn_to_stderr=False)
    return page + "".join(_menus(kconfig.top_node, "General"))


def _menus(menu: Any, title: str) -> Iterator[str]:
    rows, inner = [], []
    for node in _children(menu.list):
        if node.item == kconfiglib.MENU:
            inner.append(node)
        elif node.item == kconfiglib.COMMENT or not node.prompt:
            continue
        else:
            rows.append(_row(node))
    if rows:
        yield heading(2, title) + table(_TITLES, rows)
    for node in inner:
        yield from _menus(node, node.prompt[0])


def _children(node: Any) -> Iterator[Any]:
    """The entries of a menu; those of an option or a choice come after it."""
    while node:
        yield node
        if node.item != kconfiglib.MENU:
            yield from _children(node.list)
        node = node.next


def _row(node: Any) -> tuple[str, str, str]:
    item, prompt = node.item, node.prompt[0]
    help_text = " ".join((node.help or "").split())
    if isinstance(item, kconfiglib.Choice):
        chosen = item.selection
        return f"*{prompt}*", f"`CONFIG_{chosen.name}`" if chosen else "", f"One of the following. {help_text}".rstrip()
    needs = "" if item.choice or item.direct_dep is item.kconfig.y else kconfiglib.expr_str(item.direct_dep)
    meaning = f"{prompt}. {help_text}" if help_text else prompt
    return f"`CONFIG_{item.name}`", f"`{item.str_value}`", meaning + (f" Needs `{needs}`." if needs else "")
