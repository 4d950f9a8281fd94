"""Builds the channel host that a run's options require."""

from __future__ import annotations

import os

from unishim.running.options import Options, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from unishim.channel.host import Host
    from unishim.running.result import Event


def make_host(
    options: Options,
    sink: Callable[[Event], None],
    text_limit: int,
    at_start: Callable[[str], None] | None = None,
    *,
    argv: Sequence[str] = (),
) -> Host | None:
    """The channel host of a run; None if its options require none. Raises HandlerError and UsageError."""
    calls_are_wanted = options.statistics or options.handlers or options.fail or options.delay
    if options.trace is None and options.core is None and not calls_are_wanted:
        return None
    from unishim.channel.host import Hooks, Host
    from unishim.platforms.memory import parse_memory

    hooks = Hooks()
    answer = drain = None
    if options.handlers or options.fail or options.delay:
        from unishim.handlers.chain import ON_ERROR, Chain
        from unishim.handlers.collect import collect_handlers

        require(options.handler_errors, ON_ERROR, "--handler-errors")
        chain = Chain(collect_handlers(options), on_error=options.handler_errors)
        chain.set_hooks(hooks)
        answer = chain.answer
    if options.trace is not None:
        from unishim.channel.layout import HOOK_TRACE
        from unishim.syscalls.expressions import parse_calls
        from unishim.trace.ring import Drain

        if options.trace == "all":
            hooks.add_all(HOOK_TRACE)
        else:
            hooks.add([call.number for call in parse_calls(options.trace)], HOOK_TRACE)
        drain = Drain(sink, timed=options.trace_times)
    end = None
    if options.core is not None:
        from unishim.debug.core import CoreFile
        from unishim.debug.host_files import host_files

        end = CoreFile(os.fspath(options.core), *host_files(options, argv)).dump
    if options.statistics:
        from unishim.channel.layout import HOOK_COUNT

        hooks.add_all(HOOK_COUNT)
    return Host(
        hooks,
        answer=answer,
        drain=drain,
        end=end,
        text_limit=text_limit,
        timed=options.trace_times,
        counts=options.statistics,
        at_start=at_start,
        memory_size=parse_memory(options.memory),
    )
