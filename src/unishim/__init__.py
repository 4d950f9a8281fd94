"""unishim runs unmodified Linux programs on a unikernel.

    import unishim

    result = unishim.run(["./hello"], capture_output=True)
    print(result.status, result.stdout)

Handlers of calls are defined with `unishim.handlers`; errors are a `UnishimError`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unishim.errors import UnishimError as UnishimError
    from unishim.running.api import run as run
    from unishim.running.result import Result as Result

__version__ = "0.1.0"
__all__ = ["Result", "UnishimError", "run"]

_HOMES = {"Result": "unishim.running.result", "UnishimError": "unishim.errors", "run": "unishim.running.api"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'unishim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
