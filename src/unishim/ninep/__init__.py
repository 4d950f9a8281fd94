"""A 9P2000.L server: a folder of the host for a kernel at the other end of a socket."""

from unishim.ninep.server import serve, serving
from unishim.ninep.tree import Share

__all__ = ["Share", "serve", "serving"]
