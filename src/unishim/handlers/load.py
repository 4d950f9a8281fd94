"""Loads handlers from a Python file."""

from __future__ import annotations

import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from unishim.handlers.definitions import Handler
from unishim.handlers.errors import HandlerError


def load_handlers(path: Path) -> list[Handler]:
    """The handlers that a file defines at its top level, in file order. Raises HandlerError."""
    if not path.is_file():
        raise HandlerError(f"--handlers {path}: no such file")
    spec = spec_from_file_location(f"unishim_handlers_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise HandlerError(f"--handlers {path}: not a Python file; its name must end in .py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # typing looks up annotations there
    try:
        spec.loader.exec_module(module)
    except HandlerError:
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise HandlerError(f"{place.filename}:{place.lineno}: {type(error).__name__}: {error}") from error
    handlers = [value for value in vars(module).values() if isinstance(value, Handler)]
    if not handlers:
        raise HandlerError(
            f"--handlers {path}: defines no handler; decorate a function with @syscall_define, "
            "@syscall_r_define or @syscall_wrap"
        )
    return handlers
