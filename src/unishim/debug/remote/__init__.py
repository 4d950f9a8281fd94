"""Connections of gdb's `target remote` to a run: where gdb connects, who may, and which requests pass."""
