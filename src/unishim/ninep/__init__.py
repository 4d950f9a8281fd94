"""A 9P2000.L server: exports a host directory to a kernel at the other end of a socket."""

from unishim.ninep.server import serve, serving
from unishim.ninep.tree import Share

__all__ = ["Share", "serve", "serving"]
