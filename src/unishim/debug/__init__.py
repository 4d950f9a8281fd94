"""gdb: starting it, and the code that runs inside it."""
