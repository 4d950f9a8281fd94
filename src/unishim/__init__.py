"""unishim runs unmodified Linux programs on a unikernel."""

__version__ = "0.1.0"
