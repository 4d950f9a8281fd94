"""Which library refers to which, read from the built objects: `python -m tests.build.link_graph` prints it.

An edge A -> B means that A refers to symbols that B exports. Libraries depend one way: the graph has no cycle, apart
from the call-backs declared here. All objects of the platforms are one node, plat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tests.build.built_objects import Library, all_libraries

# caller -> callee -> the symbols that the caller refers to
Graph = dict[str, dict[str, set[str]]]

_ENTRY = "the platform is the entry too: it starts the kernel and passes the program's calls, faults and interrupts on"
_MESSAGE = "whatever finds an impossible state panics, and the message goes to the platform's console"

# References against the direction of the arrows: (caller, symbol) -> why.
CALL_BACKS = {
    ("pagealloc", "uk_panic"): _MESSAGE,
    ("plat", "uk_boot_main"): _ENTRY,
    ("plat", "uk_crash_print_registers"): _MESSAGE,
    ("plat", "uk_debugger"): _ENTRY,
    ("plat", "uk_leave_begin"): _ENTRY,
    ("plat", "uk_leave_work"): _ENTRY,
    ("plat", "uk_machine_exit"): _ENTRY,
    ("plat", "uk_mm_fault"): _ENTRY,
    ("plat", "uk_mm_fault_signal"): _ENTRY,
    ("plat", "uk_mm_find"): _ENTRY,
    ("plat", "uk_mm_map"): _ENTRY,
    ("plat", "uk_panic"): _MESSAGE,
    ("plat", "uk_print"): _MESSAGE,
    ("plat", "uk_print_message"): _MESSAGE,
    ("plat", "uk_signal_end"): _ENTRY,
    ("plat", "uk_signal_end_process"): _ENTRY,
    ("plat", "uk_signal_fault"): _ENTRY,
    ("plat", "uk_signal_is_due"): _ENTRY,
    ("plat", "uk_syscall_leave"): _ENTRY,
    ("plat", "uk_timer_run"): _ENTRY,
    ("plat", "ukplat_syscall_handler"): _ENTRY,
}
_PLATFORM = re.compile(r"\w*plat|platcommon")
# Symbols that the compiler refers to on its own, regardless of the source (-fstack-protector-strong).
_OF_THE_COMPILER = {"__stack_chk_fail", "__stack_chk_guard"}


def link_graph(libraries: Iterable[Library]) -> Graph:
    """All references, those of call-backs included. Symbols of the linker script have no library and no edge."""
    libraries = list(libraries)
    definers = {symbol: _node(library) for library in libraries for symbol in library.exports}
    graph: Graph = {_node(library): {} for library in libraries}
    for library in libraries:
        caller = _node(library)
        for symbol in library.imports - _OF_THE_COMPILER:
            definer = definers.get(symbol)
            if definer and definer != caller:
                graph[caller].setdefault(definer, set()).add(symbol)
    return graph


def without(graph: Graph, references: Iterable[tuple[str, str]]) -> Graph:
    """The graph without references, each a pair (caller, symbol)."""
    left_out = set(references)
    cut: Graph = {}
    for caller, callees in graph.items():
        left = {callee: {s for s in symbols if (caller, s) not in left_out} for callee, symbols in callees.items()}
        cut[caller] = {callee: symbols for callee, symbols in left.items() if symbols}
    return cut


def cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The sets of libraries that all depend on each other, two or more; each sorted, the list too."""
    below = {name: _reachable(graph, name) for name in graph}
    sets = {tuple(sorted(other for other in below[name] if name in below[other])) for name in graph}
    return sorted(list(names) for names in sets if len(names) > 1)


def unneeded_call_backs(graph: Graph, call_backs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that no longer exist, or without which there is no cycle either."""
    call_backs = list(call_backs)
    kept = without(graph, call_backs)
    unneeded = []
    for caller, symbol in call_backs:
        callees = [callee for callee, symbols in graph.get(caller, {}).items() if symbol in symbols]
        if not any(caller in _reachable(kept, callee) for callee in callees):
            unneeded.append((caller, symbol))
    return unneeded


def _node(library: Library) -> str:
    return "plat" if _PLATFORM.fullmatch(library.name) else library.name


def _reachable(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        for callee in graph[left.pop()]:
            if callee not in seen:
                seen.add(callee)
                left.append(callee)
    return seen


def print_graph() -> None:
    """Each edge with its symbols, then the cycles with the references that make them."""
    graph = link_graph(all_libraries())
    for caller in sorted(graph):
        for callee, symbols in sorted(graph[caller].items()):
            print(f"{caller} -> {callee}: {' '.join(sorted(symbols))}")
    cut = without(graph, CALL_BACKS)
    found = cycles(cut)
    for names in found:
        print(f"\ncycle of {len(names)}: {' '.join(names)}")
        for caller in names:
            for callee in names:
                if callee in cut[caller]:
                    print(f"  {caller} -> {callee}: {' '.join(sorted(cut[caller][callee]))}")
    for caller, symbol in unneeded_call_backs(graph, CALL_BACKS):
        print(f"\nnot a call-back: {caller}, {symbol}")
    print(f"\n{len(found)} cycles, {len(CALL_BACKS)} declared call-backs")


if __name__ == "__main__":
    print_graph()
