"""Teaches gdb about unishim: gdb -x THIS_FILE, or `source THIS_FILE`, after loading the kernel's symbols (IMAGE.dbg).

`unishim debug` does this by itself. To do it by hand, connect first: docs/how-to/debug.md.
"""

from __future__ import annotations

import os
import sys

# gdb has its own Python: the directory that contains this package goes last, so that nothing else in it shadows gdb's
# modules.
_FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
if _FOLDER not in sys.path:
    sys.path.append(_FOLDER)

from unishim.debug.inside import setup  # noqa: E402

setup.install()
