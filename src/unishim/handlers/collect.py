"""All handlers of a run, from the outermost to the innermost."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

from unishim.handlers.definitions import Handler
from unishim.handlers.errors import HandlerError
from unishim.handlers.load import load_handlers
from unishim.handlers.rules import parse_delay, parse_fail

if TYPE_CHECKING:
    from unishim.running.options import Options


def collect_handlers(options: Options) -> list[Handler]:
    """Delays first, then failures, then handlers in the given order. Raises HandlerError and UsageError."""
    source = random.Random(options.seed)
    handlers = [handler for text in options.delay for handler in parse_delay(text, source)]
    handlers += [handler for text in options.fail for handler in parse_fail(text, source)]
    for item in options.handlers:
        if isinstance(item, Handler):
            handlers.append(item)
        elif isinstance(item, str | os.PathLike):
            handlers += load_handlers(Path(item))
        elif callable(item):
            raise HandlerError(
                f"{item!r} is not a handler; decorate it with @syscall_define, @syscall_r_define or @syscall_wrap"
            )
        else:
            handlers += item
    return handlers
