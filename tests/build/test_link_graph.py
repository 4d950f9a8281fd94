"""Libraries depend one way (docs/explanation/architecture.md), as the built objects of all platforms have it."""

from __future__ import annotations

from pathlib import Path

from tests.build import link_graph
from tests.build.built_objects import Library, all_libraries, read_library
from tests.build.link_graph import CALL_BACKS, cycles, unneeded_call_backs, without


def test_no_cycles() -> None:
    graph = link_graph.link_graph(all_libraries())
    assert not cycles(without(graph, CALL_BACKS)), "see: python -m tests.build.link_graph"


# Libraries that the platform may use: they neither refer to the platform nor keep its state.
BELOW_THE_PLATFORM = {"kmalloc", "nolibc", "pagealloc", "patch"}


def layer(library: str) -> int:
    """The number of its layer, from the top: shim, handlers, mechanism, platform, below the platform."""
    if library == "syscall_shim":
        return 0
    if library.startswith("posix_"):
        return 1
    return 3 if library == "plat" else 4 if library in BELOW_THE_PLATFORM else 2


def test_layers() -> None:
    for caller, callees in without(link_graph.link_graph(all_libraries()), CALL_BACKS).items():
        above = [callee for callee in callees if layer(callee) < layer(caller)]
        assert not above, f"{caller} refers to {above}: see python -m tests.build.link_graph"


def test_call_backs_are_needed() -> None:
    assert not unneeded_call_backs(link_graph.link_graph(all_libraries()), CALL_BACKS)


def test_only_the_shim_knows_the_handlers() -> None:
    """Handlers can be left out one by one (docs/explanation/architecture.md)."""
    graph = link_graph.link_graph(all_libraries())
    handlers = {name for name in graph if name.startswith("posix_")}
    assert handlers and handlers <= graph["syscall_shim"].keys()
    for caller, callees in graph.items():
        assert caller == "syscall_shim" or not handlers & callees.keys(), (
            f"{caller} refers to {handlers & callees.keys()}"
        )


def made_up(name: str, exports: str, imports: str) -> Library:
    return Library(name, frozenset(exports.split()), frozenset(imports.split()), frozenset())


def test_a_cycle_is_found() -> None:
    libraries = [
        made_up("top", "", "a"),
        made_up("one", "a", "b end"),
        made_up("two", "b", "c"),
        made_up("low", "c", "a"),
    ]
    graph = link_graph.link_graph(libraries)
    assert graph["one"] == {"two": {"b"}}
    assert cycles(graph) == [["low", "one", "two"]]
    assert not cycles(without(graph, [("low", "a")]))
    assert cycles(without(graph, [("top", "a")])) == [["low", "one", "two"]]
    assert unneeded_call_backs(graph, [("low", "a"), ("top", "a"), ("low", "b"), ("none", "a")]) == [
        ("top", "a"),
        ("low", "b"),
        ("none", "a"),
    ]


def test_the_references_of_an_object(tmp_path: Path) -> None:
    """Weak definitions are exports; a symbol that several libraries define for themselves is not."""
    from tests.framework import _call

    source = tmp_path / "libone.c"
    source.write_text(
        "int needed(void); static int inner(void) { static int count; return ++count + needed(); }\n"
        "static int again(void) { static int twice; return ++twice; }\n"
        "int more(void) { static int twice = 1; return ++twice + again(); }\n"
        "int offered(void) { return inner(); } __attribute__((weak)) int weak(void) { return 1; }\n"
        "static int number; const int constant = 3; int *pointer = &number; int *const fixed = &number;\n"
    )
    _call(["gcc", "-fpie", "-fdata-sections", "-c", str(source), "-o", str(tmp_path / "libone.o")])
    library = read_library(tmp_path / "libone.o")
    assert library.name == "one"
    assert library.exports == {"more", "offered", "weak", "constant", "pointer", "fixed"}
    assert "needed" in library.imports and "inner" not in library.imports
    assert library.variables == {"count", "number", "pointer", "libone.c:twice"}
