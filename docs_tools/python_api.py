"""Generates docs/reference/python-api.md from signatures and docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import groupby
from types import ModuleType
from typing import Any

import unishim
import unishim.errors
import unishim.handlers
import unishim.ninep
import unishim.pytest_plugin
from docs_tools.markdown import NOTE, code, heading

# The public names of each module.
_MODULES: dict[ModuleType, tuple[str, ...]] = {
    unishim: ("run", "Result"),
    unishim.errors: (),  # its docstring contains the whole tree
    unishim.handlers: tuple(unishim.handlers.__all__),
    unishim.pytest_plugin: ("Unishim", "Finished", "TracedCall"),
    unishim.ninep: tuple(unishim.ninep.__all__),
}


def python_api_page() -> str:
    """One section per module, with its public names and their signatures."""
    page = "# Python API\n\n" + NOTE.format(source="the docstrings in `src/unishim`")
    return page + "".join(_module(module, names) for module, names in _MODULES.items())


def _module(module: ModuleType, names: tuple[str, ...]) -> str:
    text = heading(2, module.__name__) + _prose(inspect.getdoc(module))
    for name in names:
        text += heading(3, name) + "".join(_entry(name, getattr(module, name)))
    return text


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield _signature(name, thing)
    yield "\n" + _prose(inspect.getdoc(thing))
    if not inspect.isclass(thing):
        return
    for member_name, member in vars(thing).items():
        if member_name.startswith("_") or not _is_documented(member):
            continue
        yield "\n" + _signature(f"{name}.{member_name}", member) + "\n" + _prose(inspect.getdoc(member))


def _is_documented(member: Any) -> bool:
    return (callable(member) or isinstance(member, property)) and bool(inspect.getdoc(member))


def _signature(name: str, thing: Any) -> str:
    if isinstance(thing, property):
        returns = inspect.signature(thing.fget).return_annotation if thing.fget else "Any"
        return _declaration(f"{name}: {returns}")
    try:
        signature = inspect.signature(thing)
    except ValueError:  # an exception without a constructor of its own
        return _declaration(f"class {name}")
    parameters, is_keyword = [], False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not is_keyword:
            parameters.append("*")
        is_keyword = is_keyword or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        parameters.append(
            str(parameter).replace("'", "") if parameter.default is parameter.empty else _default(parameter)
        )
    returns = f" -> {signature.return_annotation}" if signature.return_annotation is not signature.empty else ""
    kind = "class " if inspect.isclass(thing) else ""
    line = f"{kind}{name}({', '.join(parameters)}){'' if kind else returns}"
    if len(line) > 100:
        line = f"{kind}{name}(\n    " + ",\n    ".join(parameters) + f",\n){'' if kind else returns}"
    return _declaration(line)


def _default(parameter: inspect.Parameter) -> str:
    annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
    return f"{parameter.name}{annotation} = {parameter.default!r}"


def _declaration(line: str) -> str:
    return code("python", line, "a signature")


def _prose(docstring: str | None) -> str:
    """Paragraphs. An indented one is code or, if it has branches, a drawing."""
    text = ""
    for is_code, group in groupby((docstring or "").split("\n\n"), key=lambda paragraph: paragraph.startswith("    ")):
        inner = "\n\n".join(group)
        if not is_code:
            text += "\n\n".join(" ".join(paragraph.split()) for paragraph in inner.split("\n\n")) + "\n\n"
        elif "+--" in inner:
            text += code("text", inspect.cleandoc(inner), "a drawing") + "\n"
        else:
            text += code("python", inspect.cleandoc(inner), "an excerpt") + "\n"
    return text.rstrip("\n") + "\n"
