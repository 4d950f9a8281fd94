"""gdb: starting it, and what runs inside it."""
