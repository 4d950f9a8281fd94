"""Makes gdb know unishim: gdb -x THIS_FILE, or `source THIS_FILE`, with the kernel's symbols (IMAGE.dbg) loaded.

`unishim debug` does it by itself. By hand, connect first: docs/how-to/debug.md.
"""

from __future__ import annotations

import os
import sys

# gdb brings its own Python: the folder that holds this package comes last, so that nothing else there is taken for
# what gdb has.
_FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
if _FOLDER not in sys.path:
    sys.path.append(_FOLDER)

from unishim.debug.inside import setup  # noqa: E402

setup.install()
